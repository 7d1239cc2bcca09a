"""Applications in words."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.governance.application import ApplicationState
from enclave.oversight.application_page import ApplicationPage, Owner, Wanted
from enclave.terms.loss import PrivacyLoss
from enclave.web.views.budgets import BudgetView, ledger_bar
from enclave.web.words.dates import day, moment

STATES = {
    ApplicationState.SUBMITTED: ("Waiting for the owners", "govuk-tag--yellow"),
    ApplicationState.APPROVED: ("Approved", "govuk-tag--green"),
    ApplicationState.REFUSED: ("Refused", "govuk-tag--red"),
    ApplicationState.WITHDRAWN: ("Taken back", "govuk-tag--grey"),
}
# The Five Safes, as the form asks for them and the page shows them.
HEADINGS = (
    ("Safe project: what is it to find out?", "purpose"),
    ("Safe project: who benefits, and how?", "benefit"),
    ("Safe people: who works on it?", "people"),
    ("Safe data: how are the data used?", "methods"),
    ("Safe outputs: what is to be published?", "outputs"),
)


@dataclass(frozen=True, kw_only=True)
class WantedView:
    """One dataset with what could be told about the people in it."""

    label: str
    agency: str
    words: str
    bar: BudgetView


@dataclass(frozen=True, kw_only=True)
class ApplicationView:
    """One application."""

    id: int
    title: str
    slug: str
    applicant: str
    sent: str
    until: str
    state: str
    colour: str
    open: bool
    own: bool
    answers: tuple[tuple[str, str], ...]
    cost: str
    agreement: str
    wanted: tuple[WantedView, ...]
    owners: tuple[tuple[str, str], ...]
    mine: tuple[tuple[str, str], ...]


def application_view(page: ApplicationPage) -> ApplicationView:
    """The page of one application."""
    one, proposal = page.application, page.application.proposal
    state, colour = STATES[one.state]
    return ApplicationView(
        id=one.id,
        title=proposal.title,
        slug=proposal.slug,
        applicant=page.applicant.display,
        sent=moment(one.at),
        until=day(proposal.ends),
        state=state,
        colour=colour,
        open=one.state is ApplicationState.SUBMITTED,
        own=page.own,
        answers=tuple((heading, str(getattr(proposal, name))) for heading, name in HEADINGS),
        cost=proposal.cost,
        agreement=page.agreement.terms.title,
        wanted=tuple(_wanted(wanted) for wanted in page.wanted),
        owners=tuple((owner.agency.name, _word(owner)) for owner in page.owners),
        mine=tuple((agency.slug, agency.name) for agency in page.mine),
    )


def _wanted(wanted: Wanted) -> WantedView:
    share = PrivacyLoss.allowing(wanted.item.project_share).text
    whom = "each person in it" if wanted.dataset.population.unit.value == "person" else "each row in it"
    return WantedView(
        label=wanted.dataset.label,
        agency=wanted.agency.name,
        words=f"The project could learn about {whom} at most privacy loss {share}. No row is shown to anybody.",
        bar=ledger_bar(wanted.ledger),
    )


def _word(owner: Owner) -> str:
    if owner.decision is None:
        return "has not decided yet"
    who = owner.person.display if owner.person else "somebody who has left"
    verb = "said yes" if owner.decision.approves else "said no"
    reason = f": {owner.decision.reason}" if owner.decision.reason else ""
    return f"{who} {verb} on {moment(owner.decision.at)}{reason}"
