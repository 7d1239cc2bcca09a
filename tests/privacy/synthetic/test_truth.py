"""With a generous budget a copy is near the truth, and whatever was planted outside public bounds never shows. False alarms: one in a million."""

from __future__ import annotations

import math

import numpy as np
import pytest

from enclave.engines.reference import ReferenceEngine
from enclave.privacy.key import domain_of
from enclave.privacy.ledger import of_dataset, of_population, of_project
from enclave.privacy.meaning import Row
from enclave.privacy.measurer import Measurer
from enclave.synthetic.graph import fits, more_edges
from enclave.synthetic.measure import program
from enclave.synthetic.noised import Noised
from enclave.synthetic.plan import counts, plan_for
from enclave.terms.loss import PrivacyLoss
from tests.factories.copies import Studio, some_rows
from tests.factories.tables import SCHEMA, TABLE

FALSE_ALARM = 1e-6
MUCH = PrivacyLoss.costing("400")
PEOPLE = 3_000
ROWS = some_rows(people=PEOPLE)
ENGINE = ReferenceEngine(lambda _: ROWS)


@pytest.fixture(scope="module")
def noised() -> Noised:
    made = program(plan_for(table=TABLE, loss=MUCH))(Measurer(engine=ENGINE, reserve=MUCH))
    return Noised.from_json(made, table=TABLE)


def test_every_noised_cell_is_within_its_tail(noised: Noised) -> None:
    """P(|noise| >= t) <= 2 exp(-t^2 / 2 sigma^2) for the discrete Gaussian (Canonne, Kamath & Steinke 2020), over all cells together."""
    tables = (*noised.columns, *noised.pairs)
    cells = sum(len(table.counts) for table in tables)
    for table in tables:
        reach = table.scale * math.sqrt(2 * math.log(2 * cells / FALSE_ALARM))
        exact = ENGINE.exact(table.aggregate)[0]
        assert max(abs(one - two) for one, two in zip(table.counts, exact, strict=True)) <= reach


def test_the_strong_relations_are_measured(noised: Noised) -> None:
    """Flag is the district and cost follows age: thousands of rows apart from the next pair, a choice that goes wrong less than once in e^1000."""
    assert {("district", "flag"), ("age", "cost")} <= {table.columns for table in noised.pairs}


@pytest.mark.parametrize("rho", ["0.001", "0.1", "400"])
def test_the_pairs_hang_all_columns_together_with_few_parents(rho: str) -> None:
    """At low prices the choice is nearly random: a column left out, or one with four parents, would show soon."""
    loss = PrivacyLoss.costing(rho)
    few = ReferenceEngine(lambda _: ROWS[:50])
    for _ in range(10):
        made = Noised.from_json(program(plan_for(table=TABLE, loss=loss))(Measurer(engine=few, reserve=loss)), table=TABLE)
        reached = {SCHEMA.columns[0].name}
        for _ in made.pairs:
            reached |= {name for table in made.pairs if reached & set(table.columns) for name in table.columns}
        assert len({table.columns for table in made.pairs}) == len(made.pairs) == len(SCHEMA.columns) - 1 + more_edges(len(SCHEMA.columns))
        names = [column.name for column in SCHEMA.columns]
        assert fits(len(names), [(names.index(table.columns[0]), names.index(table.columns[1])) for table in made.pairs])
        assert reached == {column.name for column in SCHEMA.columns}


def test_a_copy_has_the_margins_and_the_measured_pairs_of_the_data(noised: Noised) -> None:
    """Sampling spreads draws evenly, so a cell is off by its noise, by what IPF moves, and by two rows per parent group at most."""
    studio = _studio(ROWS)
    studio.fit(MUCH)
    rows, _ = studio.obtain(rows=20_000)
    drawn = {column.name: cells for column, cells in zip(SCHEMA.columns, rows.columns, strict=True)}
    bounded = sum(ENGINE.exact(counts(TABLE))[0])
    for names in (("district",), ("flag",), ("age",), ("district", "flag")):
        keys = tuple(domain_of(schema=SCHEMA, column=name) for name in names)
        exact = np.array(ENGINE.exact(counts(TABLE, *keys))[0]) / bounded
        place = np.zeros(rows.count, dtype=np.int64)
        for key in keys:
            value = np.where(drawn[key.column].present, drawn[key.column].values - key.low, key.size - 1)
            place = place * key.size + value
        found = np.bincount(place, minlength=len(exact)) / rows.count
        assert np.abs(found - exact).max() < 0.01


def test_costs_follow_age_in_the_copy() -> None:
    studio = _studio(ROWS)
    studio.fit(MUCH)
    rows, _ = studio.obtain(rows=20_000)
    age, cost = (cells.values.astype(np.float64) for cells in (rows.columns[2], rows.columns[3]))
    assert np.corrcoef(age, cost)[0, 1] > 0.95


def test_a_row_beyond_the_contribution_bound_changes_nothing(noised: Noised) -> None:
    """Ranks above k are not counted, so what only they hold cannot be in a copy."""
    extra: list[Row] = [{**ROWS[0], "rank": rank, "district": 2, "age": 20} for rank in range(4, 400)]
    engine = ReferenceEngine(lambda _: [*ROWS, *extra])
    for table in (*noised.columns, *noised.pairs):
        assert engine.exact(table.aggregate) == ENGINE.exact(table.aggregate)


def test_what_lies_outside_the_public_domain_never_shows() -> None:
    """Ingest clips and maps before this; even if it had not, no value but a public one can be drawn."""
    planted: list[Row] = [
        {"person": 10_000 + number, "rank": 1, "district": 7, "flag": 5, "age": 987, "cost": 98_765_432, "day": 10**6, "month": 999}
        for number in range(500)
    ]
    studio = _studio([*ROWS, *planted])
    studio.fit(MUCH)
    shown = studio.obtain(rows=50_000)[0].shown()
    for column in SCHEMA.columns:
        low, high = column.bounds
        assert all(low <= column.physical(value) <= high for value in shown[column.name] if value is not None)
    with studio.enclave.begin() as work:
        settlement = work.charges.settlement(1)
    assert settlement is not None
    made = Noised.from_json(settlement.noised, table=studio.world.table)
    without = sum(ENGINE.exact(counts(TABLE))[0])
    assert abs(made.total - without) < 50, "500 planted rows fall into no cell"


def test_missing_is_never_a_value() -> None:
    """The defect of cutting tools: 5,000 missing values that became the top bin."""
    held: list[Row] = [{**row, "day": None, "rank": 1, "person": number} for number, row in enumerate(ROWS[:2_000])]
    studio = _studio(held)
    studio.fit(MUCH)
    days = studio.obtain(rows=2_000)[0].shown()["day"]
    assert days.count(None) > 1_980


def _studio(held: list[Row]) -> Studio:
    """With a budget no agreement would grant, so that noise does not hide mistakes."""
    studio = Studio(rows=held)
    table = studio.world.table
    with studio.enclave.begin() as work:
        for key in (of_population(table.population), of_dataset(table.dataset), of_project(studio.world.project.id, table.dataset)):
            work.ledgers.open(key, MUCH)
    return studio
