"""Put a list in force: it counts, what must not answer any more closes, successors are asked for. All in one transaction.

It closes every open version it concerns, whether or not anybody on the list is in them: a closing tells that a list was sent, and nothing
about who is on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.removal.remember_list import place_of, remember, remembered
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, VersionState
from enclave.catalogue.erasing import ask_to_erase
from enclave.catalogue.person_list import ALONE_WITHIN, MOST_IN_A_DAY, ListKind, ListState, PersonList, list_step, most_alone
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.upload import UploadState
from enclave.jobs.job import JobKind

MOST_SAID = 200  # rows that mean nobody, said one by one
_COUNTED = frozenset({ListState.IN_FORCE, ListState.REPLACED, ListState.WITHDRAWN})


@dataclass(kw_only=True)
class Read:
    """What reading made of a list. Entries that mean nobody: how many, and of the first their rows (from 1, below the heading) by reason."""

    tokens: set[bytes] = field(default_factory=set)
    entries: int = 0
    unusable: int = 0
    rows: dict[str, list[int]] = field(default_factory=dict)

    def means_nobody(self, why: str) -> None:
        """The last entry does."""
        self.unusable += 1
        if self.unusable <= MOST_SAID:
            self.rows.setdefault(why, []).append(self.entries)


def put_in_force(found: PersonList, read: Read, *, key: str, ports: AnonymisePorts) -> None:
    """Put a list that was read in force, or before a second officer."""
    with ports.begin() as work:
        large = _large(found, read.entries, work, ports)
    if not large:
        remember(found, read.tokens, key=key, entries=read.entries, ports=ports)
    with ports.begin() as work:
        large = _large(found, read.entries, work, ports)
        change = list_step(ListState.READING, ListState.CONFIRMING if large else ListState.IN_FORCE)
        told = work.person_lists.move(
            found.id, old=change.old, new=change.new, key=key, entries=read.entries, unusable=read.unusable, unusable_rows=read.rows
        )
        if not told:
            return  # taken back meanwhile, or another run of this job was first
        work.person_lists.remember(found.id, sorted(read.tokens))
        work.record(Event(kind=change.event, by=None, subject=f"list:{found.id}", details={"key": key}))
        if not large:
            _take_effect(found, work, ports, key=key)


def put_confirmed(found: PersonList, *, ports: AnonymisePorts) -> None:
    """A second officer stands by it: it counts, by the tokens that were made of it."""
    change = list_step(ListState.CONFIRMED, ListState.IN_FORCE)
    with ports.begin() as work:
        tokens = work.person_lists.tokens(found.id)
    remember(found, tokens, key=found.key, entries=found.entries, ports=ports)
    with ports.begin() as work:
        if work.person_lists.move(found.id, old=change.old, new=change.new):
            work.record(Event(kind=change.event, by=None, subject=f"list:{found.id}", details={"key": found.key}))
            _take_effect(found, work, ports, key=found.key)


def revive_lists(*, ports: AnonymisePorts) -> int:
    """Put in force again what a restored backup has forgotten; how many lists that were. For the start of the worker."""
    back = 0
    for one in remembered(ports.tombstones):
        with ports.begin() as work:
            found = place_of(one, work)
            if found is None:
                continue
            work.person_lists.move(found.id, old=found.state, new=ListState.IN_FORCE, key=one.key, entries=one.entries)
            work.person_lists.forget(found.id)
            work.person_lists.remember(found.id, sorted(one.tokens))
            work.record(Event(kind="list.revived", by=None, subject=f"list:{found.id}", details={"key": one.key}))
            _take_effect(found, work, ports, key=one.key)
        ports.lists.erase(found.id)
        back += 1
    return back


def _large(found: PersonList, entries: int, work: CatalogueWork, ports: AnonymisePorts) -> bool:
    """Whether it takes a second officer: by its entries with those of the agency's lists that one officer put in force lately, for many
    small lists are one large one; and where so many came within a day, for each of them closes every version. Also lists taken back
    count: the rows they removed do not return.
    """
    if found.kind is ListKind.CONSENT:
        return False
    since = ports.clock() - ALONE_WITHIN
    lately = [
        one
        for one in work.person_lists.of_agency(found.agency)
        if one.population == found.population and one.kind is found.kind and one.state in _COUNTED
        and one.entries and one.confirmed is None and one.sent > since and one.id != found.id
    ]  # fmt: skip
    today = sum(one.sent > ports.clock() - MOST_IN_A_DAY[1] for one in lately)
    return entries + sum(one.entries for one in lately) > most_alone(_declared(found, work)) or today >= MOST_IN_A_DAY[0]


def _declared(found: PersonList, work: CatalogueWork) -> int:
    """The rows that the largest open version of the population is said to have."""
    versions = [work.datasets.open_version(one.id) for one in work.datasets.all() if one.population.id == found.population]
    return max((version.schema.size for version in versions if version), default=0)


def _take_effect(found: PersonList, work: CatalogueWork, ports: AnonymisePorts, *, key: str) -> None:
    _replace(found, work, key=key)
    for dataset in work.datasets.all():
        if dataset.population.id == found.population and (found.kind is ListKind.OPT_OUT or dataset.agency == found.agency):
            _close(dataset, found, work, ports)


def _replace(found: PersonList, work: CatalogueWork, *, key: str) -> None:
    """A newer consent list is the whole list. Opt-out lists of a former key are replaced by one that has as many entries as all of them.

    By a shorter one they are not: of several, those that were not sent again would be forgotten without a word, and their people come back.
    """
    lists = [one for one in work.person_lists.of_agency(found.agency) if one.population == found.population and one.kind is found.kind]
    others = [one for one in lists if one.state is ListState.IN_FORCE and one.id != found.id]
    former = others if found.kind is ListKind.CONSENT else [one for one in others if one.key != key]
    sent = next(one.entries for one in lists if one.id == found.id)
    if found.kind is ListKind.OPT_OUT and sent < sum(one.entries for one in former):
        return
    for one in former:
        change = list_step(one.state, ListState.REPLACED)
        work.person_lists.move(one.id, old=change.old, new=change.new)
        work.person_lists.forget(one.id)
        work.record(Event(kind=change.event, by=None, subject=f"list:{one.id}", details={"by_list": found.id}))


def _close(dataset: Dataset, found: PersonList, work: CatalogueWork, ports: AnonymisePorts) -> None:
    """Close what is open, ask for its successor, and have what was closed before destroyed."""
    uploads = work.uploads.of_dataset(dataset.id)
    waiting = [upload.id for upload in uploads if upload.state is UploadState.REBUILDING]
    for version in work.datasets.versions(dataset.id):
        if version.state is VersionState.OPEN and work.datasets.move_version(version.id, old=VersionState.OPEN, new=VersionState.CLOSED):
            of_upload = work.uploads.by_id(work.datasets.upload_of(version.id))
            declared = of_upload.declaration if of_upload else None
            waiting.append(
                work.uploads.add_rebuilding(dataset=dataset.id, person=found.person, version=version.id, declaration=declared).id
            )
            event = Event(
                kind="version.closed", by=None, subject=f"dataset:{dataset.id}", details={"version": version.number, "list": found.id}
            )
            work.record(event)
        elif version.state is VersionState.CLOSED and version.id not in {upload.rebuilt_from for upload in uploads if upload.id in waiting}:
            ask_to_erase(version.id, work, at=ports.clock())
    for upload in waiting:
        work.jobs.ask(kind=JobKind.REBUILD_VERSION, subject=f"upload:{upload}", parameters={"upload": upload})
