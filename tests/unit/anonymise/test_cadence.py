"""What each cadence makes of the next file; and no cadence brings a new budget."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.publishing.prepare import prepare
from enclave.catalogue.dataset import Cadence
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.growth import check_growth
from enclave.catalogue.upload import UploadState
from enclave.privacy.ledger import of_dataset, of_population
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import Category, Column, Kind
from tests.factories.uploads import PEOPLE, Desk, csv_bytes, declaration

DAY = dt.date(2026, 3, 31)


def publish_file(desk: Desk, content: bytes | None = None, plan: Declaration | None = None) -> int:
    upload = desk.upload(content or csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, plan or declaration())
    return upload


def with_departments(*codes: str) -> Declaration:
    plan = declaration()
    columns = [
        replace(one, public=replace(one.public, categories=tuple(Category(code=code) for code in codes)))
        if one.public and one.header == "department"
        else one
        for one in plan.columns
    ]
    return replace(plan, columns=tuple(columns))


def rows_of(desk: Desk, upload: int) -> list[tuple[object, ...]]:
    """Every row but for its rank: the person and what each column says in words."""
    table = desk.files.tables[upload]
    said = [
        [None if gone else one.column.shown(value) for value, gone in zip(one.values.tolist(), one.missing.tolist(), strict=True)]
        for one in table.columns
    ]
    return sorted(zip(table.person.tolist(), *said, strict=True), key=repr)


def test_appended_rows_join_those_before_and_duplicates_stay() -> None:
    desk = Desk(cadence=Cadence.APPEND)
    first = publish_file(desk)
    second = publish_file(desk, csv_bytes([PEOPLE[0], PEOPLE[0], PEOPLE[2]]))
    third = publish_file(desk)
    old, middle, new = (rows_of(desk, upload) for upload in (first, second, third))
    assert len(middle) == len(old) + 3
    assert sorted(new, key=repr) == sorted([*middle, *old], key=repr)  # the first file once more: genuine duplicates
    table = desk.files.tables[third]
    assert set(table.person.tolist()) == {1, 2}  # nobody's id moved
    for person in (1, 2):
        assert sorted(table.rank[table.person == person].tolist()) == list(range(1, int((table.person == person).sum()) + 1))
    rows = (desk.found(third).report or {})["rows"]
    assert rows == {"in": 5, "kept": 4, "left_out": 1, "rejected": 0}
    assert (desk.found(third).report or {})["people"] == 2  # of the file; rows from before would tell whom lists removed


def test_ranks_are_drawn_anew_for_rows_that_were_there() -> None:
    """Forty rows of one person, none added by the next file: the same order would come back once in 40! draws."""
    desk = Desk(cadence=Cadence.APPEND)
    first = publish_file(desk, csv_bytes([(*PEOPLE[0][:8], str(minutes), "") for minutes in range(40)]))
    second = publish_file(desk, csv_bytes([PEOPLE[2]]))
    before, after = desk.files.tables[first], desk.files.tables[second]
    minutes = [next(one.values for one in table.columns if one.column.name == "minutes") for table in (before, after)]
    assert minutes[0].tolist() != minutes[1][after.person == 1].tolist()
    assert sorted(minutes[0].tolist()) == sorted(minutes[1][after.person == 1].tolist())


def test_a_list_that_grew_in_the_middle_keeps_what_old_rows_say() -> None:
    desk = Desk(cadence=Cadence.APPEND)
    first = publish_file(desk)
    second = publish_file(desk, csv_bytes([PEOPLE[2]]), with_departments("Ambulance", "Majors", "Eye", "Minors"))
    assert [row for row in rows_of(desk, second) if row not in rows_of(desk, first)] == []
    assert len(rows_of(desk, second)) == 5


@pytest.mark.parametrize("codes", [("Majors",), ("Minors", "Eye")])
def test_a_list_that_lost_a_value_has_no_place_for_old_rows(codes: tuple[str, ...]) -> None:
    desk = Desk(cadence=Cadence.APPEND)
    publish_file(desk)
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, with_departments(*codes))
    prepare(upload=upload, ports=desk.ports())
    assert desk.found(upload).state is UploadState.REFUSED
    assert "no place in the columns" in desk.found(upload).sentence


@pytest.mark.parametrize("cadence", [Cadence.REPLACE, Cadence.SNAPSHOT])
def test_replaced_and_snapshot_versions_hold_the_file_alone(cadence: Cadence) -> None:
    desk = Desk(cadence=cadence)
    plan = replace(declaration(), as_of=DAY) if cadence is Cadence.SNAPSHOT else declaration()
    publish_file(desk, plan=plan)
    second = publish_file(desk, csv_bytes([PEOPLE[2]]), plan)
    assert len(desk.files.tables[second].person) == 1
    with desk.enclave.begin() as work:
        version = work.datasets.open_version(desk.dataset)
    assert version is not None
    assert version.number == 2  # queries see the newest
    assert version.schema.as_of == ("2026-03-31" if cadence is Cadence.SNAPSHOT else "")
    assert type(version.schema).from_json(version.schema.as_json()) == version.schema


@pytest.mark.parametrize("cadence", Cadence)
def test_a_new_version_brings_no_new_budget(cadence: Cadence) -> None:
    desk = Desk(cadence=cadence)
    plan = replace(declaration(), as_of=DAY) if cadence is Cadence.SNAPSHOT else declaration()
    with desk.enclave.begin() as work:
        dataset = work.datasets.by_id(desk.dataset)
        assert dataset is not None
        subjects = of_dataset(dataset.id), of_population(dataset.population.id)
        for subject in subjects:
            work.ledgers.open(subject, PrivacyLoss(rho=1000, delta=0))
        assert work.ledgers.debit(subjects, PrivacyLoss(rho=900, delta=0)) is None
    for _ in range(3):
        publish_file(desk, plan=plan)
    with desk.enclave.begin() as work:
        assert all(work.ledgers.debit([subject], PrivacyLoss(rho=101, delta=0)) == subject for subject in subjects)
        assert work.ledgers.debit(subjects, PrivacyLoss(rho=100, delta=0)) is None
        assert len(work.datasets.versions(desk.dataset)) == 3


def _schema(*columns: Column) -> object:
    return type("Schema", (), {"columns": columns})()


NUMBER = Column(name="a", label="A", kind=Kind.INTEGER, low=0, high=9)


@pytest.mark.parametrize(
    ("after", "grows"),
    [
        (NUMBER, True),
        (replace(NUMBER, low=-1, high=10), True),
        (replace(NUMBER, label="Other"), True),
        (replace(NUMBER, high=8), False),
        (replace(NUMBER, low=1), False),
        (replace(NUMBER, missing=False), False),
        (replace(NUMBER, kind=Kind.NUMBER, decimals=1), False),
        (replace(NUMBER, kind=Kind.DATE), False),
        (replace(NUMBER, name="b"), False),
    ],
)
def test_what_growth_allows(after: Column, *, grows: bool) -> None:
    try:
        check_growth(_schema(NUMBER), [after])  # type: ignore[arg-type]
        assert grows
    except ValueError:
        assert not grows
