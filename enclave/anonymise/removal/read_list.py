"""Read a list of people in the jail, keep keyed tokens of it, and put it in force: close what must not answer any more, erase the file.

One transaction makes the list count, closes every open version it concerns and asks for their successors. It closes them all, whether or
not anybody on the list is in them: a closing tells that a list was sent, and nothing about who is on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from enclave.anonymise.linkage.identity import Reader
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.reading.headers import words
from enclave.anonymise.reading.parse import read_table
from enclave.anonymise.refusal import FileRefusedError, Refusal, refuse
from enclave.anonymise.removal.tracer import Tracer, why_unusable
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, VersionState
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment
from enclave.catalogue.erasing import ask_to_erase
from enclave.catalogue.person_list import ALONE_WITHIN, ListKind, ListState, PersonList, list_step, most_alone
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.upload import UploadState
from enclave.jobs.job import JobKind
from enclave.terms.errors import OperatorError

# Names that a list's columns may have, in words. A column under another name would silently find fewer people, so it is refused.
COLUMNS = {
    "nhs number": LinkRole.NHS_NUMBER, "nhs no": LinkRole.NHS_NUMBER, "pupil number": LinkRole.PUPIL_NUMBER, "upn": LinkRole.PUPIL_NUMBER,
    "forename": LinkRole.FORENAME, "first name": LinkRole.FORENAME, "given name": LinkRole.FORENAME, "surname": LinkRole.SURNAME,
    "last name": LinkRole.SURNAME, "family name": LinkRole.SURNAME, "name": LinkRole.FULL_NAME, "full name": LinkRole.FULL_NAME,
    "date of birth": LinkRole.BIRTH_DATE, "birth date": LinkRole.BIRTH_DATE, "dob": LinkRole.BIRTH_DATE, "sex": LinkRole.SEX,
    "gender": LinkRole.SEX, "postcode": LinkRole.POSTCODE, "email": LinkRole.EMAIL, "e mail": LinkRole.EMAIL, "email address": LinkRole.EMAIL,
    "phone": LinkRole.PHONE, "telephone": LinkRole.PHONE, "mobile": LinkRole.PHONE, "phone number": LinkRole.PHONE,
    "mobile number": LinkRole.PHONE, "address": LinkRole.ADDRESS, "town": LinkRole.PLACE, "city": LinkRole.PLACE, "place": LinkRole.PLACE,
    "middle name": LinkRole.FORENAME, "maiden name": LinkRole.SURNAME, "former surname": LinkRole.SURNAME,
}  # fmt: skip
MOST_SAID = 200  # rows that mean nobody, said one by one


def read_list(*, number: int, ports: AnonymisePorts) -> None:
    """Read a list that was sent. May run again at any time: what is done stays done."""
    found, slug = _find(number, ports)
    if found.state is ListState.READING:
        try:
            _read(found, slug, ports)
        except FileRefusedError as error:
            _refuse(found, error.why, ports)
    elif found.state is ListState.CONFIRMED:
        _confirmed(found, ports)
    ports.lists.erase(number)
    ports.progress(100)


def _find(number: int, ports: AnonymisePorts) -> tuple[PersonList, str]:
    with ports.begin() as work:
        found = work.person_lists.by_id(number)
        slug = next((one.population.slug for one in work.datasets.all() if found and one.population.id == found.population), None)
    if found is None or slug is None:
        raise OperatorError(rule="A-25", sentence="The job is about a list that does not exist.")
    return found, slug


def _read(found: PersonList, slug: str, ports: AnonymisePorts) -> None:
    tracer = Tracer(ports.keys(slug))
    sure = found.kind is ListKind.CONSENT
    tokens: set[bytes] = set()
    entries, unusable = 0, Unusable()
    plans: list[ColumnPlan] = []
    with ports.lists.open(found.id) as source:
        for batch in read_table(ports.parser, source, size=found.size, accept=lambda headers: plans.extend(_plans(headers, found.written))):
            reader = Reader(plans)
            for cells in zip(*(batch[place].to_pylist() for place in reader.places), strict=True):
                who = reader.read(cells)
                made = tracer.sure(who) if sure else tracer.traces(who)
                tokens.update(made)
                entries += 1
                if not made:
                    unusable.note(entries, why_unusable(who, sure=sure))
    if not tokens:
        raise refuse("U-61")
    ports.progress(50)
    _put_in_force(found, tokens, key=tracer.key_id, entries=entries, unusable=unusable, ports=ports)


@dataclass(kw_only=True)
class Unusable:
    """Entries that mean nobody: how many, and of the first their rows (from 1, below the heading) by reason."""

    count: int = 0
    rows: dict[str, list[int]] = field(default_factory=dict)

    def note(self, row: int, why: str) -> None:
        """One more."""
        self.count += 1
        if self.count <= MOST_SAID:
            self.rows.setdefault(why, []).append(row)


def _plans(headers: Sequence[str], written: str) -> list[ColumnPlan]:
    """What each column says of a person. Raises ``FileRefusedError`` for a name that no list has."""
    plans = []
    for place, header in enumerate(headers, start=1):
        role = COLUMNS.get(words(header).strip())
        if role is None:
            raise refuse("U-60", column=place)
        plans.append(
            ColumnPlan(header=header, treatment=Treatment.DROP, link_as=role, format=written if role is LinkRole.BIRTH_DATE else "")
        )
    return plans


def _put_in_force(found: PersonList, tokens: set[bytes], *, key: str, entries: int, unusable: Unusable, ports: AnonymisePorts) -> None:
    with ports.begin() as work:
        large = found.kind is ListKind.OPT_OUT and _entries(found, entries, work, ports) > most_alone(_declared(found, work))
        change = list_step(ListState.READING, ListState.CONFIRMING if large else ListState.IN_FORCE)
        moved = work.person_lists.move(
            found.id, old=change.old, new=change.new, key=key, entries=entries, unusable=unusable.count, unusable_rows=unusable.rows
        )
        if not moved:
            return  # taken back meanwhile, or another run of this job was first
        work.person_lists.remember(found.id, sorted(tokens))
        work.record(Event(kind=change.event, by=None, subject=f"list:{found.id}", details={"key": key}))
        if not large:
            _take_effect(found, work, ports, key=key)


def _confirmed(found: PersonList, ports: AnonymisePorts) -> None:
    """A second officer stands by it: it counts, by the tokens that were made of it."""
    change = list_step(ListState.CONFIRMED, ListState.IN_FORCE)
    with ports.begin() as work:
        if work.person_lists.move(found.id, old=change.old, new=change.new):
            work.record(Event(kind=change.event, by=None, subject=f"list:{found.id}", details={"key": found.key}))
            _take_effect(found, work, ports, key=found.key)


def _entries(found: PersonList, entries: int, work: CatalogueWork, ports: AnonymisePorts) -> int:
    """The list's, with those of the agency's other lists that one officer put in force lately: many small lists are one large one."""
    since = ports.clock() - ALONE_WITHIN
    alone = [one for one in work.person_lists.of_agency(found.agency) if one.population == found.population and one.kind is found.kind]
    return entries + sum(one.entries for one in alone if one.state is ListState.IN_FORCE and one.confirmed is None and one.sent > since)


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
    """A newer consent list is the whole list; and a list of a former key is replaced by the next one its agency sends."""
    for one in work.person_lists.of_agency(found.agency):
        same = one.population == found.population and one.kind is found.kind and one.id != found.id
        if same and one.state is ListState.IN_FORCE and (one.kind is ListKind.CONSENT or one.key != key):
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


def _refuse(found: PersonList, why: Refusal, ports: AnonymisePorts) -> None:
    change = list_step(ListState.READING, ListState.REFUSED)
    with ports.begin() as work:
        if work.person_lists.move(found.id, old=change.old, new=change.new, sentence=f"{why.sentence} {why.instead}"):
            work.record(Event(kind=change.event, by=None, subject=f"list:{found.id}", details={"rule": why.rule}))
