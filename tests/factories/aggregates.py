"""Bounded aggregates over the test schemas, drawn at random: rows, people and joins, expressions, conditions, keys and measures."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.expression import (
    Arithmetic,
    Choice,
    Clipped,
    Constant,
    Dated,
    DatePart,
    Expression,
    Magnitude,
    Operand,
    Operation,
    Remainder,
    Value,
)
from enclave.privacy.key import Key, Part, key_of
from enclave.privacy.measure import CountPeople, CountRows, CountValues, Measure, Sum
from enclave.privacy.predicate import ALWAYS, All, Compare, Comparison, Missing, Not, OneOf, Predicate, Some
from enclave.privacy.relation import (
    Feature,
    FeatureKind,
    Join,
    JoinKind,
    Relation,
    Table,
    columns_of_table,
    joined_columns,
    with_derived,
)
from enclave.terms.schema import Column, Kind
from tests.factories.tables import OTHER, TABLE

Columns = Mapping[str, Column]
_LITERALS = st.integers(-600, 1_100)


def predicates(columns: Columns) -> st.SearchStrategy[Predicate]:
    name = st.sampled_from(sorted(columns))
    leaf = st.one_of(
        st.builds(Compare, column=name, comparison=st.sampled_from(Comparison), value=_LITERALS),
        st.builds(OneOf, column=name, values=st.sets(_LITERALS, min_size=1, max_size=5).map(lambda values: tuple(sorted(values)))),
        st.builds(Missing, column=name),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(Not, part=inner),
            st.builds(All, parts=st.lists(inner, max_size=3).map(tuple)),
            st.builds(Some, parts=st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


def operands(columns: Columns) -> st.SearchStrategy[Operand]:
    return st.builds(Value, column=st.sampled_from(sorted(columns))) | st.builds(Constant, value=st.integers(-50, 50))


def expressions(columns: Columns) -> st.SearchStrategy[Expression]:
    operand = operands(columns)
    dated = [
        Dated(column=column.name, part=part)
        for column in columns.values()
        for part in DatePart
        if column.kind is Kind.DATE or (column.kind is Kind.MONTH and part is not DatePart.WEEKDAY)
    ]
    pair = st.tuples(st.integers(-300, 600), st.integers(0, 300))
    made: list[st.SearchStrategy[Expression]] = [
        st.builds(Arithmetic, operation=st.sampled_from(Operation), left=operand, right=operand),
        st.builds(Remainder, part=operand, by=st.integers(1, 40)),
        st.builds(lambda part, ends: Clipped(part=part, low=ends[0], high=ends[0] + ends[1]), operand, pair),
        st.builds(Magnitude, part=operand),
        st.builds(
            Choice,
            cases=st.lists(st.tuples(predicates(columns), operand), min_size=1, max_size=3).map(tuple),
            otherwise=st.none() | operand,
        ),
    ]
    return st.one_of(*made, *([st.sampled_from(dated)] if dated else []))


@st.composite
def derivations(draw: st.DrawFn, columns: dict[str, Column], most: int = 3) -> tuple[Expression, ...]:
    made: tuple[Expression, ...] = ()
    for _ in range(draw(st.integers(0, most))):
        one = draw(expressions(with_derived(columns, made)))
        try:
            with_derived(columns, (*made, one))
        except ValueError:  # a product that could pass 2^53
            continue
        made = (*made, one)
    return made


@st.composite
def people(draw: st.DrawFn, table: Table) -> Relation:
    derived = draw(derivations(columns_of_table(table), most=2))
    columns = with_derived(columns_of_table(table), derived)
    features = []
    for kind in draw(st.lists(st.sampled_from(FeatureKind), max_size=4)):
        summed = kind in {FeatureKind.TOTAL, FeatureKind.MEAN}
        named = [name for name, one in columns.items() if not summed or one.kind in {Kind.INTEGER, Kind.NUMBER}]
        column = draw(st.sampled_from(named)) if kind is not FeatureKind.ROWS else ""
        if kind in {FeatureKind.LEAST, FeatureKind.MOST, FeatureKind.FIRST, FeatureKind.LAST}:
            low, high = columns[column].bounds
        else:
            low, high = draw(st.sampled_from([(0, 3), (0, 100), (-200, 400), (1, 1)]))
        by = draw(st.sampled_from(sorted(columns))) if kind in {FeatureKind.FIRST, FeatureKind.LAST} else ""
        features.append(Feature(kind=kind, column=column, low=low, high=high, by=by))
    return Relation(table=table, derived=derived, where=draw(st.just(ALWAYS) | predicates(columns)), features=tuple(features))


@st.composite
def keys(draw: st.DrawFn, columns: Columns) -> Key:
    column = columns[draw(st.sampled_from(sorted(columns)))]
    parts = [Part.VALUE] if column.kind not in {Kind.DATE, Kind.MONTH} else list(Part)
    whole = key_of(column, draw(st.sampled_from(parts)))
    low = draw(st.integers(whole.low, whole.high))
    high = draw(st.integers(low, min(whole.high, low + 4_000)))
    cuts = draw(st.sets(st.integers(low + 1, high), max_size=40)) if low < high else set[int]()
    named = draw(st.none() | st.sets(st.integers(low, high), max_size=20)) if whole.part is Part.VALUE and not cuts else None
    return Key(
        column=whole.column,
        part=whole.part,
        low=low,
        high=high,
        missing=draw(st.booleans()) and whole.missing,
        cuts=tuple(sorted(cuts)),
        values=None if named is None else tuple(sorted(named)),
    )


def measures(columns: Columns) -> st.SearchStrategy[Measure]:
    numbers = [name for name, column in columns.items() if column.kind in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}]
    bounds = st.tuples(st.integers(-600, 1_000), st.integers(0, 500))
    counts: list[st.SearchStrategy[Measure]] = [st.just(CountRows()), st.just(CountPeople())]
    if columns:
        counts.append(st.builds(CountValues, column=st.sampled_from(sorted(columns))))
    if numbers:
        counts.append(
            st.builds(
                lambda column, pair, centred: Sum(column=column, low=pair[0], high=pair[0] + pair[1], centred=centred),
                st.sampled_from(numbers),
                bounds,
                st.booleans(),
            )
        )
    return st.one_of(*counts)


@st.composite
def joins(draw: st.DrawFn) -> tuple[Join, ...]:
    made = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        relation = draw(st.one_of(people(OTHER), st.just(Relation(table=OTHER)), people(TABLE)))
        made.append(Join(kind=draw(st.sampled_from(JoinKind)), relation=relation))
    return tuple(made)


@st.composite
def aggregates(draw: st.DrawFn) -> BoundedAggregate:
    base, joined = draw(st.none() | people(TABLE)), draw(joins())
    before = joined_columns((base or Relation(table=TABLE)).columns, joined)
    derived = draw(derivations(before)) if before else ()
    columns = with_derived(before, derived)
    chosen: list[Key] = []
    for key in draw(st.lists(keys(columns), max_size=2)) if columns else []:
        cells = key.size * (chosen[0].size if chosen else 1)
        if cells <= 5_000 and all((key.column, key.part) != (one.column, one.part) for one in chosen):
            chosen.append(key)
    return BoundedAggregate(
        table=TABLE,
        base=base,
        joins=joined,
        derived=derived,
        where=draw(st.just(ALWAYS) | predicates(columns)) if columns else ALWAYS,
        keys=tuple(chosen),
        measures=tuple(draw(st.lists(measures(columns), min_size=1, max_size=3))),
    )
