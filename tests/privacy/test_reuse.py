"""Answers already paid: what is read off them is exactly what it says, costs nothing, and is as exact as it claims."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.dp_queries.postprocess import Noised, layout_of, standard_table
from enclave.dp_queries.question import Question
from enclave.dp_queries.reuse import Release, Shared, about_the_same, combined, shared, variances
from enclave.dp_queries.sql import parse, resolve
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.meaning import Row
from enclave.privacy.mechanisms import add_gaussian, price_of
from enclave.terms.answer import Row as AnswerRow
from enclave.terms.loss import RHO_UNITS
from tests.deep import DEEP, draws
from tests.factories.asking import Asking, some_rows
from tests.factories.tables import OTHER, OTHER_SCHEMA, SCHEMA, TABLE, rows

P = "FROM police.incidents"
CUBE = f"SELECT district, flag, age, COUNT(*) AS n, AVG(cost) AS m {P} GROUP BY district, flag, age"
PEOPLE = "FROM (SELECT person, COUNT(*) AS n, BOOL_OR(flag) AS ever FROM police.incidents GROUP BY person) AS p"
PAIRS = [
    (CUBE, f"SELECT COUNT(*) {P}"),
    (CUBE, f"SELECT district, COUNT(*) {P} GROUP BY district"),
    (CUBE, f"SELECT age, district, COUNT(*), COUNT(cost) {P} GROUP BY 1, 2"),
    (CUBE, f"SELECT flag, AVG(cost) {P} GROUP BY flag"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE district = 'north' AND age BETWEEN 3 AND 12"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE NOT (flag OR age > 7)"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE flag IS NULL"),
    (CUBE, f"SELECT FLOOR(age / 5) AS bin, COUNT(*) {P} GROUP BY bin"),
    (CUBE, f"SELECT CASE WHEN age < 10 AND flag THEN 'a' ELSE 'b' END AS band, COUNT(*) {P} GROUP BY band"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE age * 2 + 1 > 9"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE age > 30"),
    (f"SELECT FLOOR(age / 5) AS b, COUNT(*) {P} WHERE flag GROUP BY b", f"SELECT COUNT(*) {P} WHERE flag AND FLOOR(age / 5) >= 2"),
    (
        f"SELECT YEAR(day) AS y, district, COUNT(*) {P} GROUP BY 1, 2",
        f"SELECT YEAR(day) AS y, COUNT(*) {P} WHERE district <> 'east' GROUP BY y",
    ),
    (
        f"SELECT n, ever, COUNT(DISTINCT person) {PEOPLE} GROUP BY n, ever",
        f"SELECT ever, COUNT(DISTINCT person) {PEOPLE} WHERE n > 1 GROUP BY ever",
    ),
    (f"SELECT district, COUNT(DISTINCT person) {P} GROUP BY district", f"SELECT COUNT(DISTINCT person) {P} WHERE district = 'south'"),
    (
        f"SELECT i.district, a.ward, COUNT(*) {P} AS i JOIN health.attendances AS a USING (person) GROUP BY 1, 2",
        f"SELECT b.ward, COUNT(*) {P} AS i JOIN health.attendances AS b USING (person) GROUP BY 1",
    ),
]
STRANGERS = [
    (CUBE, f"SELECT SUM(cost) {P}"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE cost > 3"),
    (CUBE, f"SELECT month, COUNT(*) {P} GROUP BY month"),
    (CUBE, f"SELECT COUNT(DISTINCT person) {P}"),
    (CUBE, f"SELECT COUNT(*) {P} WHERE person IN (SELECT person FROM health.attendances)"),
    (CUBE, "SELECT COUNT(*) FROM health.attendances"),
    (CUBE, f"SELECT ever, COUNT(*) {PEOPLE} GROUP BY ever"),
    (f"SELECT district, COUNT(*) {P} WHERE flag GROUP BY district", f"SELECT district, COUNT(*) {P} GROUP BY district"),
    (f"SELECT district, COUNT(DISTINCT person) {P} GROUP BY district", f"SELECT COUNT(DISTINCT person) {P}"),
    (f"SELECT FLOOR(age / 5) AS b, COUNT(*) {P} GROUP BY b", f"SELECT FLOOR(age / 2) AS b, COUNT(*) {P} GROUP BY b"),
    (f"SELECT district, COUNT(*) {P} GROUP BY district", f"SELECT district, MEDIAN(age) {P} GROUP BY district"),
]


def parse_question(sql: str) -> Question:
    return resolve(parse(sql), {SCHEMA.name: TABLE, OTHER_SCHEMA.name: OTHER})


def aggregate(sql: str) -> BoundedAggregate:
    return parse_question(sql).aggregate


def released(before: BoundedAggregate, engine: ReferenceEngine, scale: float = 1.0) -> Release:
    """What would have been released, without noise."""
    vectors = tuple(tuple(vector) for vector in engine.exact(before))
    return Release(aggregate=before, noised=Noised(vectors=vectors, scales=(scale,) * len(before.measures)))


def known(found: Shared) -> bool:
    return all(math.isfinite(variance) for measure in range(len(found.question.measures)) for variance in variances(found, measure))


@pytest.mark.parametrize(("paid", "asked"), PAIRS)
@settings(max_examples=draws(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows(), others=rows(most=20, schema=OTHER_SCHEMA))
def test_without_noise_what_is_read_off_is_what_would_have_been_counted(paid: str, asked: str, held: list[Row], others: list[Row]) -> None:
    before, after = aggregate(paid), aggregate(asked)
    engine = ReferenceEngine({TABLE.version: held, OTHER.version: others}.__getitem__)
    found = shared(after, [released(before, engine)])
    assert [list(vector) for vector in combined(found).vectors] == engine.exact(after)


@pytest.mark.parametrize(("paid", "asked"), STRANGERS)
def test_what_is_no_sum_of_released_cells_is_not_read_off_them(paid: str, asked: str) -> None:
    before, after = aggregate(paid), aggregate(asked)
    made = Release(aggregate=before, noised=Noised(vectors=(), scales=(1.0,) * len(before.measures)))
    assert "MEDIAN" in asked or not about_the_same(after, before) or not known(shared(after, [made]))


@pytest.mark.parametrize(("paid", "asked"), PAIRS)
def test_a_sum_of_released_cells_is_free_with_its_known_error(paid: str, asked: str) -> None:
    asking = Asking(*some_rows(people=20))
    asking.ask(paid, rho="1")
    before = asking.spent()
    seen = asking.preview(asked, rho="0.0001")
    answered = asking.ask(asked, rho="0.0001")
    assert (seen.rho, answered.spent, answered.loss) == ("0", "0", "0")
    assert asking.spent() == before
    assert len(answered.receipt["parents"]) == 1  # type: ignore[arg-type]
    assert any("cost nothing" in note for note in answered.notes)


@pytest.mark.parametrize(("paid", "asked"), STRANGERS)
def test_everything_else_is_bought_and_at_most_whole(paid: str, asked: str) -> None:
    """What is held of it may make it cheaper, where they share a measure; it never makes it dearer."""
    asking = Asking(*some_rows(people=20))
    asking.ask(paid, rho="1")
    spent = asking.ask(asked, rho="0.01").spent
    related = about_the_same(aggregate(asked), aggregate(paid)) and "DISTINCT" not in asked and "MEDIAN" not in asked
    assert 0 < float(spent) <= 0.01 if related else spent == "0.01"


def test_a_more_exact_answer_costs_the_difference() -> None:
    """0.1 is held and 0.3 is wanted: 0.2 is bought, and the error is that of 0.3. Then 0.3 is held, and asking again is free."""
    asking = Asking(*some_rows(people=20))
    sql = f"SELECT district, COUNT(*) AS n {P} GROUP BY district"
    asking.ask(sql, rho="0.1")
    assert asking.preview(sql, rho="0.3").rho == "0.2"
    better, alone = asking.ask(sql, rho="0.3"), Asking(*some_rows(people=20)).ask(sql, rho="0.3")
    assert better.spent == "0.2"
    for row, other in zip(better.rows, alone.rows, strict=True):
        # The interval of a whole discrete Gaussian is rounded up to a whole number, that of a weighted mean is not.
        assert abs((row.errors[1] or 0) - (other.errors[1] or 0)) <= 1
    spent = asking.spent()["people"]
    assert abs(spent - Fraction(3, 10) * RHO_UNITS) < 10**6
    assert asking.ask(sql, rho="0.3").spent == "0"


@pytest.mark.parametrize(
    ("paid", "asked"),
    [
        (
            [f"SELECT COUNT(*) {P}", f"SELECT COUNT(*) {P} WHERE district = 'north'"],
            f"SELECT COUNT(*) {P} WHERE district IS NULL OR district <> 'north'",
        ),
        ([CUBE, f"SELECT COUNT(*) {P}"], f"SELECT district, COUNT(*) {P} WHERE age > 3 GROUP BY district"),
        (
            [
                f"SELECT district, COUNT(*) {P} GROUP BY district",
                f"SELECT district, COUNT(*) {P} WHERE cost > 3 AND cost <= 9 GROUP BY district",
            ],
            f"SELECT district, COUNT(*) {P} WHERE cost <= 3 OR cost > 9 OR cost IS NULL GROUP BY district",
        ),
        (
            [f"SELECT COUNT(*) {P} WHERE day < DATE '1971-01-01'", f"SELECT COUNT(*) {P} WHERE day < DATE '1970-06-01'"],
            f"SELECT COUNT(*) {P} WHERE day >= DATE '1970-06-01' AND day < DATE '1971-01-01'",
        ),
        (
            [f"SELECT SUM(cost) {P}", f"SELECT flag, age, SUM(cost) {P} GROUP BY flag, age", f"SELECT flag, SUM(cost) {P} GROUP BY flag"],
            f"SELECT SUM(cost) {P} WHERE flag OR age = 3",
        ),
    ],
)
@settings(max_examples=draws(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows())
def test_differences_of_released_cells_are_free_and_exact(paid: list[str], asked: str, held: list[Row]) -> None:
    after, engine = aggregate(asked), ReferenceEngine({TABLE.version: held}.__getitem__)
    found = shared(after, [released(aggregate(sql), engine, 1.0 + place) for place, sql in enumerate(paid)])
    assert known(found)
    assert [list(vector) for vector in combined(found).vectors] == engine.exact(after)


def test_a_difference_names_both_receipts_and_has_the_noise_of_both() -> None:
    asking = Asking(*some_rows(people=20))
    every = asking.ask(f"SELECT COUNT(*) AS n {P}", rho="0.00001")
    north = asking.ask(f"SELECT COUNT(*) AS n {P} WHERE district = 'north'", rho="0.00001")
    rest = asking.ask(f"SELECT COUNT(*) AS n {P} WHERE district <> 'north' OR district IS NULL", rho="0.000001")
    assert rest.spent == "0"
    assert rest.receipt["parents"] == [north.receipt["number"], every.receipt["number"]]
    assert rest.rows[0].cells[0] == every.rows[0].cells[0] - north.rows[0].cells[0]  # type: ignore[operator]
    assert rest.rows[0].errors[0] == pytest.approx(math.sqrt(2) * (every.rows[0].errors[0] or 0), rel=1e-3)


def test_a_coarse_answer_makes_a_fine_question_cheaper() -> None:
    """A total known for nearly nothing leaves two cells of three free: two thirds of the loss make each as exact, and they add up to it."""
    asking = Asking(*some_rows(people=20))
    total = f"SELECT COUNT(*) AS n {P} WHERE district IS NOT NULL"
    asking.ask(total, rho="10")
    answered = asking.ask(f"SELECT district, COUNT(*) AS n {P} WHERE district IS NOT NULL GROUP BY district", rho="0.001")
    assert float(answered.spent) == pytest.approx(0.001 * 2 / 3, rel=1e-3)
    every = asking.ask(total, rho="0.1").rows[0].cells[1 - 1]
    # The group without a district is empty whatever the data: its cell was bought with the others, and is nought.
    assert [(row.cells[1], row.errors[1]) for row in answered.rows if row.cells[0] is None] == [(0, 0)]
    assert sum(float(row.cells[1] or 0) for row in answered.rows) == pytest.approx(float(every or 0), abs=0.1)


def test_another_project_or_version_holds_nothing() -> None:
    asking = Asking(*some_rows(people=20))
    asking.ask(CUBE, rho="1")
    with asking.enclave.begin() as work:
        upload = work.uploads.add(dataset=asking.world.dataset.id, person=asking.world.people["olga"].id, expected=1)
        old = work.datasets.answering(asking.world.dataset.id)
        assert old is not None
        work.datasets.move_version(old.id, old=old.state, new=type(old.state)("closed"))
        version = work.datasets.add_version(dataset=asking.world.dataset.id, upload=upload.id, schema=SCHEMA)
    asking.rows[version.id] = []
    assert asking.ask(f"SELECT COUNT(*) {P}", rho="0.01").spent == "0.01"


def test_no_answer_stops_another_from_being_read_off() -> None:
    """A table by another column divides the cube's cells further; what cannot be worked out is left aside, and the cube is not."""
    wide = f"SELECT month, DATE_TRUNC('month', day) AS began, COUNT(*) {P} GROUP BY 1, 2"
    months, cube = (aggregate(sql) for sql in (wide, CUBE))
    releases = [Release(aggregate=one, noised=Noised(vectors=(), scales=(1.0,) * len(one.measures))) for one in (months, cube)]
    found = shared(aggregate(f"SELECT flag, district, age, COUNT(*) {P} GROUP BY 1, 2, 3"), releases)
    assert known(found)
    assert found.left_out == 1


