"""An owner's desk and datasets as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.catalogue.dataset import Cadence, Version, VersionState
from enclave.catalogue.upload import Upload, UploadState
from enclave.oversight.owner_page import OwnedDataset, Use
from enclave.privacy.ports import Freeze
from enclave.terms.schema import Unit
from enclave.web.views.budgets import BudgetView, ledger_bar, pace_words
from enclave.web.views.questions import question_words
from enclave.web.words.dates import count, moment
from enclave.web.words.sizes import per_cent, size

STATES = {
    UploadState.RECEIVING: ("Being sent", "govuk-tag--blue"),
    UploadState.PROFILING: ("Being looked at", "govuk-tag--blue"),
    UploadState.DECLARING: ("Waiting for you", "govuk-tag--yellow"),
    UploadState.PREPARING: ("Being prepared", "govuk-tag--blue"),
    UploadState.WEIGHING: ("Waiting for you", "govuk-tag--yellow"),
    UploadState.PUBLISHING: ("Being published", "govuk-tag--blue"),
    UploadState.PUBLISHED: ("Published", "govuk-tag--green"),
    UploadState.REFUSED: ("Not taken", "govuk-tag--red"),
    UploadState.WITHDRAWN: ("Withdrawn", "govuk-tag--grey"),
    UploadState.REBUILDING: ("Being made again", "govuk-tag--blue"),
}
MOVING = frozenset({UploadState.PROFILING, UploadState.PREPARING, UploadState.PUBLISHING, UploadState.REBUILDING})
REBUILT = "No file: the version before, without people on a list"
CADENCES = {
    Cadence.REPLACE: "Each file replaces the one before: a version holds the rows of its file alone.",
    Cadence.APPEND: "Each file is added: a version holds the rows of the version before and those of its file.",
    Cadence.SNAPSHOT: "Each file is the state of one day: a version holds the rows of its file alone, and says which day it shows.",
}
VERSIONS = {VersionState.OPEN: "answers questions", VersionState.CLOSED: "closed", VersionState.ERASED: "erased"}
MOST_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class UploadLine:
    """One upload on its way."""

    id: int
    state: str
    colour: str
    words: str
    waits: bool
    moving: bool


@dataclass(frozen=True, kw_only=True)
class UseLine:
    """One charge: when, in which project, by whom, what for, at what price."""

    when: str
    project: str
    person: str
    question: str
    price: str


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """One version."""

    number: int
    published: str
    state: str
    columns: int


@dataclass(frozen=True, kw_only=True)
class DatasetCard:
    """A dataset on the desk: ``order`` says in one sentence whether it is in order, ``today`` who used it."""

    name: str
    label: str
    order: str
    today: str
    budget: BudgetView
    waiting: tuple[UploadLine, ...]


@dataclass(frozen=True, kw_only=True)
class DatasetView:
    """A dataset's own page."""

    name: str
    label: str
    agency: str
    row: str
    protects: str
    attribution: str
    versions: tuple[VersionLine, ...]
    uses: tuple[UseLine, ...]
    more_uses: int
    own: BudgetView
    people: BudgetView
    about_people: bool
    uploads: tuple[UploadLine, ...]
    may_upload: bool
    current: int
    cadence: str
    unasked: bool
    pace: str
    frozen: str
    may_thaw: bool


def cards(datasets: Sequence[OwnedDataset], *, since: dt.datetime) -> list[DatasetCard]:
    """One card per dataset; use after ``since`` counts as today's."""
    return [_card(owned, since=since) for owned in datasets]


def dataset_view(owned: OwnedDataset) -> DatasetView:
    """The page of one dataset."""
    dataset, current = owned.dataset, owned.open_version
    last = owned.uses[0].charge.loss if owned.uses else None
    about_people = dataset.population.unit is Unit.PERSON
    return DatasetView(
        name=str(dataset.name),
        label=dataset.label,
        agency=owned.agency.name,
        row=dataset.row,
        protects=current.schema.protects if current else ("A person is protected." if about_people else "One row is protected."),
        attribution=dataset.attribution,
        versions=tuple(_version(version) for version in owned.versions),
        uses=tuple(_use(use) for use in owned.uses[:MOST_SHOWN]),
        more_uses=max(0, len(owned.uses) - MOST_SHOWN),
        own=ledger_bar(owned.ledger, last=last),
        people=ledger_bar(owned.population),
        about_people=about_people,
        uploads=tuple(upload_line(upload) for upload in owned.uploads[:20]),
        may_upload=owned.may_upload,
        current=current.number if current else 0,
        cadence=CADENCES[dataset.cadence],
        unasked=dataset.unasked,
        pace=pace_words(owned.ledger, [use.charge for use in owned.uses], now=owned.at),
        frozen=_frozen(owned.freeze),
        may_thaw=owned.may_thaw,
    )


def _frozen(freeze: Freeze | None) -> str:
    if freeze is None:
        return ""
    since = f"Frozen since {moment(freeze.at)}: a backup was restored, and the journal cannot vouch for what was answered since."
    return f"{since} {'A second custodian is waited for.' if freeze.first else 'Two custodians must look first.'}"


def upload_line(upload: Upload) -> UploadLine:
    """One upload in words; of the file itself only the size is known."""
    words, colour = STATES[upload.state]
    detail = (
        f"{per_cent(upload.received, upload.expected)} % of {size(upload.expected)}"
        if upload.state is UploadState.RECEIVING
        else size(upload.expected)
    )
    return UploadLine(
        id=upload.id,
        state=words,
        colour=colour,
        words=upload.sentence or (REBUILT if upload.rebuilt_from else detail),
        waits=upload.state in {UploadState.DECLARING, UploadState.WEIGHING, UploadState.RECEIVING},
        moving=upload.state in MOVING,
    )


def _card(owned: OwnedDataset, *, since: dt.datetime) -> DatasetCard:
    today = [use for use in owned.uses if use.charge.at >= since]
    waiting = [
        upload for upload in owned.uploads if upload.state not in {UploadState.PUBLISHED, UploadState.REFUSED, UploadState.WITHDRAWN}
    ]
    return DatasetCard(
        name=str(owned.dataset.name),
        label=owned.dataset.label,
        order=_order(owned),
        today=_today(today),
        budget=ledger_bar(owned.ledger, last=owned.uses[0].charge.loss if owned.uses else None),
        waiting=tuple(upload_line(upload) for upload in waiting),
    )


def _order(owned: OwnedDataset) -> str:
    current = owned.open_version
    if current is None:
        return "No data yet. Upload a file to publish the first version."
    return f"In order: version {current.number}, published on {moment(current.published)}."


def _today(uses: list[Use]) -> str:
    if not uses:
        return "Nobody asked it anything in the last day."
    projects = sorted({use.project.title for use in uses})
    return f"{count(len(uses), 'question')} in the last day, for {', '.join(projects)}."


def _use(use: Use) -> UseLine:
    return UseLine(
        when=moment(use.charge.at),
        project=use.project.title,
        person=use.person.display,
        question=question_words(use.charge, use.version.schema if use.version else None),
        price=use.charge.loss.text,
    )


def _version(version: Version) -> VersionLine:
    return VersionLine(
        number=version.number, published=moment(version.published), state=VERSIONS[version.state], columns=len(version.schema.columns)
    )
