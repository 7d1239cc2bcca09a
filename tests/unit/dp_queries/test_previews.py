"""A preview says from public facts alone what a question costs, how good it is, and what coarser question would do."""

from __future__ import annotations

import pytest

from enclave.dp_queries.coarser import coarser
from enclave.dp_queries.pricing import Ask, loss_for
from enclave.dp_queries.question import Question
from enclave.dp_queries.sql import parse, resolve
from enclave.privacy.relation import Table
from enclave.terms.errors import ResearcherError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit
from tests.factories.asking import Asking, some_rows

SHARE = PrivacyLoss.costing(1)
# As the police publish it: about 500,000 crimes in Essex, 1,100 small areas, 14 districts, 36 months.
STREET = TableSchema(
    name=DatasetName(agency="essex_police", dataset="street_crime"),
    label="Street crime",
    row="one crime",
    unit=Unit.ROW,
    size=30_000,
    rows_per_person=1,
    columns=(
        Column(name="lsoa", label="Small area", kind=Kind.CATEGORY, categories=tuple(Category(code=f"E{n}") for n in range(1_100))),
        Column(name="district", label="District", kind=Kind.CATEGORY, categories=tuple(Category(code=f"D{n}") for n in range(14))),
        Column(name="month", label="Month", kind=Kind.MONTH, low=600, high=635, missing=False),
    ),
)


def question(sql: str) -> Question:
    table = Table(version=1, dataset=1, population=1, schema=STREET)
    return resolve(parse(sql), {STREET.name: table})


def test_small_area_by_month_is_useless_and_a_coarser_level_is_named() -> None:
    asked = question("SELECT lsoa, month, COUNT(*) FROM essex_police.street_crime GROUP BY lsoa, month")
    (said,) = coarser(asked, 6.0)
    assert "Small area" not in said
    assert "Month: about 833 in a cell, off by up to 1%" in said
    (finer,) = coarser(asked, 1.0)
    assert "Small area and year instead of Month: about 9 in a cell, off by up to 11%" in finer


def test_where_nothing_coarser_helps_it_says_so() -> None:
    asked = question("SELECT COUNT(*) FROM essex_police.street_crime")
    assert coarser(asked, 10.0**6) == ["No coarser grouping is useful at this price."]


def test_the_preview_calls_a_useless_question_useless() -> None:
    asking = Asking(*some_rows(people=5))
    seen = asking.preview("SELECT district, month, COUNT(*) FROM police.incidents GROUP BY 1, 2", rho="0.001")
    assert any("useless" in line for line in seen.advice)
    assert any("At the same price" in line or "No coarser" in line for line in seen.advice)


@pytest.mark.parametrize("sql", ["SELECT AVG(age)", "SELECT STDDEV(age)", "SELECT 100.0 * COUNT(flag) / COUNT(*) AS s", "SELECT COUNT(*)"])
@pytest.mark.parametrize("within", [0.5, 8.0])
def test_an_accuracy_asked_for_is_met(sql: str, within: float) -> None:
    asking = Asking(*some_rows(people=5), cap="1000000")
    seen = asking.preview(f"{sql} FROM police.incidents", within=within)
    (_, width) = seen.half_widths[0]
    assert width is not None
    assert width <= within * 1.01


def test_a_percentage_is_of_what_a_cell_is_expected_to_hold() -> None:
    asked = question("SELECT district, COUNT(*) FROM essex_police.street_crime GROUP BY district")
    relative, absolute = (loss_for(asked, Ask(within=within), share=SHARE) for within in ("5%", 0.05 * 30_000 / 15))
    assert relative == absolute
    with pytest.raises(ResearcherError) as refused:
        loss_for(question("SELECT AVG(month - month) AS a FROM essex_police.street_crime"), Ask(within="5%"), share=SHARE)
    assert refused.value.rule == "Q-27"


@pytest.mark.parametrize("wish", [{"within": "5"}, {"rho": "5%"}, {"within": "-5%"}, {"within": "x%"}, {"within": "%"}, {"within": 0.0}])
def test_a_wish_that_is_none_is_refused(wish: dict[str, object]) -> None:
    with pytest.raises(ResearcherError) as refused:
        Ask(**wish)  # type: ignore[arg-type]
    assert refused.value.rule == "Q-16"