def intervals(count: int) -> tuple[int, int]:
    """How many of how many 95 % intervals hold the truth: of cells, roll-ups and differences put together from three releases of other scales.

    The table of the first turn is laid out by the code that people see; estimates are linear, so that later turns only draw other noise.
    """
    paid = [
        (aggregate(f"SELECT district, flag, COUNT(*) {P} GROUP BY district, flag"), 40.0),
        (aggregate(f"SELECT district, COUNT(*) {P} GROUP BY district"), 90.0),
        (aggregate(f"SELECT flag, COUNT(*) {P} WHERE NOT district = 'north' GROUP BY flag"), 25.0),
    ]
    asked = parse_question(f"SELECT flag, district, COUNT(*) AS n {P} WHERE district IS NOT NULL GROUP BY CUBE (flag, district)")
    noise = [add_gaussian([0] * (count * one.cells), scale=scale, l2_squared=1, loss=price_of(scale, l2_squared=1)) for one, scale in paid]

    def table(vectors: list[tuple[int, ...]]) -> list[AnswerRow]:
        pairs = zip(paid, vectors, strict=True)
        releases = [Release(aggregate=one, noised=Noised(vectors=(vector,), scales=(scale,))) for (one, scale), vector in pairs]
        made = combined(shared(asked.aggregate, releases), asked.groupings)
        return list(standard_table(asked.aggregate, [one.output for one in asked.outputs], made, layout_of(asked)))

    sizes = [one.cells for one, _ in paid]
    every = sum(sizes)
    unit = 10**6  # numbers are shown to three decimals
    columns = [table([tuple(unit * (start + at == one) for at in range(size)) for start, size in starts(sizes)]) for one in range(every)]
    coefficients = np.array([[float(row.cells[2] or 0) / unit for row in rows] for rows in columns])
    drawn = np.hstack([np.array(vector).reshape(count, size) for vector, size in zip(noise, sizes, strict=True)])
    errors = np.array([row.errors[2] or 0.0 for row in columns[0]])
    lines = np.flatnonzero(errors)  # the empty ones have none
    chosen = lines[np.arange(count) % len(lines)]
    off = np.einsum("te,et->t", drawn, coefficients[:, chosen])
    return int((np.abs(off) <= errors[chosen]).sum()), count


