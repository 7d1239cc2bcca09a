"""Plans fit the files: every cell reads as declared, nothing identifying is published, and lists hold every value."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import pytest

from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.demo import street_crime
from enclave.demo.plans import HERE, plan
from enclave.demo.world import SUPPLIES, Supply
from enclave.terms.schema import EPOCH, Kind, Unit
from tests.factories.demo_population import Population

GENERATED = [supply for supply in SUPPLIES if not supply.force]
OPEN = [supply for supply in SUPPLIES if supply.force]
LINKING = {
    "essex_police.incidents": {"forename", "surname", "birth_date", "sex", "postcode"},
    "anglia_hospital.attendances": {"nhs_number", "full_name", "birth_date", "sex", "postcode"},
    "anglia_gp.contacts": {"nhs_number", "forename", "surname", "birth_date", "postcode"},
    "anglia_care.referrals": {"forename", "surname", "birth_date", "postcode"},
    "anglia_schools.pupil_terms": {"pupil_number", "forename", "surname", "birth_date", "sex", "postcode"},
}
NEVER_PUBLISHED = {
    LinkRole.NHS_NUMBER,
    LinkRole.PUPIL_NUMBER,
    LinkRole.FORENAME,
    LinkRole.SURNAME,
    LinkRole.FULL_NAME,
}


def _name(supply: Supply) -> str:
    return str(supply.dataset)


def _rows(supply: Supply, population: Population) -> list[dict[str, str]]:
    if not supply.force:
        return population.rows(str(supply.dataset))
    with gzip.open(Path(street_crime.__file__).parent / f"{supply.force}.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_there_is_one_plan_for_each_dataset() -> None:
    assert {path.stem for path in HERE.glob("*.json")} == {str(supply.dataset) for supply in SUPPLIES}


@pytest.mark.parametrize("supply", SUPPLIES, ids=_name)
def test_a_plan_survives_its_own_json_and_makes_a_schema(supply: Supply) -> None:
    declaration = plan(supply.dataset)
    assert Declaration.from_json(declaration.as_json()) == declaration
    schema = declaration.schema(name=supply.dataset, label=supply.label, row=supply.row, unit=supply.unit, attribution=supply.attribution)
    assert schema.rows_per_person == (1 if supply.unit is Unit.ROW else declaration.rows_per_person)
    assert all(column.label for column in schema.columns)


@pytest.mark.parametrize("supply", SUPPLIES, ids=_name)
def test_a_plan_names_the_file_s_columns_in_their_order(supply: Supply, population: Population) -> None:
    assert [column.header for column in plan(supply.dataset).columns] == list(_rows(supply, population)[0])


@pytest.mark.parametrize("supply", SUPPLIES, ids=_name)
def test_every_cell_is_as_declared(supply: Supply, population: Population) -> None:
    rows = _rows(supply, population)
    for column in plan(supply.dataset).columns:
        if column.public is None:
            continue
        cells = [row[column.header] for row in rows]
        distinct = set(cells)
        assert column.public.missing or "" not in distinct, column.header
        outside = {text for text in distinct - {""} if not _fits(column, text)}
        assert sum(cell in outside for cell in cells) <= _allowance(column) * len(cells), (column.header, len(outside))


def _allowance(column: ColumnPlan) -> float:
    """Waits and the like have tails beyond their bounds, which are clipped. Nothing else may lie outside what was declared."""
    return 0.01 if column.public is not None and column.public.kind in {Kind.NUMBER, Kind.INTEGER} else 0.0


def _fits(column: ColumnPlan, text: str) -> bool:
    public = column.public
    assert public is not None
    low, high = public.bounds
    if column.treatment is Treatment.OUTWARD:
        text = text.upper().replace(" ", "")[:-3]
    elif column.needs_format:
        day = dt.datetime.strptime(text, column.format).date()  # noqa: DTZ007
        by_kind = {Kind.MONTH: (day.year - 1970) * 12 + day.month - 1, Kind.INTEGER: day.year, Kind.DATE: (day - EPOCH).days}
        return low <= by_kind[public.kind] <= high
    try:
        return low <= public.physical(text) <= high
    except ValueError:
        return False


@pytest.mark.parametrize("supply", GENERATED, ids=_name)
def test_people_are_linked_and_nothing_of_them_is_published(supply: Supply) -> None:
    columns = plan(supply.dataset).columns
    assert {column.link_as.value for column in columns if column.link_as} == LINKING[str(supply.dataset)]
    assert not [column.header for column in columns if column.link_as in NEVER_PUBLISHED and column.public]
    gone = {column.header for column in columns if column.public is None}
    assert {"crime_ref", "address", "phone", "note", "clinical_note", "practice_code", "title"} & {one.header for one in columns} <= gone
    born = next(column for column in columns if column.link_as is LinkRole.BIRTH_DATE)
    assert born.treatment is Treatment.YEAR


@pytest.mark.parametrize("supply", OPEN, ids=_name)
def test_street_crime_keeps_month_type_outcome_and_district(supply: Supply) -> None:
    declaration = plan(supply.dataset)
    assert not declaration.links
    assert [column.public.name for column in declaration.columns if column.public] == [
        "month",
        "reported_by",
        "crime_type",
        "outcome",
        "district",
    ]


@pytest.mark.parametrize("supply", SUPPLIES, ids=_name)
def test_declared_sizes_are_about_right(supply: Supply, population: Population) -> None:
    rows = len(_rows(supply, population))
    assert 0.6 * rows <= plan(supply.dataset).size <= 1.4 * rows


def test_declared_sizes_grow_with_the_population_and_keep_one_figure() -> None:
    contacts = next(supply for supply in SUPPLIES if supply.dataset.dataset == "contacts")
    assert plan(contacts.dataset, people=5_000) == plan(contacts.dataset)
    assert plan(contacts.dataset, people=12_000).size == 100_000
    assert plan(contacts.dataset, people=10_000_000).size == 100_000_000
    assert plan(contacts.dataset, people=1).size >= 1


def test_the_bound_on_rows_keeps_most_rows(population: Population) -> None:
    for supply in GENERATED:
        tally = population.truth.registers[str(supply.dataset)]
        kept = tally.rows_within(plan(supply.dataset).rows_per_person) / tally.rows
        assert 0.7 < kept <= 1
