"""Error bars are honest: they come from the noise alone, follow it through arithmetic, and cover what they claim."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.dp_queries.estimate import estimate, of_values, spread_of
from enclave.dp_queries.interval import half_width
from enclave.dp_queries.output_json import output_from, output_json
from enclave.dp_queries.outputs import Average, Combined, Count, Given, Output, Ranked, Rounded, Sign, Spread, Total
from enclave.dp_queries.paired import Kind, Paired, Side
from enclave.privacy.mechanisms import add_gaussian, price_of
from enclave.privacy.quantile import Located
from tests.deep import draws

AGE = Average(total=1, count=0, decimals=0, low=0, high=100)
SPREAD = Spread(total=1, squares=2, count=0, decimals=0, low=0, high=100, shrink=1, sample=False, root=False)


def _read(output: Output, values: list[int], scales: list[float]) -> tuple[float | int | None, float | None]:
    found = estimate(output, of_values(values, scales), scales)
    return found.value, found.error(scales)


def test_a_measure_divided_by_itself_has_no_error() -> None:
    same = Combined(sign=Sign.OVER, left=Count(measure=0), right=Count(measure=0))
    assert _read(same, [500], [10.0]) == (1.0, 0.0)


def test_what_cannot_be_told_from_nought_divides_nothing() -> None:
    share = Combined(sign=Sign.OVER, left=Count(measure=0), right=Count(measure=1))
    assert _read(share, [500, 15], [10.0, 10.0]) == (None, None)
    assert _read(share, [500, 0], [0.1, 0.1]) == (None, None)
    assert _read(AGE, [15, 3], [10.0, 10.0]) == (None, None)


def test_a_quantile_of_too_few_is_not_shown() -> None:
    found = [Located(value=40, low=35, high=48)]
    leaf = Ranked(quantile=0, count=0, decimals=1)
    for count, expected in ((15, (None, None)), (500, (4.0, 0.8))):
        read = estimate(leaf, of_values([count], [10.0], found), [10.0])
        assert (read.value, read.error([10.0])) == expected


def test_a_single_measure_has_the_exact_interval_in_its_own_unit() -> None:
    assert _read(Total(measure=0, decimals=2), [12_345], [3.0]) == (123.45, half_width(3.0) / 100)
    assert _read(Rounded(part=Total(measure=0, decimals=2), digits=0), [12_345], [3.0]) == (123.0, half_width(3.0) / 100 + 0.5)


@pytest.mark.parametrize(
    "output",
    [
        Count(measure=0),
        AGE,
        Combined(
            sign=Sign.OVER, left=Combined(sign=Sign.TIMES, left=Given(value=Fraction(100)), right=Count(measure=1)), right=Count(measure=0)
        ),
        Combined(sign=Sign.MINUS, left=Count(measure=0), right=Count(measure=1)),
        SPREAD,
        Spread(total=1, squares=2, count=0, decimals=0, low=0, high=100, shrink=4, sample=True, root=True),
    ],
)
def test_intervals_cover_what_they_claim(output: Output) -> None:
    """Noise drawn 2,000 times around one cell of 3,000 rows; 95 % intervals hold the noiseless value.

    The number covered is binomial; by Hoeffding a rate of 0.95 falls below 0.9 in 2,000 with probability exp(-2 * 2000 * 0.05^2) < 5e-5,
    and below 0.95 - slack with 1e-6 for slack = sqrt(ln(1e6) / (2 n)).
    """
    n, count = 3_000, draws(2_000)
    draw = random.Random(3)
    values = [min(100, max(0, round(draw.gauss(40, 15)))) for _ in range(n)]
    shrink = output.shrink if isinstance(output, Spread) else 1
    exact = [n, sum(2 * v - 100 for v in values), sum(2 * ((2 * v - 100) ** 2 // shrink) - 10_000 // shrink for v in values)]
    scales = [30.0, 30.0 * 100, 30.0 * 10_000 / shrink]
    truth, _ = _read(output, exact, [1e-9] * 3)
    noises = [add_gaussian([0] * count, scale=scale, l2_squared=1, loss=price_of(scale, l2_squared=1)) for scale in scales]
    covered = 0
    for place in range(count):
        value, error = _read(output, [exact[m] + noises[m][place] for m in range(3)], scales)
        assert value is not None
        assert error is not None
        covered += abs(value - truth) <= error
    assert covered / count >= 0.95 - math.sqrt(math.log(1e6) / (2 * count))
    assert covered / count <= 0.95 + 0.02 + math.sqrt(math.log(1e6) / (2 * count)), "an error bar that covers too much says too little"


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_said_of_two_columns_covers_what_it_claims(kind: Kind) -> None:
    """As above, for moments of two connected columns of 3,000 rows; an interval of a curved function may cover a little more or less."""
    n, count = 3_000, draws(1_000)
    draw = random.Random(5)
    pairs = [(x := draw.randint(0, 100), min(100, max(0, round(0.5 * x + draw.gauss(20, 10))))) for _ in range(n)]
    u, v = [2 * x - 100 for x, _ in pairs], [2 * y - 100 for _, y in pairs]
    squares = [sum(2 * one * one - 10_000 for one in side) for side in (u, v)]
    exact = [n, sum(u), sum(v), sum(a * b for a, b in zip(u, v, strict=True)), *squares]
    side = Side(total=1, squares=4, low=0, high=100, decimals=0, shrink=1)
    leaf = Paired(kind=kind, count=0, product=3, shrink=1, x=side, y=replace(side, total=2, squares=5))
    scales = [20.0, 2_000.0, 2_000.0, 200_000.0, 200_000.0, 200_000.0]
    noises = [add_gaussian([0] * count, scale=scale, l2_squared=1, loss=price_of(scale, l2_squared=1)) for scale in scales]
    truth, _ = _read(leaf, exact, [1e-9] * 6)
    assert truth is not None
    covered = 0
    for place in range(count):
        value, error = _read(leaf, [moment + noise[place] for moment, noise in zip(exact, noises, strict=True)], scales)
        assert value is not None
        assert error is not None
        covered += abs(value - truth) <= error
    slack = math.sqrt(math.log(1e6) / (2 * count))
    assert 0.94 - slack <= covered / count <= 0.97 + slack


def test_a_connection_with_noise_is_not_shown() -> None:
    side = Side(total=1, squares=4, low=0, high=100, decimals=0, shrink=1)
    leaf = Paired(kind=Kind.CORRELATION, count=0, product=3, shrink=1, x=side, y=replace(side, total=2, squares=5))
    assert _read(leaf, [500, 0, 0, 10, -4_000_000, -4_000_000], [20.0, 2e3, 2e3, 2e6, 2e6, 2e6]) == (None, None)


@given(
    values=st.lists(st.integers(-50, 450), min_size=2, max_size=60),
    sample=st.booleans(),
    root=st.booleans(),
)
def test_a_spread_is_what_statistics_calls_it(values: list[int], sample: bool, root: bool) -> None:
    low, high = -50, 450
    width = high - low
    leaf = Spread(total=0, squares=1, count=2, decimals=1, low=low, high=high, shrink=1, sample=sample, root=root)
    total = sum(2 * v - low - high for v in values)
    squares = sum(2 * (2 * v - low - high) ** 2 - width * width for v in values)
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / (len(values) - sample)
    expected = math.sqrt(variance / 100) if root else variance / 100
    found = spread_of(leaf, total, squares, len(values), [0.0] * 3).value
    assert found == pytest.approx(min(expected, 1e9), abs=1e-5, rel=1e-6)


def _outputs() -> st.SearchStrategy[Output]:
    place = st.integers(0, 2)
    leaf = st.one_of(
        st.builds(Count, measure=place),
        st.builds(Total, measure=place, decimals=st.integers(0, 6)),
        st.just(AGE),
        st.just(SPREAD),
        st.builds(Given, value=st.fractions(-100, 100, max_denominator=100)),
    )
    return st.recursive(
        leaf,
        lambda inner: (
            st.builds(Combined, sign=st.sampled_from(Sign), left=inner, right=inner) | st.builds(Rounded, part=inner, digits=place)
        ),
        max_leaves=6,
    )


@given(output=_outputs(), values=st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3))
def test_any_output_has_a_value_and_an_error_or_neither_and_survives_its_canonical_form(output: Output, values: list[int]) -> None:
    assert output_from(output_json(output)) == output
    value, error = _read(output, values, [5.0, 5.0, 5.0])
    assert (value is None) == (error is None)
    assert error is None or error >= 0