def starts(sizes: list[int]) -> list[tuple[int, int]]:
    return [(sum(sizes[:place]), size) for place, size in enumerate(sizes)]


def test_intervals_of_combined_estimates_hold_the_truth_as_often_as_they_say() -> None:
    """Exact binomial test at 10^-6."""
    covered, drew = intervals(draws(3_000, deep=2))
    assert abs(covered - 0.95 * drew) <= furthest(drew, 0.95, 1e-6)


@pytest.mark.skipif(not DEEP, reason="50,000 intervals, in make test-deep")
def test_of_50000_intervals_within_half_a_point_of_95_percent_hold_the_truth() -> None:
    """One of each independent turn; by the binomial's own chances half a point is passed by luck less than once in a million."""
    covered, drew = intervals(50_000)
    assert furthest(drew, 0.95, 1e-6) <= 0.005 * drew
    assert 0.945 <= covered / drew <= 0.955


def furthest(drawn: int, chance: float, alarm: float) -> float:
    """The distance from the mean that a binomial count passes with probability at most ``alarm``, by adding up its chances."""
    logs = [
        math.lgamma(drawn + 1) - math.lgamma(n + 1) - math.lgamma(drawn - n + 1) + n * math.log(chance) + (drawn - n) * math.log1p(-chance)
        for n in range(drawn + 1)
    ]
    total = 0.0
    for n in sorted(range(drawn + 1), key=lambda n: -abs(n - drawn * chance)):
        total += math.exp(logs[n])
        if total > alarm:
            return abs(n - drawn * chance)
    return 0.0


