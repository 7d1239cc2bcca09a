"""Found an agency and give people roles. The governance officer does it; at set-up nobody is there yet, so ``by`` may be ``None``."""

from __future__ import annotations

import re

from enclave.audit.events import Event
from enclave.governance.permissions import check_role
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Agency, Grant, Role
from enclave.terms.errors import AgencyError, ConflictError, OperatorError
from enclave.terms.names import is_slug
from enclave.terms.person import Person

_KEY = re.compile(r"[0-9a-f]{64}")


def found_agency(*, by: Person | None, slug: str, name: str, ports: GovernancePorts) -> Agency:
    """Register a public body. Its short name becomes the first half of its datasets' names."""
    if not is_slug(slug) or not name.strip():
        raise OperatorError(
            rule="G-07", sentence="An agency needs a name and a short name.", instead="Use lower-case letters, digits and underscores."
        )
    with ports.begin() as work:
        if by is not None:
            check_role(by, Role.GOVERNANCE, work=work)
        if work.agencies.by_slug(slug) is not None:
            raise ConflictError(rule="G-08", sentence="There is already an agency of that short name.", instead="Choose another one.")
        agency = work.agencies.add(slug=slug, name=name)
        work.record(
            Event(kind="governance.agency_founded", by=by.id if by else None, subject=f"agency:{agency.id}", details={"slug": slug})
        )
    return agency


def appoint(*, by: Person | None, grant: Grant, ports: GovernancePorts) -> None:
    """Give a role. Nobody appoints themselves: a second pair of eyes stands behind every role."""
    with ports.begin() as work:
        if by is not None:
            check_role(by, Role.GOVERNANCE, work=work)
            if by.id == grant.person:
                raise ConflictError(rule="G-09", sentence="You cannot appoint yourself.", instead="Ask another governance officer.")
        if not grant.holds(ports.clock().date()):
            raise AgencyError(
                rule="G-42", sentence="That day is over already.", instead="Give the last day of their training or accreditation."
            )
        work.grants.add(grant)
        work.record(
            Event(
                kind="governance.appointed",
                by=by.id if by else None,
                subject=f"person:{grant.person}",
                details={
                    "role": grant.role.value,
                    "agency": grant.agency,
                    "project": grant.project,
                    "until": grant.until.isoformat() if grant.until else None,
                },
            )
        )


def register_key(*, by: Person | None, person: Person, agency: Agency, public_key: str, ports: GovernancePorts) -> None:
    """Store a signatory's public key; the private half never comes here."""
    with ports.begin() as work:
        if by is not None:
            check_role(by, Role.GOVERNANCE, work=work)
        if not _KEY.fullmatch(public_key):
            raise AgencyError(
                rule="G-20", sentence="That is not an Ed25519 public key.", instead="Give its 32 bytes as 64 digits, 0 to 9 and a to f."
            )
        if work.grants.key(person=person.id, agency=agency.id) is not None:
            raise ConflictError(
                rule="G-21", sentence="This signatory already has a key for that agency.", instead="Keys are not replaced here."
            )
        work.grants.add_key(person=person.id, agency=agency.id, public_key=public_key)
        work.record(
            Event(
                kind="governance.key_registered",
                by=by.id if by else None,
                subject=f"person:{person.id}",
                details={"agency": agency.id, "key": public_key},
            )
        )
