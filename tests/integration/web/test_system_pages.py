"""The operator's page and the log."""

from __future__ import annotations

from sqlalchemy import update

from enclave.adapters.sql.tables import audit_entry
from enclave.audit.events import Event
from enclave.web.views.log import ACTS
from tests.factories.house import CANARY


def test_jobs_and_disk(visit) -> None:
    page = visit("otto").get("/operator").text
    assert "Look at an upload" in page
    assert "Check files going out" in page
    assert "free" in page


def test_the_log_in_words_by_topic(visit) -> None:
    page = visit("gwen").get("/audit").text
    assert "Rhea Storm asked to let files out in request" in page or "asked to let files out" in page
    assert CANARY not in page
    only = visit("gwen").get("/audit?topic=governance").text
    assert "Gwen Hale gave a role to Olive Grant" in only
    assert "asked to let files out" not in only
    assert "There is nothing about this." in visit("gwen").get("/audit?topic=sandbox").text
    assert visit("gwen").get("/audit?topic=nonsense").status_code == 200


def test_older_entries(visit, house) -> None:
    with house.portal.transactions.begin() as work:
        for _ in range(150):
            work.record(Event(kind="sandbox.opened", by=house.people["rhea"].id, subject="sandbox:1"))
    page = visit("otto").get("/audit?topic=sandbox").text
    assert page.count("Rhea Storm opened notebook 1") == 100
    older = page.partition("before=")[2].partition('"')[0]
    rest = visit("otto").get(f"/audit?topic=sandbox&before={older}").text
    assert rest.count("Rhea Storm opened notebook 1") == 50


def test_every_act_in_the_log_has_words(house) -> None:
    kinds = {entry.event.kind for entry in house.portal.log.entries()}
    assert kinds <= set(ACTS)


def test_the_log_is_checked_and_a_change_is_seen(visit, house) -> None:
    assert "The log holds" in visit("otto").get("/operator/log").text
    with house.portal.database.transaction() as connection:
        connection.execute(update(audit_entry).where(audit_entry.c.sequence == 3).values(subject="person:99"))
    page = visit("otto").get("/operator/log").text
    assert "The log does not hold" in page
    assert "Entry 3 was changed after it was written." in page