@given(sql=st.sampled_from([pair[1] for pair in PAIRS]))
@settings(max_examples=20, deadline=None)
def test_every_question_can_be_read_off_itself(sql: str) -> None:
    one = aggregate(sql)
    found = shared(one, [Release(aggregate=one, noised=Noised(vectors=(), scales=(2.0,) * len(one.measures)))])
    for measure in range(len(one.measures)):
        assert {round(float(variance), 9) for variance in variances(found, measure)} <= {4.0, 0.0}


@pytest.mark.parametrize("more", ["0.0101", "0.012", "0.015", "0.019", "0.021", "0.03"])
def test_a_little_more_exact_is_bought_and_not_the_held_noise_counted_twice(more: str) -> None:
    """The rest that is missing costs less than what is held, so the held answer would serve as a purchase: its noise must count once."""
    asking = Asking(*some_rows(people=20))
    sql = "SELECT month, COUNT(*) AS n FROM police.incidents GROUP BY month"
    first = asking.ask(sql, rho="0.01")
    better = asking.ask(sql, rho=more)
    paid = Fraction(asking.spent()["people"], 10**12)
    assert Fraction(better.spent) > 0
    assert paid > Fraction("0.01")
    # As exact as what was paid in all, and no more: the half-width is rounded up to whole numbers.
    floor = first.rows[0].errors[-1] * math.sqrt(0.01 / float(paid))
    assert better.rows[0].errors[-1] >= floor - 1
    again = asking.ask(sql, rho=more)
    assert Fraction(again.spent) == 0
    assert [row.cells for row in again.rows] == [row.cells for row in better.rows]
