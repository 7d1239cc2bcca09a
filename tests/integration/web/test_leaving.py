"""Notices and stops in the browser's eyes: what is said before, what the public reads after, and what a researcher is told."""

from __future__ import annotations

import pytest

WHY = "A laptop with our key was stolen."


def test_a_stop_is_public_at_once_and_closes_datasets(visit) -> None:
    olive, rhea = visit("olive"), visit("rhea")
    assert "2 projects use its data today" in olive.get("/stop").text
    assert 'href="/stop"' in olive.get("/agency").text
    assert olive.post("/stop", {"agency": "northshire_police", "reason": WHY}).headers["location"] == "/stop"
    assert f"Reason: {WHY}" in olive.get("/stop").text
    register = visit(None).get("/register").text
    assert "stopped all use of its data on" in register
    assert WHY in register
    stops = visit(None).get("/register.json").json()["stops"]
    assert [(one["organisation"], one["until"], one["reason"]) for one in stops] == [("northshire_police", None, WHY)]
    refused = rhea.get("/projects/night-safety/datasets/northshire_police.incidents/dummy.csv")
    assert refused.status_code == 403
    assert "has stopped all use of its data for now." in refused.text


def test_double_clicks_and_lone_hands(visit) -> None:
    sam, fields = visit("sam"), {"agency": "northshire_police", "reason": WHY}
    assert sam.post("/stop", fields).status_code == 303
    again = sam.post("/stop", fields)
    assert again.status_code == 409
    assert "Use of your data is stopped already." in again.text
    alone = sam.post("/stop/lift", {"agency": "northshire_police"})
    assert alone.status_code == 403
    assert "Nobody lifts their own stop." in alone.text
    assert "Lift the stop" not in sam.get("/stop").text


def test_a_signatory_lifts_what_an_officer_stopped(visit) -> None:
    visit("cora").post("/stop", {"agency": "northshire_police", "reason": WHY})
    sam = visit("sam")
    assert "Lift the stop" in sam.get("/stop").text
    assert sam.post("/stop/lift", {"agency": "northshire_police"}).headers["location"] == "/stop"
    assert "had stopped all use of its data from" in visit(None).get("/register").text


@pytest.mark.parametrize("reason", ["", "x" * 501])
def test_no_stop_without_a_reason_and_nothing_typed_is_lost(visit, reason: str) -> None:
    page = visit("olive").post("/stop", {"agency": "northshire_police", "reason": reason})
    assert page.status_code == 400
    assert "Say why, in at most 500 characters." in page.text
    assert reason in page.text


def test_wish_07_notice_is_given_on_the_agreements_page_and_read_by_everybody(visit) -> None:
    sam = visit("sam")
    assert "Give notice" in sam.get("/agreements/1").text
    answer = sam.post("/agreements/1/notice", {"agency": "northshire_police", "reason": "We leave."})
    assert answer.headers["location"] == "/agreements/1"
    page = sam.get("/agreements/1").text
    assert "Northshire Police gave notice on" in page
    assert "Who leaves" not in page
    assert "it gave notice on" in visit(None).get("/register").text
    left = visit(None).get("/register.json").json()["withdrawals"]
    assert [(one["organisation"], one["reason"]) for one in left] == [("northshire_police", "We leave.")]
    assert sam.post("/agreements/1/notice", {"agency": "northshire_police", "reason": "We leave."}).status_code == 409
    # Until the notice has run, research goes on.
    assert visit("rhea").get("/projects/night-safety/datasets/northshire_police.incidents/dummy.csv").status_code == 200
