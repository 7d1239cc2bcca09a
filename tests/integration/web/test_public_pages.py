"""What anyone may read: the register in words and as JSON, and nothing about people or results."""

from __future__ import annotations

from enclave.egress_review.revoke import revoke
from tests.factories.house import CANARY, TABLE_CSV


def test_wish_08_the_register_says_who_uses_what_and_why(visit) -> None:
    page = visit().get("/register").text
    assert "Safer nights" in page
    assert "Councils learn where help prevents most harm." in page
    assert "Northshire Hospitals, Northshire Police" in page
    assert "Public task, UK GDPR" in page
    assert "text released" in page
    assert "2 answers have been given. In all they told about each person in it at most 0.06 of the 2 that may ever be told." in page
    assert "No answers have been given, so nothing has been told about anybody." in page
    assert "Open Government Licence" in page


def test_it_names_nobody_and_shows_no_title_and_no_content(visit, house) -> None:
    visitor = visit()
    for page in (visitor.get("/register").text, visitor.get("/register.json").text):
        for person in house.people.values():
            assert person.display not in page
        for secret in ("Method", "by_district", "largest", CANARY, TABLE_CSV.decode().splitlines()[1]):
            assert secret not in page


def test_what_was_taken_back_is_said_too(visit, house) -> None:
    revoke(by=house.people["cora"], request=house.requests["released"], reason="A small group was overlooked.", ports=house.portal.egress)
    assert "text taken back after approval" in visit().get("/register").text
    projects = {project["projectId"]: project for project in visit().get("/register.json").json()["projects"]}
    assert projects["night-safety"]["outputs"][0]["status"] == "revoked"


def test_machines_read_the_same(visit) -> None:
    body = visit().get("/register.json").json()
    assert body["format"] == "enclave-register/1"
    assert {project["projectId"] for project in body["projects"]} == {"night-safety", "quiet-study"}
    incidents = next(one for one in body["datasets"] if one["name"] == "northshire_police.incidents")
    assert incidents["privacyLoss"]["spent"] == "0.06"
    assert incidents["declaredRows"] == 20_000  # what was declared, never the 120 rows that are there


def test_reading_the_register_needs_no_cookie_and_sets_none(visit) -> None:
    assert "set-cookie" not in visit().get("/register").headers


def test_how_it_protects_also_says_what_it_does_not(visit) -> None:
    assert "What it does not do" in visit().get("/how-it-protects").text
