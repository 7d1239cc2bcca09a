"""Agreements as their parties see them: what was agreed, who has signed and what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.governance.agreement import Agreement
from enclave.governance.permissions import has_role
from enclave.governance.roles import Agency, Role
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.terms.errors import NotFoundError
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class AgreementPage:
    """``signed`` pairs a party with who signed for it; ``mine`` are the parties this person may still sign for, ``leavers`` those they may
    give notice for.
    """

    agreement: Agreement
    parties: tuple[Agency, ...]
    signed: dict[str, Person]
    mine: tuple[Agency, ...]
    leavers: tuple[Agency, ...]
    today: dt.date


def agreement_pages(*, by: Person, ports: OversightPorts) -> tuple[AgreementPage, ...]:
    """Every agreement of this signatory's agencies, newest first; all of them for the governance officer."""
    today = ports.clock().date()
    with ports.begin() as work:
        pages = [_page(by, agreement, work, today) for agreement in work.agreements.all() if _sees(by, agreement, work)]
    return tuple(reversed(pages))


def agreement_page(*, by: Person, agreement: int, ports: OversightPorts) -> AgreementPage:
    """One agreement, for its parties' signatories and the governance officer."""
    with ports.begin() as work:
        found = work.agreements.by_id(agreement)
        if found is None or not _sees(by, found, work):
            raise NotFoundError(rule="G-14", sentence="There is no such agreement.", instead="Look at your list.")
        return _page(by, found, work, ports.clock().date())


def _sees(by: Person, agreement: Agreement, work: OversightWork) -> bool:
    return has_role(by, Role.GOVERNANCE, work=work) or any(_signs(by, agency, work) for agency in _parties(agreement, work))


def _page(by: Person, agreement: Agreement, work: OversightWork, today: dt.date) -> AgreementPage:
    parties = _parties(agreement, work)
    people = {person.id: person for person in work.accounts.people()}
    return AgreementPage(
        agreement=agreement,
        parties=parties,
        signed={one.agency: people[one.person] for one in agreement.signatures if one.person in people},
        mine=tuple(agency for agency in parties if agency.slug in agreement.missing and _signs(by, agency, work)),
        leavers=tuple(
            agency for agency in parties if agreement.in_force(today) and agreement.notice(agency.slug) is None and _signs(by, agency, work)
        ),
        today=today,
    )


def _parties(agreement: Agreement, work: OversightWork) -> tuple[Agency, ...]:
    return tuple(agency for slug in agreement.terms.parties if (agency := work.agencies.by_slug(slug)) is not None)


def _signs(by: Person, agency: Agency, work: OversightWork) -> bool:
    return has_role(by, Role.SIGNATORY, work=work, agency=agency.id)
