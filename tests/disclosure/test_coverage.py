"""Numbers that come from answers: found at their keys, exactly or rounded, and never by chance."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.terms.submission import Verdict
from tests.deep import draws
from tests.disclosure.say import findings, rules, verdict


def answer(keys: list[str], rows: list[tuple[Any, ...]], *, measures: int = 1, names: list[str] | None = None) -> dict[str, Any]:
    """A stored answer as the enclave keeps it: floats as text, measures without a name, one error a measure."""
    headings = [{"name": key, "measure": False} for key in keys]
    headings += [{"name": name, "measure": True} for name in (names or [""] * measures)]
    stored = [
        {
            "cells": [*row[: len(keys)], *(repr(value) if isinstance(value, float) else value for value in row[len(keys) :])],
            "errors": [None] * len(keys) + ["4.25"] * measures,
        }
        for row in rows
    ]
    return {"headings": headings, "rows": stored}


DISTRICTS = answer(["district"], [("North", 117.31), ("South", 6.27), ("East", -2.4)])
WIDE = answer(["district", "sex"], [("North", "F", 6.2), ("North", "M", 44.0), ("South", "F", 3.1), ("South", "M", 91.7)])


@pytest.mark.parametrize(
    ("table", "given"),
    [
        ("district,n\nNorth,117.31\nSouth,6.27\nEast,-2.4\n", DISTRICTS),
        ("district,n\nNorth,117.3\nSouth,6.3\nEast,-2.4\n", DISTRICTS),
        ("district,n\nNorth,117\nSouth,6\nEast,-2\n", DISTRICTS),
        ("district,n\nSouth,6\nNorth,117\n", DISTRICTS),
        ("Area,Burglaries\nNORTH,117\nsouth,6\n", DISTRICTS),
        ("district,n,± 95 %\nNorth,117.31,4.25\nSouth,6.27,4.25\n", DISTRICTS),
        ("district,n,lower,upper\nNorth,117.31,113.06,121.56\nSouth,6.27,2.02,10.52\n", DISTRICTS),
        ("district,F,M\nNorth,6.2,44.0\nSouth,3.1,91.7\n", WIDE),
        ("district,sex,n\nNorth,F,6.2\nSouth,F,3.1\n", WIDE),
        ("sex,North,South\nF,6.2,3.1\nM,44,91.7\n", WIDE),
        ("year,n\n2020,5\n2021,7\n", answer(["year"], [(2020, 5.2), (2021, 7.4)])),
        ("jahr,n\n2020,5\n2021,7\n", answer(["year"], [(2020, 5.2), (2021, 7.4)])),
        ('district,pounds\nNorth,"12,000"\nSouth,3000\n', answer(["district"], [("North", 12_345.6), ("South", 2_987.0)])),
        ("n\n6\n", answer([], [(6.2,)])),
        ("district,n,mean\nNorth,8,3.5\nSouth,9,2.5\n", answer(["district"], [("North", 8.1, 3.5), ("South", 9.2, 2.5)], measures=2)),
    ],
)
def test_released_numbers_are_recognised(table: str, given: dict[str, Any]) -> None:
    assert verdict(table, answers=(given,)) is Verdict.CLEAR, findings(table, answers=(given,))
    assert [one.rule for one in findings(table, answers=(given,))] == ["P01"]


@pytest.mark.parametrize(
    "table",
    [
        "district,n\nNorth,117\nSouth,7\n",  # not the released value
        "district,n\nNorth,6\nSouth,117\n",  # at the wrong key
        "district,n\nWest,117\nSouth,6\n",  # a key the answer does not have
        "district,n,k\nNorth,117,4\nSouth,6,3\n",  # another column beside
        "n\n6\n7\n",  # numbers without keys
        "district,pct\nNorth,117\nSouth,6\n# n=4\n",
    ],
)
def test_numbers_that_were_not_released_stay_under_the_rules(table: str) -> None:
    assert verdict(table, answers=(DISTRICTS,)) is Verdict.BLOCK


def test_covered_cells_are_spared_and_the_others_are_not() -> None:
    table = "district,n,k\nNorth,117,40\nSouth,6,3\n"
    found = findings(table, answers=(DISTRICTS,))
    assert [(one.rule, one.where) for one in found if one.rule == "T01"] == [("T01", "column 3 (k), line 3")]
    assert "P02" in {one.rule for one in found}


def test_a_receipt_that_fits_nothing_is_said() -> None:
    assert rules("district,n\nWest,120\nMid,90\n", answers=(DISTRICTS,)) == {"P04"}


def test_receipts_excuse_numbers_and_nothing_else() -> None:
    assert "H07" in rules("district,n\nNorth,117\nSouth,6\n=x,1\n", answers=(DISTRICTS,))
    assert "T14h" in rules("district,n,who\nNorth,117,John Smith\nSouth,6,x\n", answers=(DISTRICTS,))
    assert "H05" in rules("district,n\nNorth\u200b,117\nSouth,6\n", answers=(DISTRICTS,))


def test_a_long_answer_of_small_numbers_leaves_as_it_is() -> None:
    rows = [(f"D{d}", m, (d * 7 + m) % 13 - 2.5) for d in range(80) for m in range(1, 13)]
    table = "district,month,n\n" + "\n".join(f"{d},{m},{n}" for d, m, n in rows)
    assert verdict(table, answers=(answer(["district", "month"], rows),)) is Verdict.CLEAR
    assert {"T01"} <= rules(table)


@settings(deadline=None, max_examples=draws(25))
@given(st.integers(0, 2**32))
def test_random_numbers_against_ten_thousand_released_cells_cover_nothing(seed: int) -> None:
    draw = random.Random(seed)
    given = ANSWER_OF_MANY
    lines = [f"Area {draw.randrange(10**6)},{draw.randint(0, 500)},{draw.uniform(0, 500):.2f}" for _ in range(30)]
    found = findings("area,n,x\n" + "\n".join(lines), answers=(given,))
    assert not {"P01", "P02"} & {one.rule for one in found}


@settings(deadline=None, max_examples=draws(25))
@given(st.integers(0, 2**32))
def test_made_up_numbers_at_the_right_keys_are_not_covered_either(seed: int) -> None:
    draw = random.Random(seed)
    lines = [f"D{key},{draw.randint(0, 10_000)}" for key in range(40)]
    found = findings("district,n\n" + "\n".join(lines), answers=(ANSWER_OF_MANY,))
    assert not {"P01", "P02"} & {one.rule for one in found}


ANSWER_OF_MANY = answer(["district"], [(f"D{key}", random.Random(key).uniform(0, 500)) for key in range(10_000)])


@settings(deadline=None)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=5), st.floats(-1e6, 1e6), min_size=1, max_size=12), st.integers(0, 4))
def test_every_rounding_of_an_answer_is_recognised(values: dict[str, float], decimals: int) -> None:
    table = "key,n\n" + "\n".join(f"{key},{value:.{decimals}f}" for key, value in values.items())
    found = findings(table, answers=(answer(["key"], list(values.items())),))
    assert {one.rule for one in found} >= {"P01"}
    assert "T01" not in {one.rule for one in found}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"headings": 1, "rows": []},
        {"headings": [], "rows": [{"cells": [1], "errors": []}]},
        {"headings": [], "rows": [7]},
        {"vectors": []},
    ],
)
def test_a_stored_result_of_another_shape_covers_nothing(given: dict[str, Any]) -> None:
    assert "T01" in rules("district,n\nNorth,117\nSouth,6\n", answers=(given,))
