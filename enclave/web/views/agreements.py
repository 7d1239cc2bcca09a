"""An agreement in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.governance.agreement import AgreementState, Item
from enclave.oversight.agreement_page import AgreementPage
from enclave.terms.schema import Unit
from enclave.web.words.dates import count, day, moment

STATES = {
    AgreementState.DRAFT: ("Draft", "govuk-tag--grey"),
    AgreementState.SIGNING: ("Waiting for signatures", "govuk-tag--yellow"),
    AgreementState.ACTIVE: ("In force", "govuk-tag--green"),
    AgreementState.WITHDRAWN: ("Withdrawn", "govuk-tag--red"),
}


@dataclass(frozen=True, kw_only=True)
class AgreementView:
    """``clauses`` pair a heading with plain sentences; ``items`` are rows of dataset, whom it protects, limit and a project's share."""

    id: int
    title: str
    state: str
    colour: str
    digest: str
    clauses: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str, str, str, str], ...]
    signatures: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    mine: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    leavers: tuple[tuple[str, str], ...]
    last_day: str


def agreement_view(page: AgreementPage) -> AgreementView:
    """The page of one agreement."""
    agreement, terms = page.agreement, page.agreement.terms
    names = {agency.slug: agency.name for agency in page.parties}
    state, colour = STATES[agreement.state]
    if agreement.state is AgreementState.ACTIVE and not agreement.in_force(page.today):
        state, colour = ("Ended", "govuk-tag--grey") if page.today >= terms.starts else ("Signed, not begun", "govuk-tag--yellow")
    reviewers = count(terms.reviewers, "custodian")
    panel = f"{reviewers} of any of the parties" if terms.panel else f"{reviewers}, among them one of every agency whose data are used"
    clauses = [
        ("Parties", ", ".join(names.values())),
        ("What for", terms.purpose),
        ("Who benefits", terms.benefit),
        ("Lawful basis", terms.lawful_basis),
        (
            "From and until",
            f"{day(terms.starts)} to {day(terms.ends)}; a party that wants out gives {count(terms.notice_days, 'day')} notice.",
        ),
        (
            "Limit for a person",
            f"Privacy loss {terms.population_cap} for life, over all datasets about people ({terms.population}) together.",
        ),
        ("Who checks what leaves", f"At least {panel}, none of them from the project."),
        ("Smallest number that may leave", f"{terms.smallest_cell}, unless it comes from an answer of the enclave itself."),
    ]
    if terms.row_level_clause:
        clauses.append(("Data that are public already", terms.row_level_clause))
    return AgreementView(
        id=agreement.id,
        title=terms.title,
        state=state,
        colour=colour,
        digest=terms.digest,
        clauses=tuple(clauses),
        items=tuple(
            (
                str(item.dataset),
                "a person" if item.unit is Unit.PERSON else "one row",
                _CADENCES[item.cadence],
                _with_delta(item.cap, item),
                item.project_share,
            )
            for item in terms.items
        ),
        signatures=tuple(
            (names.get(one.agency, one.agency), f"signed by {page.signed[one.agency].display} on {moment(one.at)}")
            for one in agreement.signatures
            if one.agency in page.signed
        ),
        missing=tuple(names.get(slug, slug) for slug in agreement.missing),
        notices=tuple(
            f"{names.get(one.agency, one.agency)} gave notice on {day(one.given)}: its data may be used until {day(one.last_day)}. {one.reason}"
            for one in agreement.notices
        ),
        leavers=tuple((agency.slug, agency.name) for agency in page.leavers),
        last_day=day(page.today + dt.timedelta(days=terms.notice_days)),
        mine=tuple((agency.slug, agency.name) for agency in page.mine) if agreement.state is AgreementState.SIGNING else (),
    )


_CADENCES = {
    "": "not said",
    "replace": "takes the place of the one before",
    "append": "is added to those before",
    "snapshot": "is the state of a day, which is public",
}


def _with_delta(cap: str, item: Item) -> str:
    return cap if item.delta == "0" else f"{cap}, and a delta of {item.delta}"
