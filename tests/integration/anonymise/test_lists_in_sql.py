"""Lists of people on SQLite and PostgreSQL, from the portal's sending to the worker's tokens; and that no question is answered meanwhile."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Barrier

import pytest

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.people import SqlPersonIndex
from enclave.adapters.sql.traces import SqlTraces
from enclave.adapters.sql.work import Transactions
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.anonymise.removal.put_in_force import revive_lists
from enclave.anonymise.removal.read_list import read_list
from enclave.anonymise.removal.rebuild import rebuild
from enclave.catalogue.person_list import CLOSES_WITHIN, ListKind, ListState
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.send_list import LARGEST_LIST, own_list, second_list, send_list, withdraw_list
from enclave.catalogue.upload import UploadState
from enclave.governance.roles import Grant, Role
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError, NotAllowedError, NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.schema import Unit
from tests.factories.uploads import Desk, csv_bytes, declaration
from tests.fakes.memory_anonymise import MemoryScratch
from tests.fakes.memory_store import FakeClock

OPT_OUTS = b"nhs_number,forename,surname,date_of_birth\n9434765919,,,\n,Only,Names,\n,Nobody,Here,01/02/1970\n"

SAYS_TOO_LITTLE = "it says too little to be one person: add a number, a date of birth, a postcode, an address or a mobile telephone"


@dataclass
class Shop:
    """A real database with memory around it; the desk supplies quarantine, files and parser."""

    transactions: Transactions
    ports: AnonymisePorts
    catalogue: CataloguePorts
    olive: Person
    dataset: int
    agency: int
    population: int
    clock: FakeClock
    desk: Desk


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    database, clock, desk = Database(database_url), FakeClock(), Desk()
    t.metadata.create_all(database.engine)
    work_of = Transactions(database, clock=clock)
    with database.transaction() as connection:
        connection.execute(
            t.person.insert(), [{"name": name, "display": name, "password_hash": "", "totp_sealed": b""} for name in ("olive", "nora")]
        )
    with work_of.begin() as work:
        agency = work.agencies.add(slug="health", name="Health")
        population = work.datasets.population(slug="county", unit=Unit.PERSON)
        dataset = work.datasets.add(
            name=DatasetName(agency="health", dataset="ae"), agency=agency.id, population=population, label="A&E", row="one", attribution=""
        )
        work.grants.add(Grant(person=1, role=Role.DATA_OFFICER, agency=agency.id))
    ports = AnonymisePorts(
        **{
            **{name: getattr(desk.ports(), name) for name in AnonymisePorts.__dataclass_fields__},
            "begin": work_of.begin,
            "clock": clock,
            "people": SqlPersonIndex(database, Sealer(bytes(32))),
            "traces": SqlTraces(database),
            "scratch": lambda: nullcontext(MemoryScratch()),
        }
    )
    catalogue = CataloguePorts(begin=work_of.begin, clock=clock, quarantine=desk.quarantine, lists=desk.lists)
    yield Shop(
        transactions=work_of, ports=ports, catalogue=catalogue, olive=Person(id=1, name="olive", display="Olive"), dataset=dataset.id,
        agency=agency.id, population=population.id, clock=clock, desk=desk,
    )  # fmt: skip
    database.close()


def published(shop: Shop) -> None:
    content = csv_bytes()
    with shop.transactions.begin() as work:
        upload = work.uploads.add(dataset=shop.dataset, person=1, expected=len(content)).id
        work.uploads.move(upload, old=UploadState.RECEIVING, new=UploadState.PROFILING)
    shop.desk.quarantine.append(upload, offset=0, data=content)
    profile(upload=upload, ports=shop.ports)
    with shop.transactions.begin() as work:
        work.uploads.move(upload, old=UploadState.DECLARING, new=UploadState.PREPARING, declaration=declaration())
    prepare(upload=upload, ports=shop.ports)
    with shop.transactions.begin() as work:
        work.uploads.move(upload, old=UploadState.WEIGHING, new=UploadState.PUBLISHING)
    publish(upload=upload, ports=shop.ports)


def send(shop: Shop, content: bytes = OPT_OUTS, kind: ListKind = ListKind.OPT_OUT) -> int:
    return send_list(
        by=shop.olive, agency=shop.agency, population=shop.population, kind=kind, written="%d/%m/%Y", content=content, ports=shop.catalogue
    ).id


def test_from_sending_to_the_successor(shop: Shop) -> None:
    published(shop)
    number = send(shop)
    with shop.transactions.begin() as work:
        assert [job.kind for job in work.jobs.of(f"list:{number}")] == [JobKind.READ_LIST]
        assert work.datasets.answering(shop.dataset) is not None
    shop.clock.now += CLOSES_WITHIN + dt.timedelta(seconds=1)
    with shop.transactions.begin() as work:
        assert work.datasets.answering(shop.dataset) is None
    read_list(number=number, ports=shop.ports)
    with shop.transactions.begin() as work:
        found = own_list(shop.olive, number, work)
        assert work.datasets.answering(shop.dataset) is None
        (waiting,) = (upload for upload in work.uploads.of_dataset(shop.dataset) if upload.state is UploadState.REBUILDING)
    assert (found.state, found.entries, found.unusable, found.unusable_rows) == (ListState.IN_FORCE, 3, 1, {SAYS_TOO_LITTLE: [2]})
    rebuild(upload=waiting.id, ports=shop.ports)
    read_list(number=number, ports=shop.ports)
    rebuild(upload=waiting.id, ports=shop.ports)
    with shop.transactions.begin() as work:
        version = work.datasets.answering(shop.dataset)
        assert version is not None
        assert version.number == 2
        assert work.datasets.upload_of(version.id) == waiting.id
    assert len(set(shop.desk.files.tables[waiting.id].person.tolist())) == 1
    assert shop.desk.lists.parts == {}


def test_traces_are_noted_once_and_belong_to_several_people(shop: Shop) -> None:
    token, other = b"\x01" + hashlib.sha256(b"a").digest()[:16], b"\x02" + hashlib.sha256(b"b").digest()[:16]
    traces, here = shop.ports.traces, shop.population
    traces.note(here, [(token, 7), (token, 8), (other, 9)], agency=1)
    traces.note(here, [(token, 7)], agency=1)
    traces.note(here, [(token, 7), (token, 10)], agency=2)
    traces.note(here, [], agency=1)
    number = send(shop)
    with shop.transactions.begin() as work:
        work.person_lists.remember(number, [token])
    assert sorted(traces.owners(here, [number])) == [7, 8, 10]
    assert sorted(traces.owners(here, [number], agency=2)) == [7, 10]
    assert list(traces.owners(here, [number], agency=3)) == list(traces.owners(here + 1, [number])) == list(traces.owners(here, [])) == []
    with shop.transactions.begin() as work:
        work.person_lists.forget(number)
    assert list(traces.owners(here, [number])) == []


def test_a_list_is_taken_back_once_and_a_consent_list_never(shop: Shop) -> None:
    published(shop)
    number = send(shop)
    read_list(number=number, ports=shop.ports)
    withdraw_list(by=shop.olive, number=number, ports=shop.catalogue)
    withdraw_list(by=shop.olive, number=number, ports=shop.catalogue)
    with shop.transactions.begin() as work:
        assert own_list(shop.olive, number, work).state is ListState.WITHDRAWN
    assert list(shop.ports.traces.owners(shop.population, [number])) == []
    consent = send(shop, kind=ListKind.CONSENT)
    read_list(number=consent, ports=shop.ports)
    with pytest.raises(ConflictError, match="not withdrawn"):
        withdraw_list(by=shop.olive, number=consent, ports=shop.catalogue)
    waiting = send(shop)
    withdraw_list(by=shop.olive, number=waiting, ports=shop.catalogue)
    read_list(number=waiting, ports=shop.ports)
    refused = send(shop, b"nickname\nAnn\n")
    read_list(number=refused, ports=shop.ports)
    with pytest.raises(ConflictError, match="no longer"):
        withdraw_list(by=shop.olive, number=refused, ports=shop.catalogue)


def test_nobody_else_sends_or_sees_a_list(shop: Shop) -> None:
    nora = Person(id=2, name="nora", display="Nora")
    number = send(shop)
    with pytest.raises(NotAllowedError):
        send_list(
            by=nora,
            agency=shop.agency,
            population=shop.population,
            kind=ListKind.OPT_OUT,
            written="",
            content=OPT_OUTS,
            ports=shop.catalogue,
        )
    with pytest.raises(NotFoundError, match="no such list"):
        withdraw_list(by=nora, number=number, ports=shop.catalogue)
    with pytest.raises(NotFoundError, match="no data about"):
        send_list(by=shop.olive, agency=shop.agency, population=99, kind=ListKind.OPT_OUT, written="", content=b"a", ports=shop.catalogue)
    for content in (b"", bytes(LARGEST_LIST + 1)):
        with pytest.raises(AgencyError, match="empty or larger"):
            send(shop, content)


def test_of_two_bands_drawn_at_once_one_stands(database_url: str, shop: Shop) -> None:
    """Two workers publish two datasets of an agency and each has drawn a band before either says one: the second hears the first's."""
    other, start = Database(database_url), Barrier(2)
    workers = (shop.transactions, Transactions(other, clock=shop.clock))
    since = shop.clock() - dt.timedelta(days=365)

    def tell(worker: int) -> str:
        start.wait()
        with workers[worker].begin() as work:
            return work.datasets.keep_band(shop.population, shop.agency, band=f"band {worker}", since=since)[0]

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(tell, range(2)))
    other.close()
    assert len(set(told)) == 1
    shop.clock.now += dt.timedelta(days=366)
    with shop.transactions.begin() as work:
        since = shop.clock() - dt.timedelta(days=365)
        assert work.datasets.known_band(shop.population, shop.agency, since=since) is None
        assert work.datasets.keep_band(shop.population, shop.agency, band="another", since=since)[0] == "another"
        assert work.datasets.keep_band(shop.population, shop.agency, band="a third", since=since)[0] == "another"


