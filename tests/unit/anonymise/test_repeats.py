"""Next month's file: published without a question where its officer allows it and it is like the last one; else they are asked, and told why."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.catalogue.dataset import Cadence
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.upload import UploadState
from enclave.jobs.job import JobKind
from tests.factories.uploads import CANARIES, HEADERS, PEOPLE, Desk, csv_bytes, declaration

MONTH = PEOPLE * 20
PLAN = replace(declaration(), tolerated_rejects=100)


def desk_with(plan: Declaration = PLAN, *, unasked: bool = True, cadence: Cadence = Cadence.REPLACE) -> Desk:
    """A dataset with one version."""
    desk = Desk(cadence=cadence)
    first = desk.upload(csv_bytes(MONTH))
    profile(upload=first, ports=desk.ports())
    desk.go_through(first, plan)
    with desk.enclave.begin() as work:
        work.datasets.set_unasked(desk.dataset, unasked=unasked)
    return desk


def next_file(desk: Desk, content: bytes) -> int:
    upload = desk.upload(content)
    profile(upload=upload, ports=desk.ports())
    return upload


def test_a_file_like_the_last_one_needs_no_question() -> None:
    desk = desk_with()
    upload = next_file(desk, csv_bytes(MONTH[::-1]))
    assert desk.found(upload).state is UploadState.PREPARING
    assert desk.found(upload).declaration == desk.found(1).declaration
    with desk.enclave.begin() as work:
        assert [job.kind for job in work.jobs.of(f"upload:{upload}")] == [JobKind.PREPARE_UPLOAD]
    assert desk.enclave.log.kinds()[-1] == "upload.repeated"
    prepare(upload=upload, ports=desk.ports())
    assert desk.found(upload).state in {UploadState.PUBLISHING, UploadState.WEIGHING}  # the risk limits are another question
    if desk.found(upload).state is UploadState.WEIGHING:
        desk.confirm(upload)
    publish(upload=upload, ports=desk.ports())
    assert desk.found(upload).state is UploadState.PUBLISHED
    assert desk.found(upload).report is not None
    assert desk.found(upload).report["drift"] == []  # type: ignore[index]


@pytest.mark.parametrize("cadence", [Cadence.REPLACE, Cadence.APPEND])
def test_the_very_same_file_is_asked_about(cadence: Cadence) -> None:
    """Sent twice by mistake, an append would double every row."""
    desk = desk_with(cadence=cadence)
    upload = next_file(desk, csv_bytes(MONTH))
    assert desk.found(upload).state is UploadState.DECLARING
    assert "The very same file was published before." in (desk.found(upload).profile or {})["drift"]  # type: ignore[operator]


def test_linking_columns_written_otherwise_are_noticed_although_they_are_dropped() -> None:
    """No cell is empty and no kept column changed; but whom rows are about can no longer be read, so they would silently go."""
    desk = desk_with()
    marks = {HEADERS.index(name): "?" for name in ("surname", "dob", "postcode")}
    turned = [
        tuple(marks.get(place, cell) if cell else cell for place, cell in enumerate(row)) if not row[0] else row for row in MONTH[::-1]
    ]
    upload = next_file(desk, csv_bytes(turned))
    assert desk.found(upload).state is UploadState.PREPARING
    prepare(upload=upload, ports=desk.ports())
    assert desk.found(upload).state is UploadState.WEIGHING
    report = desk.found(upload).report or {}
    assert report["alarmed"] is True
    assert any("Rows that do not say whom they are about" in str(one) for one in report["drift"])  # type: ignore[union-attr]


def test_without_the_officers_word_every_file_is_asked_about() -> None:
    desk = desk_with(unasked=False)
    assert desk.found(next_file(desk, csv_bytes(MONTH))).state is UploadState.DECLARING


def changed(place: str, value: str, rows: int) -> bytes:
    at = HEADERS.index(place)
    return csv_bytes([(*row[:at], value, *row[at + 1 :]) if number < rows else row for number, row in enumerate(MONTH)])


OTHER: dict[str, tuple[bytes, str]] = {
    "a new column": (csv_bytes([(*row, "x") for row in MONTH], (*HEADERS, "more")), "Column more is new."),
    "a column gone": (csv_bytes([row[:-1] for row in MONTH], HEADERS[:-1]), "Column note is gone."),
    "another order": (csv_bytes([row[::-1] for row in MONTH], HEADERS[::-1]), "The columns stand in another order."),
    "gaps": (changed("department", "", 50), "Column department: cells empty"),
    "an e-mail among the departments": (changed("department", "x@example.org", 1), "looks like e-mail address"),
    "many more rows": (csv_bytes(MONTH * 3), "more than twice as many rows"),
    "many fewer rows": (csv_bytes(MONTH[:20]), "less than half as many rows"),
    "too many rows that cannot be read": (csv_bytes([*MONTH[:50], ("short",), ("short",), *MONTH[50:]]), "Rows that cannot be read: 2."),
}


@pytest.mark.parametrize("name", OTHER)
def test_a_file_unlike_the_last_one_waits_and_says_why(name: str) -> None:
    content, sentence = OTHER[name]
    desk = desk_with()
    found = desk.found(next_file(desk, content))
    assert found.state is UploadState.DECLARING
    assert found.profile is not None
    said = json.dumps(found.profile["drift"], ensure_ascii=False)
    assert sentence in said
    assert not [canary for canary in CANARIES if canary in said]


def test_as_many_bad_rows_as_were_tolerated_are_tolerated_again() -> None:
    desk = desk_with()
    assert desk.found(next_file(desk, csv_bytes([*MONTH, ("short",), MONTH[0]]))).state is UploadState.PREPARING


def test_a_snapshot_has_a_day_so_it_is_asked_for() -> None:
    desk = desk_with(replace(PLAN, as_of=dt.date(2026, 3, 31)), cadence=Cadence.SNAPSHOT)
    assert desk.found(next_file(desk, csv_bytes(MONTH))).state is UploadState.DECLARING


def test_cells_that_no_longer_fit_stop_it_before_it_is_published() -> None:
    desk = desk_with()
    upload = next_file(desk, changed("department", "Somewhere", 40))
    assert desk.found(upload).state is UploadState.PREPARING
    prepare(upload=upload, ports=desk.ports())
    found = desk.found(upload)
    assert found.state is UploadState.WEIGHING
    assert found.report is not None
    assert any("department: cells not on the declared list" in str(sentence) for sentence in found.report["drift"])  # type: ignore[union-attr]


def test_a_declared_tolerance_is_what_alarms() -> None:
    desk = desk_with(replace(PLAN, tolerated_drift=9_000))
    found = desk.found(next_file(desk, changed("department", "", 50)))
    assert found.state is UploadState.PREPARING
    assert "Column department: cells empty" in str((found.profile or {})["drift"])
