"""The public register: who uses which public data here, why, until when, what came of it, and what it has cost the people in it.

Nothing in it is about a person and nothing is read off rows: agreements, projects, ledgers and the fact that something was released.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from enclave.catalogue.dataset import Dataset, Version
from enclave.catalogue.person_list import ListKind, ListState
from enclave.egress_review.lifecycle import State
from enclave.governance.agreement import Agreement
from enclave.governance.leaving import Notice, Stop
from enclave.governance.project import Project
from enclave.governance.roles import Agency
from enclave.oversight.effect import Effect
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.privacy.ledger import Ledger, of_dataset

# What became of requests that the public hears of; what is still under way is nobody's business yet.
SHOWN = (State.RELEASED, State.REVOKED, State.REJECTED)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One dataset: how large it says it is, which projects may ask it, and what its answers have cost so far. ``lists``: whether people are
    left out because they, or all others, are on a list; how many is never said.
    """

    dataset: Dataset
    agency: Agency
    version: Version | None
    ledger: Ledger | None
    projects: tuple[Project, ...]
    answers: int
    lists: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One output without its title or content: project, date, what became of it, kinds of file, and what it was good for."""

    project: Project
    at: dt.datetime
    state: State
    kinds: tuple[str, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, kw_only=True)
class Use:
    """One project with the agreement behind it and what came of it, newest first."""

    project: Project
    agreement: Agreement
    parties: tuple[Agency, ...]
    in_force: bool
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A party's notice to an agreement."""

    agreement: Agreement
    agency: Agency
    notice: Notice


@dataclass(frozen=True, kw_only=True)
class Halt:
    """A stop of all use of one agency's data, standing or lifted."""

    agency: Agency
    stop: Stop


@dataclass(frozen=True, kw_only=True)
class Register:
    """The whole register as it stands."""

    at: dt.datetime
    agencies: tuple[Agency, ...]
    uses: tuple[Use, ...]
    entries: tuple[Entry, ...]
    departures: tuple[Departure, ...]
    halts: tuple[Halt, ...]


def public_register(*, ports: OversightPorts) -> Register:
    """The register for anyone: nobody has to say who they are."""
    now = ports.clock()
    with ports.begin() as work:
        agencies = tuple(work.agencies.all())
        projects = tuple(work.projects.all())
        return Register(
            at=now,
            agencies=agencies,
            uses=tuple(use for project in projects if (use := _use(project, agencies, now.date(), work)) is not None),
            entries=tuple(_entry(dataset, agencies, projects, work) for dataset in work.datasets.all()),
            departures=tuple(_departures(agencies, work)),
            halts=tuple(_halts(agencies, work)),
        )


def _departures(agencies: tuple[Agency, ...], work: OversightWork) -> Iterator[Departure]:
    named = {agency.slug: agency for agency in agencies}
    for agreement in reversed(work.agreements.all()):
        for notice in agreement.notices:
            yield Departure(agreement=agreement, agency=named[notice.agency], notice=notice)


def _halts(agencies: tuple[Agency, ...], work: OversightWork) -> Iterator[Halt]:
    numbered = {agency.id: agency for agency in agencies}
    for stop in reversed(work.stops.all()):
        yield Halt(agency=numbered[stop.agency], stop=stop)


def _use(project: Project, agencies: tuple[Agency, ...], today: dt.date, work: OversightWork) -> Use | None:
    agreement = work.agreements.by_id(project.agreement)
    if agreement is None:
        return None
    effects = work.effects.all()
    outcomes = (
        Outcome(
            project=project,
            at=one.moved,
            state=one.state,
            kinds=tuple(sorted({file.suffix.lstrip(".") for file in one.files})),
            effects=tuple(effect for effect in effects if effect.request == one.id and one.state is State.RELEASED),
        )
        for one in work.requests.of_project(project.id)
        if one.state in SHOWN
    )
    return Use(
        project=project,
        agreement=agreement,
        parties=tuple(agency for agency in agencies if agency.slug in agreement.terms.parties),
        in_force=agreement.in_force(today) and project.ends >= today,
        outcomes=tuple(sorted(outcomes, key=lambda one: one.at, reverse=True)),
    )


def _entry(dataset: Dataset, agencies: tuple[Agency, ...], projects: tuple[Project, ...], work: OversightWork) -> Entry:
    return Entry(
        dataset=dataset,
        agency=next(agency for agency in agencies if agency.id == dataset.agency),
        version=work.datasets.open_version(dataset.id),
        ledger=work.ledgers.get(of_dataset(dataset.id)),
        projects=tuple(project for project in projects if dataset.name in project.datasets),
        answers=len(work.charges.of_dataset(dataset.id)),
        lists=any(
            one.state is ListState.IN_FORCE and (one.kind is ListKind.OPT_OUT or one.agency == dataset.agency)
            for one in work.person_lists.of_population(dataset.population.id)
        ),
    )