def test_a_large_list_counts_from_the_second_word_and_is_remembered_outside_the_database(shop: Shop) -> None:
    published(shop)
    with shop.transactions.begin() as work:
        work.grants.add(Grant(person=2, role=Role.DATA_OFFICER, agency=shop.agency))
    rows = "".join(f"Joy{number},Park,01/02/1970\n" for number in range(150))
    number = send(shop, b"forename,surname,date_of_birth\n" + rows.encode())
    shop.clock.now += 2 * CLOSES_WITHIN
    read_list(number=number, ports=shop.ports)
    with shop.transactions.begin() as work:
        assert own_list(shop.olive, number, work).state is ListState.CONFIRMING
        assert work.datasets.answering(shop.dataset) is not None
        kept = set(work.person_lists.tokens(number))
    assert kept
    assert shop.desk.tombstones.stones == []
    second_list(by=Person(id=2, name="nora", display="Nora"), number=number, ports=shop.catalogue)
    with shop.transactions.begin() as work:
        assert work.datasets.answering(shop.dataset) is not None
    shop.clock.now += CLOSES_WITHIN
    with shop.transactions.begin() as work:
        assert work.datasets.answering(shop.dataset) is None
        work.person_lists.dispute(number, since=shop.clock())
        found = own_list(shop.olive, number, work)
    assert found.disputed == shop.clock()
    assert not found.held(shop.clock())  # not in force yet
    read_list(number=number, ports=shop.ports)
    with shop.transactions.begin() as work:
        assert own_list(shop.olive, number, work).held(shop.clock())
        work.person_lists.forget(number)
        work.person_lists.move(number, old=ListState.IN_FORCE, new=ListState.READING)
    assert revive_lists(ports=shop.ports) == 1  # as in a database from before it was read
    with shop.transactions.begin() as work:
        assert set(work.person_lists.tokens(number)) == kept
