"""Answers already paid: what is read off them is exactly what it says, costs nothing, and is as exact as it claims."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.dp_queries.interval import Z
from enclave.dp_queries.postprocess import Noised
from enclave.dp_queries.reuse import combined, reading
from enclave.dp_queries.sql import parse, resolve
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.meaning import Row
from enclave.privacy.mechanisms import add_gaussian, price_of
from enclave.terms.loss import RHO_UNITS
from tests.deep import draws
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


def aggregate(sql: str) -> BoundedAggregate:
    return resolve(parse(sql), {SCHEMA.name: TABLE, OTHER_SCHEMA.name: OTHER}).aggregate


@pytest.mark.parametrize(("paid", "asked"), PAIRS)
@settings(max_examples=draws(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows(), others=rows(most=20, schema=OTHER_SCHEMA))
def test_without_noise_what_is_read_off_is_what_would_have_been_counted(paid: str, asked: str, held: list[Row], others: list[Row]) -> None:
    before, after = aggregate(paid), aggregate(asked)
    engine = ReferenceEngine({TABLE.version: held, OTHER.version: others}.__getitem__)
    read = reading(after, before)
    assert read is not None
    released = Noised(vectors=tuple(tuple(vector) for vector in engine.exact(before)), scales=(1.0,) * len(before.measures))
    assert [list(vector) for vector in combined([(read, released)]).vectors] == engine.exact(after)


@pytest.mark.parametrize(("paid", "asked"), STRANGERS)
def test_what_is_no_sum_of_released_cells_is_not_read_off_them(paid: str, asked: str) -> None:
    assert reading(aggregate(asked), aggregate(paid)) is None or "MEDIAN" in asked


@pytest.mark.parametrize(("paid", "asked"), PAIRS)
def test_a_sum_of_released_cells_is_free_with_its_known_error(paid: str, asked: str) -> None:
    asking = Asking(*some_rows(people=20))
    asking.ask(paid, rho="1")
    before = asking.spent()
    seen = asking.preview(asked, rho="0.0001")
    answered = asking.ask(asked, rho="0.0001")
    assert (seen.rho, answered.spent, answered.loss) == ("0", "0", "0")
    assert asking.spent() == before
    assert answered.receipt["parents"] == [answered.receipt["number"]]
    assert any("cost nothing" in note for note in answered.notes)


@pytest.mark.parametrize(("paid", "asked"), STRANGERS)
def test_everything_else_is_bought_whole(paid: str, asked: str) -> None:
    asking = Asking(*some_rows(people=20))
    asking.ask(paid, rho="1")
    assert asking.ask(asked, rho="0.01").spent == "0.01"


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


def test_a_coarse_answer_helps_a_fine_question_only_where_it_is_a_sum() -> None:
    asking = Asking(*some_rows(people=20))
    asking.ask(f"SELECT COUNT(*) {P}", rho="1")
    assert asking.ask(f"SELECT district, COUNT(*) {P} GROUP BY district", rho="0.01").spent == "0.01"


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


def test_combined_estimates_are_as_exact_as_they_claim() -> None:
    """Two releases of other precision and other sums; 95 % intervals around the combination, Hoeffding slack at 10^-6."""
    fine, coarse, asked = (aggregate(sql) for sql in (CUBE, f"SELECT district, COUNT(*) {P} GROUP BY district", f"SELECT COUNT(*) {P}"))
    readings = [reading(asked, one) for one in (fine, coarse)]
    count, scales = draws(2_000), (4.0, 30.0)
    noise = [
        add_gaussian(
            [0] * (count * 2), scale=scale * math.sqrt(one.cells), l2_squared=1, loss=price_of(scale * math.sqrt(one.cells), l2_squared=1)
        )
        for scale, one in zip(scales, (fine, coarse), strict=True)
    ]
    covered = 0
    for place in range(count):
        sources = []
        for which, (read, one) in enumerate(zip(readings, (fine, coarse), strict=True)):
            assert read is not None
            # All the noise of the sum in its first cell: n cells of scale s are one of scale s * sqrt(n).
            vector = (1_000 + noise[which][place], *[0] * (one.cells - 1))
            sources.append((read, Noised(vectors=(vector,) * len(one.measures), scales=(scales[which],) * len(one.measures))))
        made = combined(sources)
        covered += abs(made.vectors[0][0] - 1_000) <= Z * made.cell_scales[0][0]
    assert abs(covered / count - 0.95) <= math.sqrt(math.log(2e6) / (2 * count))


@given(sql=st.sampled_from([pair[1] for pair in PAIRS]))
@settings(max_examples=20, deadline=None)
def test_every_question_can_be_read_off_itself(sql: str) -> None:
    one = aggregate(sql)
    read = reading(one, one)
    assert read is not None
    assert list(read.cells) == list(range(one.cells)) or "WHERE" in sql
