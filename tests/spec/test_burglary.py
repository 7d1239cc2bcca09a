"""Burglary in Essex as the police publish it: by small area and month the preview says useless, from public facts alone, and names what would do."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from enclave.privacy.meaning import Row
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit
from tests.factories.asking import Asking
from tests.factories.licensed import wider

MONTHS = ("2018-10", "2018-11", "2018-12")
FIRST = 585  # 2018-10 in months since January 1970
PRICE = "0.001"


@pytest.fixture(scope="module")
def burglaries() -> list[tuple[str, str, int]]:
    """Small area, district and month of each."""
    found = []
    for place, month in enumerate(MONTHS):
        with wider(f"police_street/{month}-essex-street.csv").open(encoding="utf-8") as file:
            lines = [line for line in csv.DictReader(file) if line["Crime type"] == "Burglary" and line["LSOA code"]]
        found += [(line["LSOA code"], line["LSOA name"].rsplit(" ", 1)[0], FIRST + place) for line in lines]
    return found


def asking(burglaries: list[tuple[str, str, int]], *, empty: bool = False) -> Asking:
    """The national code books stand for the categories; the size is declared to one significant figure."""
    areas, districts = sorted({area for area, _, _ in burglaries}), sorted({district for _, district, _ in burglaries})
    schema = TableSchema(
        name=DatasetName(agency="police", dataset="burglary"),
        label="Burglaries",
        row="one burglary",
        unit=Unit.PERSON,
        size=round(len(burglaries), 1 - len(str(len(burglaries)))),
        rows_per_person=1,
        columns=(
            Column(
                name="lsoa", label="Small area", kind=Kind.CATEGORY, missing=False, categories=tuple(Category(code=one) for one in areas)
            ),
            Column(
                name="district",
                label="District",
                kind=Kind.CATEGORY,
                missing=False,
                categories=tuple(Category(code=f"d{place}", label=one) for place, one in enumerate(districts)),
            ),
            Column(name="month", label="Month", kind=Kind.MONTH, low=FIRST, high=FIRST + 2, missing=False),
        ),
    )
    rows: list[Row] = [
        {"person": place, "rank": 1, "lsoa": areas.index(area), "district": districts.index(district), "month": month}
        for place, (area, district, month) in enumerate(burglaries, 1)
    ]
    return Asking([] if empty else rows, [], schema=schema)


FINE = "SELECT lsoa, month, COUNT(*) AS n FROM police.burglary GROUP BY lsoa, month"


def test_small_area_by_month_is_useless_and_a_level_that_is_not_is_offered(burglaries: list[tuple[str, str, int]]) -> None:
    seen = asking(burglaries).preview(FINE, rho=PRICE)
    assert any("it would be useless" in line for line in seen.advice)
    assert any("At the same price it would do to group by Month: about" in line for line in seen.advice)
    coarse = asking(burglaries).preview("SELECT month, COUNT(*) AS n FROM police.burglary GROUP BY month", rho=PRICE)
    assert not any("useless" in line or "rough" in line for line in coarse.advice)


def test_what_the_preview_says_is_true_of_the_data(burglaries: list[tuple[str, str, int]]) -> None:
    """No small area's month holds as much as its error; every month holds five times its own."""
    seen = asking(burglaries).preview(FINE, rho=PRICE)
    width = seen.half_widths[0][1] or 0
    assert max(Counter((area, month) for area, _, month in burglaries).values()) < width
    assert min(Counter(month for _, _, month in burglaries).values()) > 5 * width


def test_the_data_have_no_part_in_it(burglaries: list[tuple[str, str, int]]) -> None:
    assert asking(burglaries).preview(FINE, rho=PRICE) == asking(burglaries, empty=True).preview(FINE, rho=PRICE)
