"""Agreements in words, signing with a key that never comes here, and what the governance officer decides."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from enclave.governance.agreement import AgreementState
from tests.factories.house import House, terms

OPEN = 2  # the agreement that waits for signatures


def signature(house: House, name: str) -> str:
    return house.keys[name].sign(bytes.fromhex(terms(title="Extension for 2028").digest)).hex()


def test_a_signatory_sees_what_waits_and_how_to_sign_it(visit) -> None:
    sam = visit("sam")
    listed = sam.get("/agreements").text
    assert listed.index("Waiting for your signature") < listed.index("Extension for 2028") < listed.index("Others")
    page = sam.get(f"/agreements/{OPEN}").text
    assert terms(title="Extension for 2028").digest in page
    assert "openssl pkeyutl -sign -rawin" in page
    assert "Northshire Police: not signed yet" in page
    assert "Street crime is published already; no person can be found in it." in page


def test_the_saved_terms_are_the_bytes_that_are_signed(visit) -> None:
    body = visit("sam").get(f"/agreements/{OPEN}/terms.json").content
    assert hashlib.sha256(body).hexdigest() == terms(title="Extension for 2028").digest


def test_the_last_signature_brings_it_into_force(visit, house) -> None:
    for name, agency in (("sam", "northshire_police"), ("sara", "northshire_hospital")):
        pasted = signature(house, name).upper()
        answer = visit(name).post(f"/agreements/{OPEN}/sign", {"agency": agency, "signature": f"{pasted[:64]}\n{pasted[64:]}\n"})
        assert answer.headers["location"] == f"/agreements/{OPEN}"
    with house.portal.transactions.begin() as work:
        agreement = work.agreements.by_id(OPEN)
    assert agreement is not None
    assert agreement.state is AgreementState.ACTIVE
    assert "In force" in visit("sam").get(f"/agreements/{OPEN}").text


@pytest.mark.parametrize(("pasted", "rule"), [("00" * 64, "G-12"), ("", "G-12"), ("nonsense", "G-12")])
def test_a_wrong_signature_is_refused_on_the_page(visit, pasted: str, rule: str) -> None:
    page = visit("sam").post(f"/agreements/{OPEN}/sign", {"agency": "northshire_police", "signature": pasted})
    assert page.status_code == 400
    assert "The signature does not match this agreement and your registered key." in page.text


def test_nobody_signs_for_another_agency_or_twice(visit, house) -> None:
    sam = visit("sam")
    assert sam.post(f"/agreements/{OPEN}/sign", {"agency": "northshire_hospital", "signature": signature(house, "sam")}).status_code == 403
    fields = {"agency": "northshire_police", "signature": signature(house, "sam")}
    assert sam.post(f"/agreements/{OPEN}/sign", fields).status_code == 303
    assert sam.post(f"/agreements/{OPEN}/sign", fields).status_code == 409


def test_drafting_by_file(visit) -> None:
    body = json.dumps(replace(terms(), title="A third agreement").as_json()).encode()
    answer = visit("gwen").post("/governance/agreements", files={"terms": ("a.json", body)})
    assert answer.headers["location"] == "/agreements/3"
    assert "A third agreement" in visit("sara").get("/agreements").text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "enclave-agreement/1"}', b'{"format": "other"}', b"\xff"])
def test_a_file_that_is_no_agreement_is_refused_on_the_page(visit, content: bytes) -> None:
    page = visit("gwen").post("/governance/agreements", files={"terms": ("a.json", content)})
    assert page.status_code == 400
    assert "The file is not an agreement" in page.text


PROJECT = {
    "slug": "winter", "title": "Winter nights", "purpose": "Does frost matter?", "benefit": "Gritters know where.", "agreement": "1",
    "datasets": "northshire_police.street_crime", "ends-day": "1", "ends-month": "3", "ends-year": "2027",
}  # fmt: skip


def test_opening_a_project_and_adding_people(visit) -> None:
    gwen = visit("gwen")
    assert gwen.post("/governance/projects", PROJECT).headers["location"] == "/governance"
    assert "Winter nights" in gwen.get("/governance").text
    assert gwen.post("/governance/roles", {"person": "nora", "role": "researcher", "project": "winter"}).status_code == 303
    assert "Winter nights" in visit("nora").get("/projects").text
    twice = gwen.post("/governance/projects", PROJECT)
    assert twice.status_code == 409
    assert "Does frost matter?" in twice.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends-day": "31", "ends-month": "2"},
        {"ends-year": "2999"},
        {"slug": "Winter!"},
        {"datasets": "x"},
        {"title": ""},
        {"agreement": "2"},
    ],
)
def test_a_project_that_cannot_be_is_refused_and_nothing_typed_is_lost(visit, wrong: dict[str, str]) -> None:
    page = visit("gwen").post("/governance/projects", PROJECT | wrong)
    assert page.status_code == 400
    assert "Gritters know where." in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "nobody", "role": "operator"},
        {"person": "nora", "role": "king"},
        {"person": "nora", "role": "custodian"},
        {"person": "nora", "role": "lead", "agency": "northshire_police"},
    ],
)
def test_a_role_that_cannot_be_is_refused(visit, wrong: dict[str, str]) -> None:
    page = visit("gwen").post("/governance/roles", wrong)
    assert page.status_code == 400
    assert "That role needs something else." in page.text


def test_nobody_appoints_themselves(visit) -> None:
    assert visit("gwen").post("/governance/roles", {"person": "gwen", "role": "operator"}).status_code == 409


def test_keys_and_agencies(visit) -> None:
    gwen = visit("gwen")
    assert gwen.post("/governance/agencies", {"slug": "fire", "name": "Fire and Rescue"}).status_code == 303
    assert gwen.post("/governance/agencies", {"slug": "fire", "name": "Fire and Rescue"}).status_code == 409
    assert gwen.post("/governance/roles", {"person": "nora", "role": "signatory", "agency": "fire"}).status_code == 303
    key = {"person": "nora", "agency": "fire", "key": "ab" * 32}
    assert gwen.post("/governance/keys", key | {"key": "zz"}).status_code == 400
    assert gwen.post("/governance/keys", key).status_code == 303
    assert gwen.post("/governance/keys", key).status_code == 409


def test_a_role_ends_with_a_day_or_by_hand(visit) -> None:
    gwen = visit("gwen")
    over = {"until-day": "1", "until-month": "2", "until-year": "2020"}
    role = {"person": "nora", "role": "researcher", "project": "night-safety"}
    assert gwen.post("/governance/roles", role | over).status_code == 400
    assert gwen.post("/governance/roles", role | over | {"until-month": "13"}).status_code == 400
    assert gwen.post("/governance/roles", role | {"until-day": "1", "until-month": "2", "until-year": "2030"}).status_code == 303
    assert "Researcher, Safer nights, until 1 February 2030" in gwen.get("/governance").text
    assert "Safer nights" in visit("nora").get("/projects").text
    assert gwen.post("/governance/roles/end", role).status_code == 303
    assert "until 1 February 2030" not in gwen.get("/governance").text
    assert visit("nora").get("/projects").status_code == 403
    assert gwen.post("/governance/roles/end", role).status_code == 404
