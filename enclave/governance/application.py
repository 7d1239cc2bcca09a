"""An application for a project, by the Five Safes (Desai, Ritchie & Welpton 2016), and what the owners of its data say to it.

Each agency whose data are asked for decides for itself: one word of each, a refusal with its reason. With the last yes the project opens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.canonical import Json
from enclave.terms.errors import ResearcherError
from enclave.terms.names import DatasetName, is_project_slug

MOST_WORDS = 4_000


class ApplicationState(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.SUBMITTED: frozenset({ApplicationState.APPROVED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}),
    ApplicationState.APPROVED: frozenset(),
    ApplicationState.REFUSED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}

# What has to be said, in the order of the form; the words name the field in a refusal.
QUESTIONS = {
    "title": "the title",
    "purpose": "what it is to find out",
    "benefit": "who benefits",
    "cost": "what it would cost not to do it",
    "people": "who works on it",
    "methods": "how the data are used",
    "outputs": "what is to be published",
}


def check_answers(answers: Mapping[str, str]) -> None:
    """Raise G-30 naming the first question that is not answered, or at too great length."""
    for name, words in QUESTIONS.items():
        if not answers[name].strip() or len(answers[name]) > MOST_WORDS:
            error = ResearcherError(rule="G-30", sentence=f"Say {words}, in at most 4,000 characters.", details={"field": name})
            error.status = 422
            raise error


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is applied for. ``purpose``, ``benefit``, ``cost`` say why it is safe as a project, ``people`` who does it, ``methods`` how,
    ``outputs`` what leaves; the safe data are ``datasets`` under ``agreement``, the safe setting is the enclave.

    Raises ``ResearcherError`` (G-30) naming the first field that is empty or too long, G-31 for a short name, G-32 without datasets.
    """

    slug: str
    title: str
    purpose: str
    benefit: str
    cost: str
    people: str
    methods: str
    outputs: str
    agreement: int
    datasets: tuple[DatasetName, ...]
    ends: dt.date

    def __post_init__(self) -> None:
        check_answers({name: getattr(self, name) for name in QUESTIONS})
        if not is_project_slug(self.slug):
            raise ResearcherError(
                rule="G-31",
                sentence="That cannot be a short name.",
                instead="Use lower-case letters, digits and hyphens.",
                details={"field": "slug"},
            )
        if not self.datasets or len(set(self.datasets)) != len(self.datasets):
            raise ResearcherError(rule="G-32", sentence="Choose the datasets it needs.", details={"field": "datasets"})

    @property
    def owners(self) -> tuple[str, ...]:
        """The agencies whose data are asked for, by short name."""
        return tuple(sorted({name.agency for name in self.datasets}))

    def as_json(self) -> dict[str, Json]:
        """As it is stored and shown."""
        texts: dict[str, Json] = {name: str(getattr(self, name)) for name in QUESTIONS}
        return {
            **texts,
            "slug": self.slug,
            "agreement": self.agreement,
            "datasets": [str(name) for name in self.datasets],
            "ends": self.ends.isoformat(),
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Proposal:
        """What ``as_json`` gave."""
        datasets, agreement = body["datasets"], body["agreement"]
        if not isinstance(datasets, list) or not isinstance(agreement, int):
            raise ValueError("not a proposal")
        return cls(
            slug=str(body["slug"]),
            title=str(body["title"]),
            purpose=str(body["purpose"]),
            benefit=str(body["benefit"]),
            cost=str(body["cost"]),
            people=str(body["people"]),
            methods=str(body["methods"]),
            outputs=str(body["outputs"]),
            agreement=agreement,
            datasets=tuple(DatasetName.parse(str(name)) for name in datasets),
            ends=dt.date.fromisoformat(str(body["ends"])),
        )


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One owner's word. A refusal says why; the applicant reads it."""

    agency: str
    person: int
    approves: bool
    reason: str
    at: dt.datetime

    def __post_init__(self) -> None:
        if not self.approves and not self.reason.strip():
            raise ValueError("a refusal has a reason")


@dataclass(frozen=True, kw_only=True)
class Application:
    """A proposal on its way."""

    id: int
    applicant: int
    at: dt.datetime
    state: ApplicationState
    proposal: Proposal
    decisions: tuple[Decision, ...] = ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """The owners whose word is still missing."""
        said = {decision.agency for decision in self.decisions}
        return tuple(owner for owner in self.proposal.owners if owner not in said)
