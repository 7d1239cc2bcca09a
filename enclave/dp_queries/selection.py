"""SELECT and GROUP BY: keys over complete public domains, and the measures to release."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sqlglot import exp

from enclave.dp_queries.literals import column_of, unknown_column
from enclave.dp_queries.question import Average, Count, Output, Shown, ShownKey, Total
from enclave.dp_queries.rules import refusal
from enclave.privacy.aggregate import CountPeople, CountRows, CountValues, Key, Measure, Part, Sum, domain_of
from enclave.terms.errors import ResearcherError
from enclave.terms.names import is_slug
from enclave.terms.schema import Column, Kind, TableSchema

LARGEST_DOMAIN = 2_000
_PARTS: dict[type[exp.Expr], Part] = {exp.Year: Part.YEAR}


@dataclass(kw_only=True)
class Selection:
    """Built while reading the SELECT list from left to right."""

    schema: TableSchema
    keys: tuple[Key, ...] = ()
    shown_keys: tuple[ShownKey, ...] = ()
    measures: tuple[Measure, ...] = ()
    outputs: tuple[Shown, ...] = ()
    columns: tuple[str, ...] = ()
    _named: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, select: exp.Select, schema: TableSchema) -> Selection:
        """Read SELECT and GROUP BY. Raises ``ResearcherError`` by numbered rule."""
        made = cls(schema=schema)
        grouped = _grouped(select)
        for node in select.expressions:
            made._read(node)
        made._check_groups(grouped)
        if not made.outputs:
            raise refusal("Q-14")
        return made

    @property
    def cells(self) -> int:
        """How many cells the answer has."""
        return math.prod(key.size for key in self.keys)

    def name_of(self, node: exp.Expr) -> str | None:
        """The answer's column that an ORDER BY or GROUP BY expression means: by name, by place or written the same way."""
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
            place = int(node.name) if len(node.name) < 4 else 0
            return self.columns[place - 1] if 1 <= place <= len(self.columns) else None
        if isinstance(node, exp.Column) and node.name.lower() in self.columns:
            return node.name.lower()
        return self._named.get(_written(node))

    def _read(self, node: exp.Expr) -> None:
        alias = node.alias.lower() if isinstance(node, exp.Alias) else ""
        inner = node.this if isinstance(node, exp.Alias) else node
        if isinstance(inner, exp.Star) or (isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star)):
            raise refusal("Q-05")
        if alias and not is_slug(alias):
            raise refusal("Q-06", thing="That name for a column", instead="Use lower-case letters, digits and underscores.")
        name = (
            self._key(inner, alias)
            if type(inner) in {exp.Column, *_PARTS, exp.DateTrunc, exp.TimestampTrunc}
            else self._measure(inner, alias)
        )
        self.columns += (name,)
        self._named[_written(inner)] = name

    def _key(self, node: exp.Expr, alias: str) -> str:
        part, column = _part(node, self.schema)
        name = self._free(alias or (column.name if part is Part.VALUE else f"{column.name}_{part.value}"))
        self.keys += (_domain(column, part, self.schema),)
        unit = part.value if part is not Part.VALUE else (column.kind.value if column.kind in {Kind.MONTH, Kind.DATE} else "")
        label = _words(alias) or (column.label if part is Part.VALUE else f"{column.label} ({part.value})")
        labels = tuple((category.code, category.label) for category in column.categories if category.label)
        self.shown_keys += (ShownKey(name=name, label=label, unit=unit, labels=labels),)
        return name

    def _measure(self, node: exp.Expr, alias: str) -> str:
        if isinstance(node, exp.Count):
            return self._count(node, alias)
        if not isinstance(node, exp.Sum | exp.Avg):
            raise _unknown(node)
        if node.this is None or isinstance(node.this, exp.Distinct):
            raise refusal("Q-06", thing="DISTINCT inside SUM or AVG", instead="Use SUM(column) or AVG(column).")
        column = column_of(node.this, self.schema)
        if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise refusal("Q-12", column=column.name, kind={Kind.CATEGORY: "a category"}.get(column.kind, f"a {column.kind.value}"))
        low, high = column.bounds
        if isinstance(node, exp.Sum):
            total = self._add(Sum(column=column.name, low=low, high=high))
            return self._show(
                alias, f"sum_{column.name}", f"Sum of {column.label}", column.unit, Total(measure=total, decimals=column.decimals)
            )
        count = self._add(CountValues(column=column.name))
        total = self._add(Sum(column=column.name, low=low, high=high, centred=True))
        average = Average(total=total, count=count, decimals=column.decimals, low=low, high=high)
        return self._show(alias, f"avg_{column.name}", f"Average of {column.label}", column.unit, average)

    def _count(self, node: exp.Count, alias: str) -> str:
        inner = node.this
        if isinstance(inner, exp.Distinct):
            return self._people(inner, alias)
        if inner is None or isinstance(inner, exp.Star) or (isinstance(inner, exp.Literal) and inner.name == "1"):
            return self._show(alias, "count", f"Number of rows ({self.schema.row})", "", Count(measure=self._add(CountRows())))
        column = column_of(inner, self.schema)
        measure = self._add(CountValues(column=column.name))
        return self._show(alias, f"count_{column.name}", f"Rows with {column.label}", "", Count(measure=measure))

    def _people(self, distinct: exp.Distinct, alias: str) -> str:
        named = distinct.expressions
        if len(named) != 1 or not isinstance(named[0], exp.Column) or named[0].name.lower() != "person":
            raise refusal("Q-06", thing="Counting different values of that", instead="Use COUNT(DISTINCT person), or GROUP BY the column.")
        return self._show(alias, "people", "Number of people", "", Count(measure=self._add(CountPeople())))

    def _add(self, measure: Measure) -> int:
        if measure not in self.measures:
            self.measures += (measure,)
        return self.measures.index(measure)

    def _show(self, alias: str, name: str, label: str, unit: str, output: Output) -> str:
        name = self._free(alias or name)
        self.outputs += (Shown(name=name, label=_words(alias) or label, unit=unit, output=output),)
        return name

    def _free(self, name: str) -> str:
        if name in self.columns:
            raise refusal("Q-06", thing=f"Two columns called {name}", instead="Give one of them another name with AS.")
        return name

    def _check_groups(self, grouped: list[exp.Expr]) -> None:
        wanted = {key.name for key in self.shown_keys}
        named = {self.name_of(node) for node in grouped}
        if not grouped and wanted:
            raise refusal("Q-09", column=min(wanted))
        if None in named:
            self._refuse_group(next(node for node in grouped if self.name_of(node) is None))
        if named != wanted:
            raise refusal("Q-17")

    def _refuse_group(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Column) and self.schema.column(node.name.lower()) is None:
            raise refusal("Q-19") if node.name.lower() == "person" else unknown_column(node.name, self.schema)
        raise refusal("Q-17")


