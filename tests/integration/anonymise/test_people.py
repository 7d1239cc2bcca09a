"""The crosswalk in SQL: the rule of ``link``, durable, append-only, and silent about who came first."""

from __future__ import annotations

import itertools
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.people import SqlPersonIndex
from enclave.anonymise.link import Known, decide
from enclave.anonymise.tokens import SIZE, Tokens

RECORDS = st.lists(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=4, unique_by=lambda pair: pair[0]).map(
        lambda pairs: tuple(bytes([kind]) + bytes([value]) * (SIZE - 1) for kind, value in sorted(pairs))
    ),
    max_size=8,
)


def opened(url: str, *, populations: int = 2) -> Database:
    database = Database(url)
    t.metadata.create_all(database.engine)
    with database.transaction() as connection:
        for number in range(populations):
            connection.execute(t.population.insert().values(slug=f"p{number}", unit="person"))
    return database


def tokens(*numbers: int) -> Tokens:
    return tuple(bytes([3 + number]) + b"x" * (SIZE - 1) for number in numbers)


def test_the_same_records_are_the_same_people_for_ever(database_url: str) -> None:
    database = opened(database_url)
    index = SqlPersonIndex(database)
    first = index.assign(1, [tokens(0, 1), tokens(2), tokens(1, 3)])
    assert first[0] == first[2] != first[1]
    assert index.assign(1, [tokens(2), tokens(3), tokens(0, 1)]) == [first[1], first[0], first[0]]
    assert SqlPersonIndex(database).assign(1, [tokens(0, 1)]) == [first[0]]
    database.close()


def test_populations_share_nobody(database_url: str) -> None:
    database = opened(database_url)
    index = SqlPersonIndex(database)
    assert index.assign(1, [tokens(0)]) != index.assign(2, [tokens(0)])
    with pytest.raises(NoResultFound):
        index.assign(3, [tokens(0)])
    database.close()


def test_ids_do_not_tell_who_came_first(database_url: str) -> None:
    database = opened(database_url)
    found = [SqlPersonIndex(database).assign(1, [(bytes([3]) + number.to_bytes(SIZE - 1, "big"),)])[0] for number in range(40)]
    assert sorted(found) != found
    assert all(0 <= number < 2**63 for number in found)
    assert max(found) > 2**58
    database.close()


def test_a_record_without_tokens_is_an_error(database_url: str) -> None:
    database = opened(database_url)
    with pytest.raises(ValueError, match="tokens"):
        SqlPersonIndex(database).assign(1, [()])
    database.close()


def test_jobs_that_race_found_everybody_once(database_url: str) -> None:
    database = opened(database_url)
    records = [(bytes([3]) + number.to_bytes(SIZE - 1, "big"),) for number in range(60)]
    results: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda part=part: results.append(SqlPersonIndex(database).assign(1, part)))
        for part in (records, records, records[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tuple(sorted(one)) for one in results}) == 1
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.linked_person)).scalar_one() == 60
    database.close()


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uploads=st.lists(RECORDS, max_size=3))
def test_sql_decides_like_the_rule(tmp_path_factory: pytest.TempPathFactory, uploads: list[list[Tokens]]) -> None:
    database = opened(f"sqlite:///{tmp_path_factory.mktemp('people') / 'enclave.sqlite'}")
    known, fresh = Known(owners={}), itertools.count(1)
    index = SqlPersonIndex(database)
    names: dict[int, int] = {}
    for records in uploads:
        wanted, _ = decide(records, known, lambda: next(fresh))
        found = index.assign(1, records)
        assert [names.setdefault(number, person) for number, person in zip(found, wanted, strict=True)] == wanted
    database.close()
