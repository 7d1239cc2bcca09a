"""Columns, schemas and declarations drawn at random: whatever an agency may declare."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from enclave.terms.names import DatasetName
from enclave.terms.schema import _WIDEST, LARGEST, Category, Column, Kind, TableSchema, Unit, one_figure

SLUGS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def columns(draw: st.DrawFn, kind: st.SearchStrategy[Kind] = st.sampled_from(Kind)) -> Column:  # noqa: B008 - a strategy is a constant
    chosen = draw(kind)
    values: dict[str, Any] = {
        "name": draw(SLUGS),
        "label": draw(WORDS),
        "kind": chosen,
        "missing": draw(st.booleans()),
        "unit": draw(WORDS),
    }
    if chosen is Kind.CATEGORY:
        codes = draw(st.lists(WORDS.filter(bool), min_size=1, max_size=6, unique=True))
        values["categories"] = tuple(Category(code=code, label=draw(WORDS)) for code in codes)
    elif chosen is not Kind.BOOLEAN:
        least, most = _WIDEST.get(chosen, (-LARGEST, LARGEST))
        values["low"] = draw(st.integers(least, most))
        values["high"] = draw(st.integers(values["low"], most))
    if chosen is Kind.NUMBER:
        values["decimals"] = draw(st.integers(0, 6))
    return Column(**values)


@st.composite
def schemas(draw: st.DrawFn) -> TableSchema:
    unit = draw(st.sampled_from(Unit))
    return TableSchema(
        name=DatasetName(agency=draw(SLUGS), dataset=draw(SLUGS)),
        label=draw(WORDS),
        row=draw(WORDS),
        unit=unit,
        size=one_figure(draw(st.integers(1, 10**12))),
        rows_per_person=draw(st.integers(1, 50)) if unit is Unit.PERSON else 1,
        columns=tuple(draw(st.lists(columns(), min_size=1, max_size=5, unique_by=lambda column: column.name))),
        attribution=draw(WORDS),
        places=tuple(draw(st.lists(WORDS, max_size=3))),
    )