def _grouped(select: exp.Select) -> list[exp.Expr]:
    group = select.args.get("group")
    if group is None:
        return []
    many = any(isinstance(one, exp.Rollup | exp.Cube | exp.GroupingSets) for one in group.expressions)
    if many or any(value for name, value in group.args.items() if name != "expressions"):
        raise refusal(
            "Q-06", thing="ROLLUP, CUBE or ALL in GROUP BY", instead="Name the columns; add up the answer in your notebook: that is free."
        )
    return list(group.expressions)


def _part(node: exp.Expr, schema: TableSchema) -> tuple[Part, Column]:
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        unit = str(node.args.get("unit") or "").strip("'").lower()
        if unit not in {"month", "year"}:
            raise refusal("Q-06", thing="That step of time", instead="Use 'month' or 'year'.")
        part, inner = Part(unit), node.this
    else:
        part, inner = _PARTS.get(type(node), Part.VALUE), node.this if type(node) in _PARTS else node
    while isinstance(inner, exp.Cast | exp.TsOrDsToDate):
        inner = inner.this
    column = column_of(inner, schema)
    if part is not Part.VALUE and column.kind not in {Kind.DATE, Kind.MONTH}:
        raise refusal("Q-06", thing=f"The {part.value} of {column.name}", instead="Only dates and months have one.")
    return part, column


def _domain(column: Column, part: Part, schema: TableSchema) -> Key:
    key = domain_of(schema=schema, column=column.name, part=part)
    wide = column.kind in {Kind.DATE, Kind.NUMBER} and part is Part.VALUE
    if wide or key.size > LARGEST_DOMAIN:
        instead = (
            f"Group by DATE_TRUNC('month', {column.name}) or YEAR({column.name})."
            if column.kind is Kind.DATE
            else "Use it in WHERE, SUM or AVG."
        )
        raise refusal("Q-11", column=column.name, instead=instead)
    return key


def _unknown(node: exp.Expr) -> ResearcherError:
    if isinstance(node, exp.Subquery | exp.Select | exp.Exists):
        return refusal("Q-06", thing="A question inside a question", instead="Ask one question after the other.")
    if isinstance(node, exp.Month):
        return refusal("Q-06", thing="MONTH()", instead="Use DATE_TRUNC('month', column), which keeps the year.")
    if isinstance(node, exp.Func):
        return refusal("Q-06", thing=f"{node.sql_name()}()", instead="Use COUNT, SUM, AVG, YEAR and DATE_TRUNC.")
    return refusal("Q-06", thing="Computing in SELECT", instead="Compute with the answer in your notebook: that is free.")


def _words(alias: str) -> str:
    """What the asker called it, as words."""
    return alias.replace("_", " ")


def _written(node: exp.Expr) -> str:
    return node.sql(normalize=True, comments=False).lower()
