"""What a researcher sees of a project, and the way into the notebook."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from enclave.identity.sessions import redeem_ticket
from enclave.terms.errors import SignInError
from tests.factories.house import INCIDENTS


def test_a_project_says_what_may_be_asked_and_what_is_left(visit) -> None:
    page = visit("rhea").get("/projects/night-safety").text
    assert "Privacy loss 0.06 of 1 is used: enough is left for about 94 questions like the last one." in page
    assert "Number of rows by district" in page
    assert "No data yet: its agency has not published any." in page
    assert "Incidents by street" in page
    assert "Cannot go as it is" in page
    assert "Rhea Storm" in page
    assert "120" not in page  # how many rows there really are


def test_the_notebook_is_opened_with_a_ticket_that_works_once(visit, house) -> None:
    visitor = visit("rhea")
    page = visitor.get("/projects/night-safety")
    assert "form-action 'self' http://hub.localhost:8000;" in page.headers["content-security-policy"]
    address = urlsplit(visitor.post("/projects/night-safety/notebook").headers["location"])
    assert (address.netloc, address.path) == ("hub.localhost:8000", "/hub/ticket")
    query = parse_qs(address.query)
    assert query["project"] == ["night-safety"]
    assert redeem_ticket(ticket=query["ticket"][0], ports=house.portal.identity).name == "rhea"
    with pytest.raises(SignInError):
        redeem_ticket(ticket=query["ticket"][0], ports=house.portal.identity)


def test_a_project_that_has_ended_still_shows_its_outputs_but_opens_no_notebook(visit, house, client) -> None:
    later = house.portal.governance.clock() + dt.timedelta(days=800)
    oversight, governance = (replace(ports, clock=lambda: later) for ports in (house.portal.oversight, house.portal.governance))
    moved = replace(house.portal, oversight=oversight, governance=governance)
    client.app.state.portal = moved
    visitor = visit("rhea")
    page = visitor.get("/projects/night-safety").text
    assert "The agreement behind this project is not in force." in page
    assert "Open the notebook" not in page
    assert "Method" in page
    assert visitor.post("/projects/night-safety/notebook").status_code == 403


def test_a_dataset_is_its_public_schema(visit) -> None:
    page = visit("rhea").get(f"/projects/night-safety/datasets/{INCIDENTS}").text
    assert "North, South" in page
    assert "0 to 110 years" in page
    assert "May 2023 to April 2026" in page
    assert "A person is protected with all their rows" in page


def test_invented_rows_are_free_and_marked(visit, house) -> None:
    head = house.portal.log.head()
    answer = visit("rhea").get(f"/projects/night-safety/datasets/{INCIDENTS}/dummy.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-disposition"] == f'attachment; filename="SYNTHETIC-{INCIDENTS}-dummy.csv"'
    assert len(rows) == 1_000
    assert set(rows[0]) == {"synthetic_row", "district", "outcome", "age", "month"}
    assert house.portal.log.head() == head


def test_a_synthetic_copy_is_asked_for_once(visit, house) -> None:
    visitor, address = visit("rhea"), f"/projects/night-safety/datasets/{INCIDENTS}"
    assert "It costs a privacy loss of" in visitor.get(address).text
    for _ in range(2):
        assert visitor.post(f"{address}/synthetic").headers["location"] == address
    with house.portal.transactions.begin() as work:
        assert len([job for job in work.jobs.unfinished() if job.kind.value == "fit_synthetic"]) == 1
    page = visitor.get(address).text
    assert "It is being made" in page
    assert "Ask for a synthetic copy" not in page


def test_an_empty_project_says_what_would_fill_it(visit) -> None:
    page = visit("rory").get("/projects/quiet-study").text
    assert "Nothing has been asked yet." in page
    assert "Nothing has been sent for release." in page
    assert "Privacy loss 0 of 0.5 is used." in page
