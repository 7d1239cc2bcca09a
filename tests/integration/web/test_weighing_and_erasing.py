"""What an officer sees before publishing, and before erasing."""

from __future__ import annotations

import pytest

from enclave.adapters.signing import JwsVerifier
from enclave.catalogue.dataset import VersionState
from enclave.catalogue.upload import UploadState
from tests.factories.house import INCIDENTS, INCIDENTS_CSV, House, declare_as_planned, incidents_plan, send


@pytest.fixture
def weighed(house: House) -> int:
    number = send(house, INCIDENTS, INCIDENTS_CSV)
    house.work_off()
    declare_as_planned(house, INCIDENTS, incidents_plan())
    house.work_off()
    return number


def state(house: House, upload: int) -> UploadState:
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    return found.state


def test_the_report_is_measured_the_way_the_officer_says(visit, house: House, weighed: int) -> None:
    olive = visit("olive")
    first = olive.get(f"/uploads/{weighed}/risk")
    assert first.text.count('<svg class="app-chart"') == 3
    assert "are the only ones of their kind" in first.text or "Nobody is alone" in first.text
    assert olive.post(f"/uploads/{weighed}/measure", {"quasi": "district", "population": "many"}).status_code == 400
    olive.post(f"/uploads/{weighed}/measure", {"quasi": "district", "population": "1,000,000"})
    assert state(house, weighed) is UploadState.PREPARING
    house.work_off()
    report = olive.get(f"/uploads/{weighed}/risk.json").json()
    assert report["quasi"] == ["district"]
    assert report["risks"]["journalist"]["population"] == 1_000_000
    assert visit("hugo").get(f"/uploads/{weighed}/risk.json").status_code == 404


def test_going_back_keeps_what_was_typed_and_the_draft_goes(visit, house: House, weighed: int) -> None:
    olive = visit("olive")
    drafts = len(house.files.drafts)
    assert olive.post(f"/uploads/{weighed}/reconsider").headers["location"] == f"/uploads/{weighed}/columns"
    house.work_off()
    assert len(house.files.drafts) == drafts - 1
    assert olive.get(f"/uploads/{weighed}/confirm").status_code == 200


def test_taking_back_a_weighed_upload_erases_all_and_is_certified(visit, house: House, weighed: int) -> None:
    olive = visit("olive")
    olive.post(f"/uploads/{weighed}/withdraw")
    house.work_off()
    assert state(house, weighed) is UploadState.WITHDRAWN
    assert not house.files.drafts
    saved = olive.get(f"/uploads/{weighed}/certificate.json").json()
    assert saved["certificates"][0]["claims"]["outcome"] == "withdrawn"


def test_the_next_file_passes_within_the_limits_and_waits_beyond(visit, house: House, weighed: int) -> None:
    olive = visit("olive")
    assert olive.post(f"/uploads/{weighed}/risk", {"go_on": "yes", "alone": "many"}).status_code == 400
    olive.post(f"/uploads/{weighed}/measure", {"quasi": "district"})
    house.work_off()
    olive.post(f"/uploads/{weighed}/risk", {"go_on": "yes", "alone": "0"})
    house.work_off()
    again = send(house, INCIDENTS, INCIDENTS_CSV)
    house.work_off()
    olive.post(f"/uploads/{again}/confirm")
    house.work_off()
    house.work_off()
    assert state(house, again) is UploadState.PUBLISHED
    few = send(house, INCIDENTS, INCIDENTS_CSV[: INCIDENTS_CSV.index(b"\n", 400) + 1])  # a handful of people: a higher average risk
    house.work_off()
    olive.post(f"/uploads/{few}/confirm")
    house.work_off()
    assert state(house, few) is UploadState.WEIGHING


def test_a_certificate_can_be_checked_without_the_enclave(visit) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    olive = visit("olive")
    assert "Certificate of erasure" in olive.get("/uploads/1/certificate").text
    saved = olive.get("/uploads/1/certificate.json").json()
    verifier = JwsVerifier(Ed25519PublicKey.from_public_bytes(bytes.fromhex(saved["public_key"])))
    assert all(verifier.claims(one["token"]) == one["claims"] for one in saved["certificates"])
    token = saved["certificates"][0]["token"]
    assert verifier.claims(token[:-4] + "AAAA") is None


def test_erasing_shows_what_stays_out_there_and_then_destroys(visit, house: House) -> None:
    olive = visit("olive")
    page = olive.get(f"/datasets/{INCIDENTS}/versions/1/erase").text
    assert "cannot be called back" in page
    assert "Safer nights" in page  # the answer that was given
    refused = olive.post(f"/datasets/{INCIDENTS}/versions/1/erase")
    assert "unread" in refused.headers["location"]
    assert "Tick the box" in olive.get(refused.headers["location"]).text
    with house.portal.transactions.begin() as work:
        spent = [work.ledgers.get(ledger).spent for ledger in _ledgers(house, work)]
    olive.post(f"/datasets/{INCIDENTS}/erase", {"read": "yes"})
    olive.post(f"/datasets/{INCIDENTS}/erase", {"read": "yes"})  # a double click asks once
    house.work_off()
    with house.portal.transactions.begin() as work:
        versions = work.datasets.versions(house.dataset_in(work, INCIDENTS))
        assert [version.state for version in versions] == [VersionState.ERASED]
        assert [work.ledgers.get(ledger).spent for ledger in _ledgers(house, work)] == spent  # no budget comes back
    assert 1 not in house.files.tables
    assert "erased" in olive.get(f"/datasets/{INCIDENTS}/versions/1").text
    assert len(olive.get("/uploads/1/certificate.json").json()["certificates"]) == 2
    assert visit("hugo").post(f"/datasets/{INCIDENTS}/erase", {"read": "yes"}).status_code == 404


def test_a_closed_version_answers_no_more(visit, house: House) -> None:
    visit("olive").post(f"/datasets/{INCIDENTS}/versions/1/close")
    with house.portal.transactions.begin() as work:
        assert work.datasets.open_version(house.dataset_in(work, INCIDENTS)) is None


def _ledgers(house: House, work):
    from enclave.privacy.ledger import of_dataset

    return [of_dataset(house.dataset_in(work, INCIDENTS))]
