"""Signing: one party, its own signatory, its own key, exactly these terms, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enclave.governance.agreement import Agreement, AgreementState, Terms
from enclave.governance.sign import draft, sign
from enclave.terms.errors import AgencyError, EnclaveError, NotAllowedError
from tests.factories.world import terms
from tests.unit.governance.conftest import Office

NEW = terms(title="Second agreement")


@pytest.fixture
def waiting(office: Office) -> Agreement:
    """An agreement of two parties, each with a signatory."""
    office.signatory("paula", "police")
    office.signatory("henry", "health")
    return draft(by=office.people["gina"], terms=NEW, ports=office.ports)


def signature(office: Office, name: str, of: Terms = NEW) -> str:
    return office.keys[name].sign(bytes.fromhex(of.digest)).hex()


def signed(office: Office, agreement: Agreement, name: str, agency: str, text: str | None = None) -> Agreement:
    made = signature(office, name) if text is None else text
    return sign(by=office.people[name], agreement=agreement.id, agency=agency, signature=made, ports=office.ports)


def refused(office: Office, agreement: Agreement, name: str, agency: str, text: str | None = None) -> str:
    before = repr(office.enclave.tables.rows), office.enclave.log.head()
    with pytest.raises(EnclaveError) as caught:
        signed(office, agreement, name, agency, text)
    assert (repr(office.enclave.tables.rows), office.enclave.log.head()) == before
    return caught.value.rule


def test_a_draft_waits_for_every_party(office: Office, waiting: Agreement) -> None:
    assert waiting.state is AgreementState.SIGNING
    assert waiting.missing == ("police", "health")
    event = list(office.enclave.log.entries())[-1].event
    assert (event.kind, event.details["digest"]) == ("agreement.drafted", NEW.digest)


def test_both_sign(office: Office, waiting: Agreement) -> None:
    assert signed(office, waiting, "paula", "police").missing == ("health",)
    both = signed(office, waiting, "henry", "health")
    assert both.missing == ()
    assert both.state is AgreementState.SIGNING, "bringing it into force opens ledgers and is another act"
    assert [one.public_key for one in both.signatures] == [
        office.keys[name].public_key().public_bytes_raw().hex() for name in ("paula", "henry")
    ]


@pytest.mark.parametrize("text", ["", "00" * 64, "zz", "00", "\u0661" * 128])
def test_what_is_no_signature(office: Office, waiting: Agreement, text: str) -> None:
    assert refused(office, waiting, "paula", "police", text) == "G-12"


def test_a_signature_with_another_key_or_over_other_terms(office: Office, waiting: Agreement) -> None:
    assert refused(office, waiting, "paula", "police", signature(office, "henry")) == "G-12"
    for edited in (replace(NEW, reviewers=3), replace(NEW, population_cap="3"), terms()):
        assert refused(office, waiting, "paula", "police", signature(office, "paula", edited)) == "G-12"


def test_nobody_signs_for_another_agency(office: Office, waiting: Agreement) -> None:
    assert refused(office, waiting, "paula", "health") == "G-05"
    assert refused(office, waiting, "paula", "health", signature(office, "henry")) == "G-05"


def test_only_signatories_sign(office: Office, waiting: Agreement) -> None:
    for name in ("olga", "carol", "gina", "rosa", "mallory"):
        assert refused(office, waiting, name, "police", signature(office, "paula")) == "G-05"


def test_a_signatory_without_a_key_cannot_sign(office: Office, waiting: Agreement) -> None:
    del office.enclave.tables["keys"][office.people["paula"].id, office.world.agencies["police"].id]
    assert refused(office, waiting, "paula", "police") == "G-12"


def test_a_party_signs_once_whoever_does_it(office: Office, waiting: Agreement) -> None:
    signed(office, waiting, "paula", "police")
    assert refused(office, waiting, "paula", "police") == "G-13"
    office.signatory("petra", "police")
    assert refused(office, waiting, "petra", "police") == "G-13"


@pytest.mark.parametrize("state", [AgreementState.ACTIVE, AgreementState.WITHDRAWN, AgreementState.DRAFT])
def test_nothing_is_signed_unless_it_is_up_for_signing(office: Office, waiting: Agreement, state: AgreementState) -> None:
    with office.enclave.begin() as work:
        work.agreements.move(waiting.id, old=AgreementState.SIGNING, new=state)
    assert refused(office, waiting, "paula", "police") == "G-13"


def test_strangers_to_the_agreement(office: Office, waiting: Agreement) -> None:
    alone = draft(by=office.people["gina"], terms=terms(title="Police only", parties=("police",)), ports=office.ports)
    assert refused(office, alone, "henry", "health") == "G-11"
    assert refused(office, waiting, "paula", "no_such_agency") == "G-11"
    assert refused(office, replace(waiting, id=99), "paula", "police") == "G-14"


def test_a_draft_names_agencies_that_are_here_and_comes_from_governance(office: Office) -> None:
    with pytest.raises(AgencyError) as caught:
        draft(by=office.people["gina"], terms=terms(parties=("police", "council")), ports=office.ports)
    assert caught.value.rule == "G-10"
    for name in ("olga", "carol", "rosa", "mallory"):
        with pytest.raises(NotAllowedError) as refusal:
            draft(by=office.people[name], terms=NEW, ports=office.ports)
        assert refusal.value.rule == "G-06"
