"""Draft an agreement, sign it; with the last signature it is complete."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.governance.agreement import Agreement, AgreementState, Signature, Terms
from enclave.governance.permissions import check_agency_role, check_role
from enclave.governance.ports import GovernancePorts, GovernanceWork
from enclave.governance.roles import Role
from enclave.terms.errors import AgencyError, ConflictError, NotFoundError
from enclave.terms.person import Person


def draft(*, by: Person, terms: Terms, ports: GovernancePorts) -> Agreement:
    """Put an agreement up for signing. Any edit is a new agreement that needs all signatures."""
    with ports.begin() as work:
        check_role(by, Role.GOVERNANCE, work=work)
        unknown = [party for party in terms.parties if work.agencies.by_slug(party) is None]
        if unknown:
            raise AgencyError(
                rule="G-10", sentence=f"There is no agency called {unknown[0]}.", instead="Register it first or correct the name."
            )
        agreement = work.agreements.add(terms)
        work.agreements.move(agreement.id, old=AgreementState.DRAFT, new=AgreementState.SIGNING)
        work.record(
            Event(
                kind="agreement.drafted",
                by=by.id,
                subject=f"agreement:{agreement.id}",
                details={"digest": terms.digest, "parties": list(terms.parties)},
            )
        )
        return _must(work, agreement.id)


def sign(*, by: Person, agreement: int, agency: str, signature: str, ports: GovernancePorts) -> Agreement:
    """One party's signature over the agreement's digest, made with the key registered for this signatory."""
    with ports.begin() as work:
        found, owner = _must(work, agreement), work.agencies.by_slug(agency)
        if owner is None or agency not in found.terms.parties:
            raise NotFoundError(rule="G-11", sentence="That agency is no party to this agreement.")
        check_agency_role(by, Role.SIGNATORY, owner.id, work=work)
        key = work.grants.key(person=by.id, agency=owner.id)
        if key is None or not ports.signature_holds(public_key=key, message=bytes.fromhex(found.terms.digest), signature=signature):
            raise AgencyError(
                rule="G-12",
                sentence="The signature does not match this agreement and your registered key.",
                instead="Sign exactly the digest shown, with the key registered for you.",
            )
        made = Signature(agency=agency, person=by.id, public_key=key, signature=signature, at=ports.clock())
        if found.state is not AgreementState.SIGNING or not work.agreements.sign(agreement, made):
            raise ConflictError(rule="G-13", sentence="Your agency has signed already, or signing is closed.")
        work.record(
            Event(
                kind="agreement.signed",
                by=by.id,
                subject=f"agreement:{agreement}",
                details={"agency": agency, "digest": found.terms.digest, "key": key, "signature": signature},
            )
        )
        return _must(work, agreement)


def _must(work: GovernanceWork, agreement: int) -> Agreement:
    found = work.agreements.by_id(agreement)
    if found is None:
        raise NotFoundError(rule="G-14", sentence="There is no such agreement.")
    return found
