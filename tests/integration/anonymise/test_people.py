"""The crosswalk in SQL: the rule of ``linkage.decide``, durable, append-only, sealed, and silent about who came first."""

from __future__ import annotations

import threading

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import NoResultFound

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql import people
from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.people import SqlPersonIndex
from enclave.anonymise.linkage.candidates import COMMON
from enclave.anonymise.linkage.decide import LinkRecord
from enclave.anonymise.linkage.identity import Identity
from tests.factories.identities import counted, recorded

NAMES = st.sampled_from(["ann", "anne", "bea", "zebulon"])
IDENTITIES = st.builds(
    Identity,
    nhs=st.sampled_from(["", "9434765919", "9434765870"]),
    forename=NAMES,
    surname=st.sampled_from(["smith", "smyth", "jones"]),
    born=st.sampled_from(["", "19800403", "19800304"]),
    postcode=st.sampled_from(["", "CM11AB"]),
)


def opened(url: str, *, populations: int = 2) -> Database:
    database = Database(url)
    t.metadata.create_all(database.engine)
    with database.transaction() as connection:
        for number in range(populations):
            connection.execute(t.population.insert().values(slug=f"p{number}", unit="person"))
    return database


def index_of(database: Database) -> SqlPersonIndex:
    return SqlPersonIndex(database, Sealer(bytes(32)))


def records(*people: Identity, agency: int = 0) -> list[LinkRecord]:
    return [one for one in recorded(people, agency=agency) if one]


def person(number: int) -> Identity:
    """Somebody like nobody else."""
    word = "".join(chr(97 + int(digit)) for digit in f"{number:06}")
    return Identity(
        forename=f"f{word}",
        surname=f"s{word[::-1]}",
        born=f"19{number % 90 + 10}{number % 12 + 1:02}{number % 28 + 1:02}",
        postcode=f"CM{number}",
    )


ANN = Identity(forename="ann", surname="smith", born="19800403", postcode="CM11AB")
MOVED = Identity(forename="ann", surname="smith", born="19800403", postcode="SW1A2AA")
WED = Identity(forename="ann", surname="wed", born="19800403", postcode="SW1A2AA")
BEA = Identity(forename="bea", surname="jones", born="19901231", postcode="CM11AB")


def test_the_same_records_are_the_same_people_for_ever(database_url: str) -> None:
    database = opened(database_url)
    index = index_of(database)
    first = index.assign(1, records(ANN, BEA, MOVED))
    assert first[0] == first[2] != first[1]
    assert index.assign(1, records(BEA, WED, ANN)) == [first[1], first[0], first[0]]
    assert index_of(database).assign(1, records(ANN, ANN)) == [first[0], first[0]]
    database.close()


def test_populations_share_nobody(database_url: str) -> None:
    database = opened(database_url)
    index = index_of(database)
    assert index.assign(1, records(ANN)) != index.assign(2, records(ANN))
    with pytest.raises(NoResultFound):
        index.assign(3, records(ANN))
    database.close()


def test_ids_do_not_tell_who_came_first(database_url: str) -> None:
    database = opened(database_url)
    found = [index_of(database).assign(1, records(person(number)))[0] for number in range(40)]
    assert sorted(found) != found
    assert len(set(found)) == 40
    assert all(0 <= number < 2**63 for number in found)
    assert max(found) > 2**58
    database.close()


def test_a_record_without_tokens_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="tokens"):
        LinkRecord(agency=1, tokens=(), encoding=records(ANN)[0].encoding)


def test_jobs_that_race_found_everybody_once(database_url: str) -> None:
    database = opened(database_url)
    everybody = records(*map(person, range(60)))
    results: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda part=part: results.append(index_of(database).assign(1, part)))
        for part in (everybody, everybody, everybody[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tuple(sorted(one)) for one in results}) == 1
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.linked_person)).scalar_one() == 60
    database.close()


def test_killed_between_two_writes_a_group_stays_together(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = opened(database_url)
    monkeypatch.setattr(people, "_WRITTEN_AT_ONCE", 1)
    together = records(ANN, BEA, MOVED, WED)
    broken = index_of(database)
    transaction, left = database.transaction, iter(range(2))

    def dying():  # type: ignore[no-untyped-def]
        next(left)
        return transaction()

    monkeypatch.setattr(database, "transaction", dying)
    with pytest.raises(StopIteration):
        broken.assign(1, together)
    monkeypatch.setattr(database, "transaction", transaction)
    found = index_of(database).assign(1, together)
    assert found[0] == found[2] == found[3] != found[1]
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.linked_person)).scalar_one() == 2
    database.close()


def test_encodings_are_sealed_to_their_person(database_url: str) -> None:
    database = opened(database_url)
    ann, bea = index_of(database).assign(1, records(ANN, BEA))
    with database.engine.connect() as connection:
        rows = {row.number: row.sealed for row in connection.execute(select(t.linked_record))}
    assert all(one.encoding not in sealed for one in records(ANN, BEA) for sealed in rows.values())
    assert len({len(sealed) for sealed in rows.values()}) == 1
    with pytest.raises(InvalidTag):
        SqlPersonIndex(database, Sealer(bytes([1]) * 32)).assign(1, records(WED, MOVED))
    with database.transaction() as connection:
        connection.execute(update(t.linked_record).where(t.linked_record.c.number == ann).values(sealed=rows[bea]))
    with pytest.raises(InvalidTag):
        index_of(database).assign(1, records(WED, MOVED))
    database.close()


def test_a_token_of_too_many_is_neither_followed_nor_kept_on(database_url: str) -> None:
    """A thousand people of one address and initial must not cost every later upload a thousand comparisons."""
    database = opened(database_url)
    index = index_of(database)
    crowd = [Identity(nhs=f"{number:010}", number="1", street="hostelroad") for number in range(150)]
    for start in range(0, 150, 30):
        index.assign(1, records(*crowd[start : start + 30]))
    with database.engine.connect() as connection:
        counts = connection.execute(select(func.count()).select_from(t.linkage_token).group_by(t.linkage_token.c.token)).scalars().all()
    assert 100 < max(counts) <= COMMON + 1
    database.close()


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uploads=st.lists(st.lists(IDENTITIES, max_size=8), max_size=3))
def test_sql_decides_like_the_rule(tmp_path_factory: pytest.TempPathFactory, uploads: list[list[Identity]]) -> None:
    database = opened(f"sqlite:///{tmp_path_factory.mktemp('people') / 'enclave.sqlite'}")
    crosswalk, index = counted(), index_of(database)
    names: dict[int, int] = {}
    for agency, upload in enumerate(uploads):
        wanted = crosswalk.assign(records(*upload, agency=agency % 2))
        found = index.assign(1, records(*upload, agency=agency % 2))
        assert [names.setdefault(number, person) for number, person in zip(found, wanted, strict=True)] == wanted
    database.close()
