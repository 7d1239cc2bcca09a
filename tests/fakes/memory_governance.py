"""Agencies, roles, agreements and projects in memory; the ports of ``enclave.governance``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from enclave.governance.agreement import Agreement, AgreementState, Signature, Terms
from enclave.governance.application import Application, ApplicationState, Decision, Proposal
from enclave.governance.leaving import Notice, Stop
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant
from enclave.terms.names import DatasetName
from tests.fakes.memory_store import FakeClock, Tables


class MemoryAgencies:
    """Stored agencies."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, *, slug: str, name: str) -> Agency:
        if self.by_slug(slug) is not None:
            raise ValueError("short names differ")
        agency = Agency(id=self._tables.next_id("agencies"), slug=slug, name=name)
        self._tables["agencies"][agency.id] = agency
        return agency

    def all(self) -> Sequence[Agency]:
        return sorted(self._tables["agencies"].values(), key=lambda agency: agency.name)

    def by_slug(self, slug: str) -> Agency | None:
        return next((agency for agency in self._tables["agencies"].values() if agency.slug == slug), None)

    def by_id(self, agency: int) -> Agency | None:
        return self._tables["agencies"].get(agency)


class MemoryGrants:
    """Stored roles and the public keys of signatories."""

    def __init__(self, tables: Tables, clock: FakeClock) -> None:
        self._tables = tables
        self._clock = clock

    def add(self, grant: Grant) -> None:
        self._tables["grants"][grant] = grant

    def end(self, grant: Grant) -> None:
        self.add(replace(grant, until=self._clock().date() - dt.timedelta(days=1)))

    def of(self, person: int) -> Sequence[Grant]:
        return [grant for grant in self.all() if grant.person == person]

    def on_project(self, project: int) -> Sequence[Grant]:
        return [grant for grant in self._tables["grants"].values() if grant.project == project]

    def all(self) -> Sequence[Grant]:
        return [grant for grant in self._tables["grants"].values() if grant.holds(self._clock().date())]

    def add_key(self, *, person: int, agency: int, public_key: str) -> None:
        if (person, agency) in self._tables["keys"]:
            raise ValueError("a signatory has one key")
        self._tables["keys"][person, agency] = public_key

    def key(self, *, person: int, agency: int) -> str | None:
        return self._tables["keys"].get((person, agency))


class MemoryAgreements:
    """Stored agreements."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, terms: Terms) -> Agreement:
        agreement = Agreement(id=self._tables.next_id("agreements"), state=AgreementState.DRAFT, terms=terms, signatures=())
        self._tables["agreements"][agreement.id] = agreement
        return agreement

    def by_id(self, agreement: int) -> Agreement | None:
        return self._tables["agreements"].get(agreement)

    def all(self) -> Sequence[Agreement]:
        return list(self._tables["agreements"].values())

    def sign(self, agreement: int, signature: Signature) -> bool:
        found = self._tables["agreements"][agreement]
        if signature.agency not in found.missing:
            return False
        self._tables["agreements"][agreement] = replace(found, signatures=(*found.signatures, signature))
        return True

    def move(self, agreement: int, *, old: AgreementState, new: AgreementState) -> bool:
        found = self._tables["agreements"].get(agreement)
        if found is None or found.state is not old:
            return False
        self._tables["agreements"][agreement] = replace(found, state=new)
        return True

    def give_notice(self, agreement: int, notice: Notice) -> bool:
        found = self._tables["agreements"][agreement]
        if found.notice(notice.agency) is not None:
            return False
        self._tables["agreements"][agreement] = replace(found, notices=(*found.notices, notice))
        return True


class MemoryStops:
    """Stops of all use of an agency's data."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, *, agency: int, person: int, reason: str, at: dt.datetime) -> Stop | None:
        if self.standing(agency) is not None:
            return None
        made = Stop(id=self._tables.next_id("stops"), agency=agency, person=person, reason=reason, at=at)
        self._tables["stops"][made.id] = made
        return made

    def standing(self, agency: int) -> Stop | None:
        return next((stop for stop in self.all() if stop.agency == agency and stop.lifted is None), None)

    def all(self) -> Sequence[Stop]:
        return list(self._tables["stops"].values())

    def lift(self, stop: int, *, by: int, at: dt.datetime) -> bool:
        found = self._tables["stops"].get(stop)
        if found is None or found.lifted is not None:
            return False
        self._tables["stops"][stop] = replace(found, lifted=at, lifter=by)
        return True


class MemoryApplications:
    """Applications and the owners' decisions."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, *, applicant: int, proposal: Proposal, at: dt.datetime) -> Application:
        number = self._tables.next_id("applications")
        made = Application(id=number, applicant=applicant, at=at, state=ApplicationState.SUBMITTED, proposal=proposal)
        self._tables["applications"][number] = made
        return made

    def by_id(self, application: int) -> Application | None:
        return self._tables["applications"].get(application)

    def all(self) -> Sequence[Application]:
        return list(self._tables["applications"].values())

    def say(self, application: int, decision: Decision) -> bool:
        found = self._tables["applications"][application]
        if decision.agency not in found.undecided:
            return False
        self._tables["applications"][application] = replace(found, decisions=(*found.decisions, decision))
        return True

    def move(self, application: int, *, old: ApplicationState, new: ApplicationState) -> bool:
        found = self._tables["applications"][application]
        if found.state is not old:
            return False
        self._tables["applications"][application] = replace(found, state=new)
        return True


class MemoryProjects:
    """Stored projects."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(
        self, *, slug: str, title: str, purpose: str, benefit: str, agreement: int, datasets: tuple[DatasetName, ...], ends: dt.date
    ) -> Project:
        project = Project(
            id=self._tables.next_id("projects"),
            slug=slug,
            title=title,
            purpose=purpose,
            benefit=benefit,
            agreement=agreement,
            datasets=datasets,
            ends=ends,
        )
        self._tables["projects"][project.id] = project
        return project

    def by_id(self, project: int) -> Project | None:
        return self._tables["projects"].get(project)

    def by_slug(self, slug: str) -> Project | None:
        return next((project for project in self._tables["projects"].values() if project.slug == slug), None)

    def all(self) -> Sequence[Project]:
        return sorted(self._tables["projects"].values(), key=lambda project: project.title)
