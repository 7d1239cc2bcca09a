"""One line per person: SELECT person, COUNT(*) AS n, MAX(age) AS oldest FROM … WHERE … GROUP BY person.

The lines are computed from each person's own rows, all of them, and brought to public bounds; so one person is one line (k = 1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from enclave.dp_queries.condition import condition
from enclave.dp_queries.literals import plain_number
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain, Scope, operand
from enclave.dp_queries.values import MOST_DECIMALS, QUOTIENT_DECIMALS, not_a_number, value_of
from enclave.privacy.expression import Arithmetic, Choice, Constant, Operation, Value
from enclave.privacy.predicate import Predicate
from enclave.privacy.relation import Feature, FeatureKind, Relation, Table, columns_of_table
from enclave.terms.names import is_slug
from enclave.terms.schema import Column, Kind, Unit

MOST_COUNTED = 10**6
# Without LEAST(…), a count about one person is brought to at most ten times the rows that count in any answer.
TIMES_K = 10
_KNOWN = {"kind", "expressions", "from_", "where", "group", "having"}


@dataclass(frozen=True, kw_only=True)
class People:
    """A relation of people with its columns by SQL name, and the condition on the lines that HAVING states (read in the outer scope)."""

    relation: Relation
    names: dict[str, Column]
    having: exp.Expr | None


def people_of(select: exp.Select, table: Table) -> People:
    """Read such a subquery over a table. Raises ``ResearcherError`` by numbered rule."""
    _check_shape(select)
    if table.schema.unit is not Unit.PERSON:
        raise refusal("Q-22", dataset=str(table.schema.name))
    reader = _Reader(scope=scope_of(table, _alias(select)), cap=TIMES_K * table.schema.rows_per_person)
    for node in select.expressions:
        reader.read(node)
    having = select.args.get("having")
    test = reader.replaced(having.this) if having else None
    where = select.args.get("where")
    predicate = condition(where.this if where else None, reader.scope, value_of)
    try:
        relation = Relation(table=table, derived=tuple(reader.scope.derived), where=predicate, features=tuple(reader.features))
    except ValueError:
        raise refusal("Q-18") from None
    return People(relation=relation, names=reader.names, having=test)


def scope_of(table: Table, alias: str) -> Scope:
    """The columns of one table, under its own name or an alias."""
    columns = columns_of_table(table)
    names = {(alias, name): column for name, column in columns.items()}
    return Scope(title=str(table.schema.name), row=table.schema.row, names=names, columns=columns)


def person_only(node: exp.Expr) -> bool:
    """Whether the node is the person column."""
    return isinstance(node, exp.Column) and node.name.lower() == "person"


def _check_shape(select: exp.Select) -> None:
    if any(value for name, value in select.args.items() if name not in _KNOWN):
        raise refusal("Q-24")
    group = select.args.get("group")
    grouped = list(group.expressions) if group else []
    counts = any(node.find(exp.AggFunc) for node in select.expressions)
    if (group and any(value for name, value in group.args.items() if name != "expressions")) or not all(map(person_only, grouped)):
        raise refusal("Q-24")
    if len(grouped) != 1 and (counts or select.args.get("having") or not select.expressions):
        raise refusal("Q-24")


def _alias(select: exp.Select) -> str:
    source = select.args["from_"].this
    return str(source.alias_or_name).lower()


class _Reader:
    """Reads the SELECT list of a subquery from left to right."""

    def __init__(self, *, scope: Scope, cap: int) -> None:
        self.scope = scope
        self.cap = cap
        self.features: list[Feature] = []
        self.names: dict[str, Column] = {}

    def read(self, node: exp.Expr) -> None:
        """One column of the subquery: the person, or a feature with a name."""
        inner = node.this if isinstance(node, exp.Alias) else node
        if person_only(inner) or (isinstance(inner, exp.Distinct)):
            return
        name = node.alias.lower() if isinstance(node, exp.Alias) else ""
        if not is_slug(name) or name in {"person", "rank"} or "__" in name:
            raise refusal("Q-06", thing="A column of the inner question without a name", instead="Name it: COUNT(*) AS incidents.")
        if name in self.names:
            raise refusal("Q-06", thing=f"Two columns called {name}", instead="Give one of them another name with AS.")
        self.names[name] = self._feature(inner, name)

    def replaced(self, test: exp.Expr) -> exp.Expr:
        """HAVING, with each aggregate as the column that holds it."""

        def swap(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.AggFunc):
                return node
            hidden = f"having_{len(self.names) + 1}"
            self.names[hidden] = self._feature(node, hidden)
            return exp.column(hidden)

        return test.copy().transform(swap)

    def _feature(self, node: exp.Expr, name: str) -> Column:
        low, high, inner = None, None, node
        while isinstance(inner, exp.Least | exp.Greatest) and len(inner.expressions) == 1:
            bound = plain_number(inner.expressions[0])
            if bound.decimals:
                raise refusal("Q-06", thing="That bound", instead="Give a whole number.")
            low, high = (low, bound.value) if isinstance(inner, exp.Least) else (bound.value, high)
            inner = inner.this
        feature, column = self._aggregate(inner)
        feature = self._narrowed(feature, low, high)
        if feature not in self.features:
            self.features.append(feature)
        facts = facts_of(self.features.index(feature) + 1, feature, column)
        return replace(facts, label=name.replace("_", " "))

    def _narrowed(self, feature: Feature, low: int | None, high: int | None) -> Feature:
        least = feature.low if low is None else max(low, -MOST_COUNTED)
        most = feature.high if high is None else min(high, MOST_COUNTED)
        if least > most:
            raise refusal("Q-06", thing="That range", instead="The lower bound comes first: LEAST(GREATEST(x, 0), 20).")
        return replace(feature, low=least, high=most)

    def _aggregate(self, node: exp.Expr) -> tuple[Feature, Column | None]:
        only: Predicate | None = None
        if isinstance(node, exp.Filter):
            only, node = condition(node.expression.this, self.scope, value_of), node.this
        match node:
            case exp.Count():
                return self._count(node, only), None
            case exp.CountIf():
                return self._values(FeatureKind.VALUES, self._where(condition(node.this, self.scope, value_of))), None
            case exp.Min() | exp.Max() | exp.AnyValue() | exp.LogicalOr() | exp.LogicalAnd():
                most = isinstance(node, exp.Max | exp.LogicalOr)
                column = self._column(node.this, only)
                low, high = column.bounds
                kind = FeatureKind.MOST if most else FeatureKind.LEAST
                return Feature(kind=kind, column=column.name, low=low, high=high), column
            case exp.ArgMin() | exp.ArgMax():
                column, by = self._column(node.this, only), self._column(node.expression, None)
                low, high = column.bounds
                kind = FeatureKind.FIRST if isinstance(node, exp.ArgMin) else FeatureKind.LAST
                return Feature(kind=kind, column=column.name, low=low, high=high, by=by.name), column
            case exp.Avg():
                column = self._finer(self._column(node.this, only))
                low, high = column.bounds
                return Feature(kind=FeatureKind.MEAN, column=column.name, low=low, high=high), column
            case exp.Sum():
                column = self._column(node.this, only)
                if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
                    raise not_a_number(column)
                low, high = (bound * self.cap for bound in column.bounds)
                return Feature(kind=FeatureKind.TOTAL, column=column.name, low=min(low, 0), high=max(high, 0)), column
            case _:
                raise refusal(
                    "Q-06",
                    thing="That in a question about each person",
                    instead="Use COUNT, SUM, AVG, MIN, MAX, ARG_MIN, ARG_MAX or BOOL_OR, GROUP BY person, and average over people outside.",
                )

    def _finer(self, column: Column) -> Column:
        """The number in units small enough for the mean to have four decimals more, six at most."""
        if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise not_a_number(column)
        more = min(QUOTIENT_DECIMALS, MOST_DECIMALS - column.decimals)
        made = Arithmetic(operation=Operation.MULTIPLY, left=Value(column=column.name), right=Constant(value=10**more))
        return self.scope.derive(made, label=column.label, kind=Kind.NUMBER, decimals=column.decimals + more, unit=column.unit)

    def _count(self, node: exp.Count, only: Predicate | None) -> Feature:
        inner = node.this
        if isinstance(inner, exp.Distinct):
            return self._values(FeatureKind.DIFFERENT, self._column(inner.expressions[0], only))
        if inner is None or isinstance(inner, exp.Star):
            if only is None:
                return Feature(kind=FeatureKind.ROWS, low=0, high=self.cap)
            return self._values(FeatureKind.VALUES, self._where(only))
        return self._values(FeatureKind.VALUES, self._column(inner, only))

    def _values(self, kind: FeatureKind, column: Column) -> Feature:
        return Feature(kind=kind, column=column.name, low=0, high=self.cap)

    def _where(self, only: Predicate) -> Column:
        return self.scope.derive(Choice(cases=((only, Constant(value=1)),)), label="rows")

    def _column(self, node: exp.Expr, only: Predicate | None) -> Column:
        found = value_of(node, self.scope)
        if isinstance(found, Plain):
            return self.scope.derive(Constant(value=found.value), label="number")
        if only is None:
            return found
        kept = Choice(cases=((only, operand(found)),))
        codes = tuple(category.code for category in found.categories)
        return self.scope.derive(kept, label=found.label, kind=found.kind, decimals=found.decimals, unit=found.unit, codes=codes)


def facts_of(place: int, feature: Feature, column: Column | None) -> Column:
    """What people read for a feature: least, most, first and last keep what their column was; a mean's is made for it."""
    name = f"f__{place}"
    if column is None or feature.kind in {FeatureKind.ROWS, FeatureKind.VALUES, FeatureKind.DIFFERENT}:
        return Column(name=name, label="", kind=Kind.INTEGER, low=feature.low, high=feature.high, missing=False)
    if feature.kind is FeatureKind.TOTAL:
        kind = Kind.NUMBER if column.decimals else Kind.INTEGER
        return Column(name=name, label="", kind=kind, low=feature.low, high=feature.high, decimals=column.decimals, unit=column.unit)
    if column.kind in {Kind.CATEGORY, Kind.BOOLEAN}:
        return replace(column, name=name, missing=True)
    missing = column.missing or feature.by != ""
    return replace(column, name=name, low=feature.low, high=feature.high, missing=missing)
