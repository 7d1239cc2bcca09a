"""A project as its researchers see it: what may be asked, what is left, what was asked, where the outputs are."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.egress_review.lifecycle import State
from enclave.egress_review.visibility import View
from enclave.oversight.project_page import Asked, Offered, ProjectPage
from enclave.privacy.budget import Budget
from enclave.terms.loss import PrivacyLoss
from enclave.web.views.budgets import BudgetView, spent_bar
from enclave.web.views.questions import question_words
from enclave.web.words.dates import count, day, moment

STATES = {
    State.DRAFT: ("Draft", "govuk-tag--grey"),
    State.SUBMITTED: ("Waiting to be checked", "govuk-tag--blue"),
    State.CHECKING: ("Being checked", "govuk-tag--blue"),
    State.BLOCKED: ("Cannot go as it is", "govuk-tag--red"),
    State.IN_REVIEW: ("With the custodians", "govuk-tag--blue"),
    State.RETURNED: ("Changes wanted", "govuk-tag--yellow"),
    State.REJECTED: ("Refused", "govuk-tag--red"),
    State.APPROVED: ("Approved", "govuk-tag--green"),
    State.RELEASED: ("Released", "govuk-tag--green"),
    State.REVOKED: ("Taken back", "govuk-tag--red"),
    State.WITHDRAWN: ("Withdrawn", "govuk-tag--grey"),
}
MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class OfferedView:
    """A dataset of the project. ``tight`` says that another budget than the project's share is the tightest."""

    name: str
    label: str
    about: str
    bar: BudgetView
    tight: str
    ready: bool


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """One past question with its price."""

    when: str
    who: str
    dataset: str
    question: str
    price: str


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """One request to take files out."""

    id: int
    title: str
    state: str
    colour: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ProjectView:
    """The page of one project."""

    slug: str
    title: str
    purpose: str
    people: str
    until: str
    trouble: str
    datasets: tuple[OfferedView, ...]
    asked: tuple[AskedLine, ...]
    more: int
    requests: tuple[RequestLine, ...]


def project_view(page: ProjectPage, requests: tuple[View, ...]) -> ProjectView:
    """The whole page."""
    return ProjectView(
        slug=page.project.slug,
        title=page.project.title,
        purpose=page.project.purpose,
        people=", ".join(person.display for person in page.people),
        until=day(page.project.ends),
        trouble=page.trouble,
        datasets=tuple(offered_view(offered) for offered in page.datasets),
        asked=tuple(_asked(one) for one in page.asked[:MOST_SHOWN]),
        more=max(0, len(page.asked) - MOST_SHOWN),
        requests=tuple(request_line(view) for view in requests),
    )


def offered_view(offered: Offered) -> OfferedView:
    """One dataset with what is left of it."""
    version, budget = offered.version, offered.budget
    about = (
        f"About {version.schema.size:,} rows; a row is {offered.dataset.row.lower()}."
        if version
        else "No data yet: its agency has not published any."
    )
    last = offered.last.loss if offered.last else None
    return OfferedView(
        name=str(offered.dataset.name),
        label=offered.dataset.label,
        about=about,
        bar=spent_bar(left=budget.project, cap=budget.project_cap, last=last),
        tight=_tight(budget),
        ready=version is not None,
    )


def request_line(view: View) -> RequestLine:
    """One request as a line."""
    words, colour = STATES[view.request.state]
    files = count(len(view.request.files), "file")
    return RequestLine(
        id=view.request.id,
        title=view.request.form.title,
        state=words,
        colour=colour,
        words=f"{files}, sent {moment(view.request.submitted)}",
    )


def _tight(budget: Budget) -> str:
    """What limits the next question when it is not the project's own share."""
    if budget.least == budget.project:
        return ""
    whose, left = ("the people in it", budget.population) if budget.population <= budget.dataset else ("the dataset", budget.dataset)
    if left == PrivacyLoss(rho=0):
        return f"The budget of {whose} is used up or not open yet."
    return f"Others ask it too: of the budget of {whose} only {left.text_down} is left."


def _asked(one: Asked) -> AskedLine:
    return AskedLine(
        when=moment(one.charge.at),
        who=one.person.display,
        dataset=one.dataset.label,
        question=question_words(one.charge, one.version.schema if one.version else None),
        price=one.charge.loss.text,
    )
