"""What crosses the wall as an answer, and the picture drawn of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.terms.answer import Answer, Cell, Heading, Left, Preview, Row
from enclave.terms.chart import ChartSpec, Mark, Series

DISTRICT = Heading(name="district", label="District", measure=False, labels=(("N", "North"),))
FLAG = Heading(name="flag", label="Flag", measure=False)
MONTH = Heading(name="month", label="Month", measure=False, unit="month")
COUNT = Heading(name="count", label="Incidents", measure=True)
COST = Heading(name="cost", label="Cost", measure=True, unit="£")
LEFT = Left(project="0.5", dataset="1", population="2", words="some")


def answer(headings: tuple[Heading, ...], rows: list[tuple[Cell, ...]]) -> Answer:
    """An answer whose every measured cell is off by 2."""
    made = tuple(
        Row(cells=cells, errors=tuple(2.0 if heading.measure else None for heading in headings[: len(cells)] or headings)) for cells in rows
    )
    return Answer(
        dataset="police.incidents",
        version=3,
        question="ab",
        headings=headings,
        rows=made,
        loss="0.1",
        epsilon=2.1,
        spent="0",
        left=LEFT,
        receipt={"number": "r-1"},
        protects="A person.",
        notes=("One.",),
    )


def test_one_error_per_cell() -> None:
    with pytest.raises(ValueError, match="one error per cell"):
        Row(cells=(1, 2), errors=(None,))


def test_bars_over_one_key() -> None:
    chart = answer((DISTRICT, COUNT, COST), [("N", 5, 1.5), ("S", -1, 2.5), (None, 7, None)]).chart()
    assert chart == ChartSpec(
        mark=Mark.BAR,
        title="police.incidents",
        x_label="District",
        y_label="Incidents",
        labels=("N", "S", ""),
        series=(Series(label="", values=(5.0, -1.0, 7.0), half_widths=(2.0, 2.0, 2.0)),),
    )


def test_a_line_over_time_for_every_value_of_the_second_key_whatever_the_order() -> None:
    rows: list[tuple[Cell, ...]] = [(4, "2024-02", True), (1, "2024-01", True), (2, "2024-01", False)]
    chart = answer((COUNT, MONTH, FLAG), rows).chart()
    assert chart is not None
    assert (chart.mark, chart.labels) == (Mark.LINE, ("2024-02", "2024-01"))
    assert [(one.label, one.values) for one in chart.series] == [("True", (4.0, 1.0)), ("False", (None, 2.0))]
    assert chart.series[1].half_widths == (None, 2.0)


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        ((COUNT,), [(5,)]),
        ((DISTRICT,), [("N",)]),
        ((DISTRICT, FLAG, MONTH, COUNT), [("N", True, "2024-01", 5)]),
        ((DISTRICT, COUNT), [(str(n), 5) for n in range(61)]),
        ((DISTRICT, FLAG, COUNT), [("N", str(n), 5) for n in range(9)]),
    ],
    ids=["no key", "no measure", "three keys", "too many labels", "too many series"],
)
def test_no_picture_is_better_than_one_nobody_can_read(headings: tuple[Heading, ...], rows: list[tuple[Cell, ...]]) -> None:
    assert answer(headings, rows).chart() is None
    assert answer(headings, rows).as_json()["chart"] is None


def test_a_series_has_one_value_and_one_error_per_label() -> None:
    for values, half_widths in (((1.0,), (None, None)), ((1.0, 2.0), (None,))):
        with pytest.raises(ValueError, match="one value and one error"):
            ChartSpec(
                mark=Mark.BAR,
                title="",
                x_label="",
                y_label="",
                labels=("a", "b"),
                series=(Series(label="", values=values, half_widths=half_widths),),
            )


KEYS = st.sampled_from(["a", "b", "c", None, True, 3])


@given(st.lists(st.tuples(KEYS, KEYS, st.integers(-9, 9) | st.floats(-9, 9) | st.none()), max_size=20), st.booleans())
def test_every_answer_can_be_drawn_and_sent(cells: list[tuple[Any, Any, Any]], two: bool) -> None:
    rows = [row if two else row[1:] for row in cells]
    made = answer((DISTRICT, FLAG, COUNT) if two else (DISTRICT, COUNT), rows)  # type: ignore[arg-type]
    body = made.as_json()
    assert json.loads(json.dumps(body, allow_nan=False)) == body
    assert [row["cells"] for row in body["rows"]] == [list(row) for row in rows]  # type: ignore[index, union-attr, call-overload]
    chart = made.chart()
    assert chart is not None
    drawn = [value for series in chart.series for value in series.values if value is not None]
    assert set(drawn) <= {float(row[-1]) for row in rows if row[-1] is not None}


def test_an_answer_and_a_preview_as_json() -> None:
    body = answer((DISTRICT, COUNT), [("N", 5)]).as_json()
    assert body["headings"] == [
        {"name": "district", "label": "District", "measure": False, "unit": "", "labels": {"N": "North"}},
        {"name": "count", "label": "Incidents", "measure": True, "unit": "", "labels": {}},
    ]
    assert body["rows"] == [{"cells": ["N", 5], "errors": [None, 2.0]}]
    assert body["left"] == {"project": "0.5", "dataset": "1", "population": "2", "words": "some"}
    assert {"dataset", "version", "question", "loss", "epsilon", "spent", "receipt", "protects", "notes", "chart"} < set(body)
    preview = Preview(
        dataset="police.incidents",
        question="ab",
        rho="0.1",
        epsilon=2.1,
        already_paid=False,
        affordable=True,
        cells=3,
        expected_cell=33.3,
        half_widths=(("count", 2.0), ("mean", None)),
        left=LEFT,
        advice=("Group by less.",),
        protects="A person.",
    )
    assert preview.as_json()["half_widths"] == [["count", 2.0], ["mean", None]]
    assert json.loads(json.dumps(preview.as_json())) == preview.as_json()
