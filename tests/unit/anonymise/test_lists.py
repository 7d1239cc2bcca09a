"""Lists of people: who is on one is in no version from then on, whoever else is; and nobody learns who it was."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.erasing.erase_version import erase_version
from enclave.anonymise.linkage.identity import Identity
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.anonymise.removal.read_list import read_list
from enclave.anonymise.removal.rebuild import rebuild
from enclave.anonymise.removal.tracer import Tracer
from enclave.audit.chain import first_break
from enclave.catalogue.dataset import Cadence, VersionState
from enclave.catalogue.person_list import CLOSES_WITHIN, ListKind, ListState, magnitude
from enclave.catalogue.upload import UploadState
from enclave.jobs.job import Job, JobKind, JobState
from enclave.terms.errors import OperatorError
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.factories.uploads import CANARIES, PEOPLE, Desk, csv_bytes, declaration
from tests.fakes.memory_anonymise import Power
from tests.fakes.memory_work import Crashed

ZEBULON = {"nhs_number": "943 476 5919"}
ANN = {"forename": "Ann", "surname": "OBrien", "date_of_birth": "17/12/1999"}
STRANGER = {"forename": "Joy", "surname": "Park", "date_of_birth": "01/02/1970"}


def listing(*entries: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue().encode()


def published(desk: Desk, rows: Sequence[Sequence[str]] = PEOPLE) -> int:
    upload = desk.upload(csv_bytes(rows))
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, declaration())
    return upload


def sent(desk: Desk, content: bytes, kind: ListKind = ListKind.OPT_OUT, *, agency: int | None = None) -> int:
    """What ``send_list`` does; its own test is with the portal."""
    with desk.enclave.begin() as work:
        dataset = work.datasets.by_id(desk.dataset)
        assert dataset is not None
        made = work.person_lists.add(
            population=dataset.population.id, agency=agency or dataset.agency, person=1, kind=kind, written="%d/%m/%Y", size=len(content),
            sent=desk.enclave.clock(),
        )  # fmt: skip
        desk.lists.append(made.id, offset=0, data=content)
        work.person_lists.move(made.id, old=ListState.RECEIVING, new=ListState.READING)
        work.jobs.ask(kind=JobKind.READ_LIST, subject=f"list:{made.id}", parameters={"list": made.id})
    return made.id


RUNS: dict[JobKind, Callable[[Job, AnonymisePorts], None]] = {
    JobKind.READ_LIST: lambda job, ports: read_list(number=int(str(job.parameters["list"])), ports=ports),
    JobKind.REBUILD_VERSION: lambda job, ports: rebuild(upload=int(str(job.parameters["upload"])), ports=ports),
    JobKind.ERASE_VERSION: lambda job, ports: erase_version(version=int(str(job.parameters["version"])), ports=ports),
}


def work_off(desk: Desk, power: Power | None = None) -> None:
    """Every job that is due, as the worker does it, until none is."""
    while True:
        with desk.enclave.begin() as work:
            due = [job for job in work.jobs.unfinished() if job.kind in RUNS and job.due(desk.enclave.clock())]
        if not due:
            return
        RUNS[due[0].kind](due[0], power.wired(desk.ports()) if power else desk.ports())
        with desk.enclave.begin() as work:
            work.jobs.move(due[0].id, state=JobState.RUNNING, percent=1)
            work.jobs.move(due[0].id, state=JobState.DONE, percent=100)


def versions(desk: Desk) -> list[tuple[int, VersionState, list[int]]]:
    """Number, state and persons of every version; no persons where its file is gone."""
    with desk.enclave.begin() as work:
        made = [(one, work.datasets.upload_of(one.id)) for one in work.datasets.versions(desk.dataset)]
    tables = desk.files.tables
    return [(one.number, one.state, tables[upload].person.tolist() if upload in tables else []) for one, upload in made]


def state(desk: Desk, number: int) -> ListState:
    with desk.enclave.begin() as work:
        found = work.person_lists.by_id(number)
    assert found is not None
    return found.state


def test_wish_22_an_opt_out_closes_the_version_and_a_successor_without_the_person_opens() -> None:
    desk = Desk()
    published(desk)
    number = sent(desk, listing(ZEBULON))
    read_list(number=number, ports=desk.ports())
    assert state(desk, number) is ListState.IN_FORCE
    assert versions(desk) == [(1, VersionState.CLOSED, [1, 1, 1, 2])]
    work_off(desk)
    assert versions(desk) == [(2, VersionState.OPEN, [2]), (1, VersionState.CLOSED, [1, 1, 1, 2])]
    assert desk.lists.parts == {}
    desk.enclave.clock.move(days=1)
    work_off(desk)
    assert versions(desk) == [(2, VersionState.OPEN, [2]), (1, VersionState.ERASED, [])]
    assert first_break(desk.enclave.log.entries()) is None
    assert desk.enclave.log.kinds()[-4:] == ["list.in_force", "version.closed", "version.rebuilt", "version.erased"]


def test_the_successor_keeps_everybody_elses_values_and_ranks_them_anew() -> None:
    desk = Desk()
    first = published(desk, PEOPLE * 4)
    before = desk.files.tables[first]
    sent(desk, listing(ANN))
    work_off(desk)
    after = desk.files.tables[max(desk.files.tables)]
    mine = before.person == 1
    assert after.person.tolist() == before.person[mine].tolist()
    assert sorted(after.rank.tolist()) == sorted(before.rank[mine].tolist())
    for old, new in zip(before.columns, after.columns, strict=True):
        assert Counter(zip(old.values[mine].tolist(), old.missing[mine].tolist(), strict=True)) == Counter(
            zip(new.values.tolist(), new.missing.tolist(), strict=True)
        )


def test_who_is_on_a_list_stays_out_of_every_later_file() -> None:
    desk = Desk()
    sent(desk, listing(ZEBULON))
    work_off(desk)
    published(desk)
    published(desk)
    assert versions(desk) == [(2, VersionState.OPEN, [2]), (1, VersionState.CLOSED, [2])]


def test_a_list_is_read_the_same_whether_or_not_anybody_on_it_is_there() -> None:
    """What can be seen from outside: events, versions, states, jobs. Only the rows of the successor differ."""
    seen = []
    for entry in (ZEBULON, STRANGER):
        desk = Desk()
        published(desk)
        sent(desk, listing(entry))
        work_off(desk)
        with desk.enclave.begin() as work:
            jobs = [(job.kind, job.subject, job.state) for job in work.jobs.latest(50)]
            newest = work.uploads.of_dataset(desk.dataset)[0]
        details = [(entry.event.kind, entry.event.subject, sorted(entry.event.details)) for entry in desk.enclave.log.entries()]
        seen.append(([(number, what) for number, what, _ in versions(desk)], jobs, details, newest.report))
    assert seen[0] == seen[1]


def test_nobody_who_weighs_a_file_learns_who_is_on_a_list() -> None:
    """The report and the risk of a file are those of the whole file; of what lists remove not even the magnitude is told."""
    reports = []
    for entry in (ZEBULON, STRANGER):
        desk = Desk()
        sent(desk, listing(entry))
        work_off(desk)
        upload = published(desk)
        with desk.enclave.begin() as work:
            found = work.uploads.by_id(upload)
        assert found is not None
        assert found.report is not None
        reports.append({name: said for name, said in found.report.items() if name not in {"certificate", "file"}})
    assert reports[0] == reports[1]
    assert reports[0]["lists"] is True


@pytest.mark.parametrize(
    "entry",
    [
        {"forename": "Zebulon", "surname": "Quatermain", "date_of_birth": "03/04/1980"},
        {"forename": "ZEBULON", "surname": "Quatermane", "date_of_birth": "03/04/1980"},
        {"forename": "Quatermain", "surname": "Zebulon", "date_of_birth": "03/04/1980"},
        {"forename": "Zeb", "surname": "Quatermain", "date_of_birth": "04/03/1980"},
        {"full_name": "Mr Zebulon Quatermain", "dob": "03/04/1980", "NHS No": "1234567890"},
        {"first name": "Zebulon", "last name": "Quatermain", "postcode": "sw1a2aa"},
    ],
)
def test_removal_forgives_what_linkage_would_not(entry: dict[str, str]) -> None:
    desk = Desk()
    published(desk)
    sent(desk, listing(entry))
    work_off(desk)
    assert versions(desk)[0] == (2, VersionState.OPEN, [2])


def test_everybody_may_opt_out() -> None:
    desk = Desk()
    published(desk)
    sent(desk, listing(ZEBULON | dict.fromkeys(ANN, ""), ANN))
    work_off(desk)
    assert versions(desk)[0] == (2, VersionState.OPEN, [])


def test_consent_keeps_only_who_is_surely_on_the_list_and_the_newest_list_is_the_whole() -> None:
    desk = Desk()
    published(desk)
    first = sent(desk, listing(ZEBULON), ListKind.CONSENT)
    work_off(desk)
    assert versions(desk)[0] == (2, VersionState.OPEN, [1, 1, 1])
    published(desk)
    resembling = {"forename": "Ann", "surname": "OBrian", "date_of_birth": "17/12/1999", "postcode": "CM1 1AB"}
    second = sent(desk, listing(resembling), ListKind.CONSENT)
    work_off(desk)
    assert (state(desk, first), state(desk, second)) == (ListState.REPLACED, ListState.IN_FORCE)
    assert versions(desk)[0] == (4, VersionState.OPEN, [])
    sent(desk, listing({**resembling, "surname": "O'Brien"}), ListKind.CONSENT)
    work_off(desk)
    published(desk)
    assert versions(desk)[0] == (6, VersionState.OPEN, [2])


def test_one_agencys_consent_list_is_not_anothers() -> None:
    desk = Desk()
    published(desk)
    with desk.enclave.begin() as work:
        other = work.agencies.add(slug="police", name="Police")
    sent(desk, listing(STRANGER), ListKind.CONSENT, agency=other.id)
    work_off(desk)
    assert versions(desk) == [(1, VersionState.OPEN, [1, 1, 1, 2])]
    sent(desk, listing(ANN), ListKind.OPT_OUT, agency=other.id)
    work_off(desk)
    assert versions(desk)[0] == (2, VersionState.OPEN, [1, 1, 1])  # an opt-out is about the person, wherever they are


def test_rows_that_are_nobodys_are_not_touched() -> None:
    desk = Desk(unit=Unit.ROW)
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, declaration(rows_per_person=1))
    with desk.enclave.begin() as work:
        people = work.datasets.population(slug="people", unit=Unit.PERSON)
        work.datasets.add(
            name=DatasetName(agency="health", dataset="gp"), agency=1, population=people, label="GP", row="one contact", attribution=""
        )
        made = work.person_lists.add(
            population=people.id, agency=1, person=1, kind=ListKind.OPT_OUT, written="%d/%m/%Y", size=30, sent=desk.enclave.clock()
        )
        work.person_lists.move(made.id, old=ListState.RECEIVING, new=ListState.READING)
    content = listing(ZEBULON)
    desk.lists.append(made.id, offset=0, data=content)
    with desk.enclave.begin() as work:
        work.person_lists.move(made.id, old=ListState.READING, new=ListState.READING, size=len(content))
    read_list(number=made.id, ports=desk.ports())
    assert [what for _, what, _ in versions(desk)] == [VersionState.OPEN]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"forename,nickname\nAnn,Annie\n", "Column 2 has none of the names"),
        (b"forename,surname\nAnn,\n", "No line of the list says well enough"),
        (b"forename,surname,dob\n" + b"Ann,O'Brien,17/12/1999\n" * 5 + b"Ann,O'Brien\n", "cannot be read: 1"),
        (b"", "empty"),
        (b"\xff\xfe\x00", "NUL|encoding|neither|empty"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_and_changes_nothing(content: bytes, sentence: str) -> None:
    desk = Desk()
    published(desk)
    number = sent(desk, content)
    work_off(desk)
    with desk.enclave.begin() as work:
        found = work.person_lists.by_id(number)
    assert found is not None
    assert found.state is ListState.REFUSED
    assert re.search(sentence, found.sentence)
    assert versions(desk) == [(1, VersionState.OPEN, [1, 1, 1, 2])]
    assert desk.lists.parts == {}


def test_a_list_that_waits_too_long_stops_every_answer() -> None:
    desk = Desk()
    published(desk)
    number = sent(desk, listing(STRANGER))
    with desk.enclave.begin() as work:
        assert work.datasets.answering(desk.dataset) is not None
    desk.enclave.clock.now += CLOSES_WITHIN
    with desk.enclave.begin() as work:
        assert work.datasets.answering(desk.dataset) is None
        assert work.datasets.open_version(desk.dataset) is not None
    work_off(desk)
    assert state(desk, number) is ListState.IN_FORCE
    with desk.enclave.begin() as work:
        assert work.datasets.answering(desk.dataset) is not None


def test_a_list_of_a_former_key_stops_publishing_until_it_is_sent_again() -> None:
    desk = Desk()
    published(desk)
    old = sent(desk, listing(ANN))
    work_off(desk)
    ports = replace(desk.ports(), keys=lambda _slug: b"k" * 32)
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=ports)
    desk.declare(upload, declaration())
    prepare(upload=upload, ports=ports)
    desk.confirm(upload)
    with pytest.raises(OperatorError, match="former linkage key"):
        publish(upload=upload, ports=ports)
    again = sent(desk, listing(ANN))
    read_list(number=again, ports=ports)
    assert (state(desk, old), state(desk, again)) == (ListState.REPLACED, ListState.IN_FORCE)
    publish(upload=upload, ports=ports)
    assert versions(desk)[0][1] is VersionState.OPEN


def test_after_a_rotation_one_list_of_several_does_not_replace_them_all() -> None:
    """The others would be forgotten without a word, and their people come back with the next file."""
    desk = Desk()
    published(desk)
    old = [sent(desk, listing(entry)) for entry in (ANN, ZEBULON)]
    work_off(desk)
    ports = replace(desk.ports(), keys=lambda _slug: b"k" * 32)
    read_list(number=sent(desk, listing(ANN)), ports=ports)
    assert {state(desk, one) for one in old} == {ListState.IN_FORCE}
    with desk.enclave.begin() as work:
        (waiting,) = (one.id for one in work.uploads.of_dataset(desk.dataset) if one.state is UploadState.REBUILDING)
    with pytest.raises(OperatorError, match="former linkage key"):
        rebuild(upload=waiting, ports=ports)
    read_list(number=sent(desk, listing(ANN, STRANGER, ZEBULON)), ports=ports)
    assert {state(desk, one) for one in old} == {ListState.REPLACED}


def test_a_list_that_comes_while_a_file_is_published_counts_in_it() -> None:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, declaration())
    prepare(upload=upload, ports=desk.ports())
    desk.confirm(upload)
    number = sent(desk, listing(ZEBULON))

    ports = desk.ports()
    counted = iter([True])

    class Traces:
        def __getattr__(self, name: str) -> object:
            return getattr(desk.traces, name)

        def owners(self, population: int, lists: Sequence[int]) -> Sequence[int]:
            if next(counted, False):
                read_list(number=number, ports=desk.ports())
            return desk.traces.owners(population, lists)

    first = sent(desk, listing(STRANGER))
    read_list(number=first, ports=desk.ports())
    publish(upload=upload, ports=replace(ports, traces=Traces()))
    assert versions(desk) == [(1, VersionState.OPEN, [2])]


def test_rows_are_added_to_the_rebuilt_version_not_to_the_closed_one() -> None:
    desk = Desk()
    with desk.enclave.begin() as work:
        found = work.datasets.by_id(desk.dataset)
        assert found is not None
        desk.enclave.tables["datasets"][desk.dataset] = replace(found, cadence=Cadence.APPEND)
    published(desk)
    number = sent(desk, listing(ZEBULON))
    read_list(number=number, ports=desk.ports())
    published(desk)  # before the rebuilding had its turn
    assert versions(desk)[0] == (3, VersionState.OPEN, [2, 2])
    work_off(desk)
    assert versions(desk)[0] == (3, VersionState.OPEN, [2, 2])


def test_a_newer_file_overtakes_a_rebuilding() -> None:
    desk = Desk()
    published(desk)
    number = sent(desk, listing(ZEBULON))
    read_list(number=number, ports=desk.ports())
    published(desk)
    work_off(desk)
    assert versions(desk) == [(2, VersionState.OPEN, [2]), (1, VersionState.CLOSED, [1, 1, 1, 2])]
    with desk.enclave.begin() as work:
        states = Counter(upload.state for upload in work.uploads.of_dataset(desk.dataset))
    assert states == {UploadState.PUBLISHED: 2, UploadState.WITHDRAWN: 1}
    desk.enclave.clock.move(days=1)
    work_off(desk)
    assert versions(desk)[1][1] is VersionState.ERASED


def test_nothing_of_a_list_is_kept_but_tokens() -> None:
    desk = Desk()
    published(desk)
    sent(desk, listing(ZEBULON, {"forename": "Zebulon", "surname": "Quatermain"}))
    work_off(desk)
    with desk.enclave.begin() as work:
        said = repr(dict(desk.enclave.tables.rows)) + json.dumps([entry.event.details for entry in desk.enclave.log.entries()])
        assert not [canary for canary in CANARIES if canary in said]
        assert work.person_lists.by_id(1).unusable == 1  # type: ignore[union-attr]


def observed(desk: Desk) -> tuple[object, ...]:
    states = {number: one.state for number, one in desk.enclave.tables["person_lists"].items()}
    return versions(desk), Counter(desk.enclave.log.kinds()), desk.lists.parts, states


def test_power_may_fail_at_every_moment() -> None:
    def begun() -> Desk:
        desk = Desk()
        published(desk)
        sent(desk, listing(ZEBULON))
        return desk

    def to_the_end(desk: Desk, power: Power | None = None) -> None:
        work_off(desk, power)
        desk.enclave.clock.move(days=1)
        work_off(desk, power)

    desk, power = begun(), Power()
    to_the_end(desk, power)
    wanted, moments = observed(desk), power.moments
    assert moments > 40
    for cut in range(1, moments + 1):
        desk = begun()
        with pytest.raises(Crashed):
            to_the_end(desk, Power(cut))
        with desk.enclave.begin() as work:
            open_now = work.datasets.open_version(desk.dataset)
            in_force = work.person_lists.by_id(1).state is ListState.IN_FORCE  # type: ignore[union-attr]
        # Whatever is open once the list is in force is without the person.
        assert not in_force or open_now is None or 1 not in versions(desk)[0][2]
        to_the_end(desk)
        assert observed(desk) == wanted, f"cut at moment {cut} of {moments}"
        assert desk.files.drafts == {}


NAMES = st.sampled_from(["ann", "joy", "zebulon", "anne", ""])
WHO = st.builds(
    Identity,
    nhs=st.sampled_from(["", "9434765919"]),
    forename=NAMES,
    surname=NAMES,
    born=st.sampled_from(["", "19800403", "19800304", "19991217"]),
    sex=st.sampled_from(["", "m", "f"]),
    postcode=st.sampled_from(["", "CM11AB"]),
)


@given(WHO, WHO)
def test_sure_is_surer_than_meant(one: Identity, other: Identity) -> None:
    """Whoever a consent entry means, an opt-out entry means too; and the other's key means nobody."""
    tracer, stranger = Tracer(b"a" * 32), Tracer(b"b" * 32)
    assert set(tracer.sure(one)) <= set(tracer.traces(one))
    assert len(tracer.sure(one)) <= 1
    if set(tracer.sure(one)) & set(tracer.traces(other)):
        assert set(tracer.traces(one)) & set(tracer.traces(other))
    assert not set(tracer.traces(one)) & set(stranger.traces(other))
    assert tracer.key_id != stranger.key_id
    assert all(len(token) == 17 for token in tracer.traces(one))


@given(st.integers(0, 10**7))
def test_a_magnitude_tells_no_number(count: int) -> None:
    said = magnitude(count)
    if count < 10:
        assert said == "fewer than 10"
    else:
        low, high = (int(part.replace(",", "")) for part in said.split(" to "))
        assert low <= count <= high
        assert high == 10 * low - 1
