"""Small counts, however they are written, and the numbers that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.terms.submission import Verdict
from tests.disclosure.say import findings, rules, verdict


@pytest.mark.parametrize(
    "cell",
    [
        "4",
        "4.0",
        " 4 ",
        "'4",
        "4*",
        "4†",
        "\uff14",
        "4e0",
        "+4",
        '"4 (2.1%)"',
        "4/120",
        "4 of 120",
        "n=4",
        "N = 4",
        "four",
        "4 people",
        "4 cases",
        "6.2",
    ],
)
def test_a_small_count_is_found_however_it_is_written(cell: str) -> None:
    assert "T01" in rules(f"district,n\nNorth,120\nSouth,{cell}\nEast,90\n")


@pytest.mark.parametrize(
    "table",
    [
        "district,male,female\nNorth,120,4\nSouth,98,77\n",
        "district,male,female,total\nNorth,120,4,124\nSouth,98,77,175\n",
        "year,G,N,R\n2010,15,59,4\n2011,15,59,71\n",
        ",age\nmean,3.2\ncount,4\n",
        "class,x\nlower,4\nupper,120\n",
        "group,n\ndf,4\nab,120\n",
        "statistic,value\ncount,4\nmean,31.2\n",
        "No. Observations:,8,AIC:,28990.0\nDf Residuals:,807,BIC:,29010.0\n",
        "district;n\nNorth;120\nSouth;4\n",
        "district\tn\nNorth\t120\nSouth\t4\n",
        "district,N (persons)\nNorth,120\nSouth,4\n",
        "district,nPersons\nNorth,120\nSouth,4\n",
        "district (n=4),share\nNorth,0.5\nSouth,0.5\n",
        "sex,region,n\n1,1,120\n1,2,90\n2,1,4\n2,2,77\n",
        "value,label\n4,North\n120,South\n",
        "North,4\nSouth,120\nEast,90\n",
    ],
)
def test_counts_are_found_wherever_they_stand(table: str) -> None:
    assert "T01" in rules(table)


@pytest.mark.parametrize(
    "table",
    [
        "district,n\nNorth,120\nSouth,0\n",
        "district,n\nNorth,120\nSouth,<10\n",
        "district,n\nNorth,120\nSouth,*\n",
        "district,n\nNorth,120\nSouth,10\n",
        "age_band,n\n5-9,120\n10-14,90\n",
        "hour,n\n0,120\n1,90\n2,77\n",
        "year,month,n\n2024,1,120\n2024,2,90\n2024,3,88\n",
        "decile,n\n1,120\n2,90\n3,77\n",
        "term,coef,se,p\nage,2.0,1.5,0.04\nsex,3.0,0.5,0.01\n",
        "district,n,mean_age,sd\nNorth,120,4,2\nSouth,90,5,3\n",
        "district,n_midpoint6\nNorth,123\nSouth,3\n",
        "ward,n\nWard 4 (north),120\nWard 5 (south),90\n",
        "quintile,n\n1 (most deprived),120\n2,90\n",
        ",age\ncount,120\nmean,4\nstd,2\n",
        "district,rate\nNorth,4.2\nSouth,3.1\n",
        "district,pct\nNorth,4%\nSouth,31%\n",
        "district,2022,2023,2024\nNorth,120,90,80\n",
        "district,1,2,3\nNorth,120,90,80\n",
        "group,n\nYear 7 pupils,120\nYear 8 pupils,90\n",
    ],
)
def test_what_is_no_small_count_is_clear(table: str) -> None:
    assert verdict(table) is Verdict.CLEAR, findings(table)


def test_codes_of_groups_are_doubtful_and_counts_are_not() -> None:
    assert rules("sex,region,n\n1,1,120\n1,2,90\n2,1,44\n2,2,77\n") == {"T01b"}


def test_the_threshold_is_the_agreements() -> None:
    table = "district,n\nNorth,120\nSouth,7\n"
    assert [verdict(table, smallest=smallest) for smallest in (7, 8)] == [Verdict.CLEAR, Verdict.BLOCK]


def test_the_place_names_lines_and_columns_and_no_value() -> None:
    [found] = findings("district,n\nNorth,4\nSouth,120\nEast,3\n")
    assert found.where == "column 2 (n), lines 2, 4"
    assert found.sentence == "Counts below 10 may not leave (found: 2)."


@settings(deadline=None)
@given(
    labels=st.lists(st.text("abcdefgh", min_size=2, max_size=8), min_size=2, max_size=20, unique=True),
    heading=st.sampled_from(["n", "count", "cases", "female", "x", "Number of victims", "victims_2024", "burglary"]),
    large=st.integers(10, 10_000),
    small=st.integers(1, 9),
    data=st.data(),
)
def test_one_small_count_in_any_table_of_large_ones_is_found(
    labels: list[str], heading: str, large: int, small: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(labels) - 1))
    lines = [f"{label},{small if index == at else large + index}" for index, label in enumerate(labels)]
    clean = [f"{label},{large + index}" for index, label in enumerate(labels)]
    assert "T01" in rules(f"group,{heading}\n" + "\n".join(lines))
    assert "T01" not in rules(f"group,{heading}\n" + "\n".join(clean))


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("ward,n,pct_yes\nA,25,4.0\nB,200,31.5\n", "T04"),
        ("ward,base,share\nA,25,0.04\nB,200,0.315\n", "T04"),
        ("ward,n,yes\nA,25,4%\nB,200,31.5%\n", "T04"),
        ("ward,n,pct_yes\nA,25,96.0\nB,200,31.5\n", "T04"),
        ("ward,pct_yes (n=25)\nA,4.0\nB,32.0\n", "T04"),
        ("ward,n,pct_yes\nA,400,2\nB,4000,31\n", "T04b"),
        ("ward,n,pct_yes\nA,250,0.02\nB,200,0.31\n", "T04b"),
    ],
)
def test_percentages_with_their_base_give_small_groups_away(table: str, rule: str) -> None:
    assert rule in rules(table)


@pytest.mark.parametrize(
    "table",
    [
        "ward,n,pct_yes\nA,2500,40.0\nB,2000,31.5\n",
        "ward,n,pct_yes\nA,250,0.0\nB,200,50.0\n",
        "ward,pct_yes\nA,4.0\nB,31.5\n",
        "ward,n_yes,n,pct_yes\nA,12,25,48.0\nB,63,200,31.5\n",
    ],
)
def test_percentages_of_large_groups_are_clear(table: str) -> None:
    assert verdict(table) is Verdict.CLEAR, findings(table)


@settings(deadline=None)
@given(base=st.integers(30, 5_000), numerator=st.integers(0, 5_000), decimals=st.integers(1, 3))
def test_a_share_that_can_only_be_a_small_group_is_always_found(base: int, numerator: int, decimals: int) -> None:
    numerator = min(numerator, base)
    share = f"{100 * numerator / base:.{decimals}f}"
    half = 0.5 * 10**-decimals
    consistent = [k for k in range(base + 1) if abs(100 * k / base - float(share)) <= half + 1e-12]
    small = all(0 < k < 10 for k in consistent) or all(0 < base - k < 10 for k in consistent)
    assert ("T04" in rules(f"ward,n,pct\nA,{base},{share}\n")) == small
