"""Bounded aggregates over the test schema, drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from enclave.privacy.aggregate import MOST_CELLS, BoundedAggregate, CountPeople, CountRows, CountValues, Key, Measure, Part, Sum, domain_of
from enclave.privacy.predicate import All, Compare, Comparison, Missing, Not, OneOf, Predicate, Some
from enclave.terms.schema import Kind
from tests.factories.tables import SCHEMA, TABLE

_COLUMNS = st.sampled_from([column.name for column in SCHEMA.columns])
_LITERALS = st.integers(-600, 1_100)


def predicates() -> st.SearchStrategy[Predicate]:
    leaf = st.one_of(
        st.builds(Compare, column=_COLUMNS, comparison=st.sampled_from(Comparison), value=_LITERALS),
        st.builds(OneOf, column=_COLUMNS, values=st.sets(_LITERALS, min_size=1, max_size=5).map(lambda values: tuple(sorted(values)))),
        st.builds(Missing, column=_COLUMNS),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(Not, part=inner),
            st.builds(All, parts=st.lists(inner, max_size=3).map(tuple)),
            st.builds(Some, parts=st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=8,
    )


@st.composite
def keys(draw: st.DrawFn) -> Key:
    column = draw(st.sampled_from(SCHEMA.columns))
    parts = [Part.VALUE] if column.kind not in {Kind.DATE, Kind.MONTH} else list(Part)
    whole = domain_of(schema=SCHEMA, column=column.name, part=draw(st.sampled_from(parts)))
    low = draw(st.integers(whole.low, whole.high))
    high = draw(st.integers(low, whole.high))
    cuts = draw(st.sets(st.integers(low + 1, high), max_size=40)) if low < high else set[int]()
    return Key(
        column=whole.column,
        part=whole.part,
        low=low,
        high=high,
        missing=draw(st.booleans()) and whole.missing,
        cuts=tuple(sorted(cuts)),
    )


def measures() -> st.SearchStrategy[Measure]:
    number = st.sampled_from(["age", "cost", "flag"])
    bounds = st.tuples(st.integers(-600, 1_000), st.integers(0, 500))
    return st.one_of(
        st.just(CountRows()),
        st.just(CountPeople()),
        st.builds(CountValues, column=_COLUMNS),
        st.builds(
            lambda column, pair, centred: Sum(column=column, low=pair[0], high=pair[0] + pair[1], centred=centred),
            number,
            bounds,
            st.booleans(),
        ),
    )


@st.composite
def aggregates(draw: st.DrawFn) -> BoundedAggregate:
    chosen: list[Key] = []
    for key in draw(st.lists(keys(), max_size=2)):
        cells = key.size * (chosen[0].size if chosen else 1)
        if cells <= min(MOST_CELLS, 5_000) and all((key.column, key.part) != (one.column, one.part) for one in chosen):
            chosen.append(key)
    return BoundedAggregate(
        table=TABLE, where=draw(predicates()), keys=tuple(chosen), measures=tuple(draw(st.lists(measures(), min_size=1, max_size=3)))
    )
