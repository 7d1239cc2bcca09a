"""SELECT, GROUP BY, HAVING and ORDER BY: keys over complete public domains, the measures to release, and how the answer is laid out."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from enclave.dp_queries.grouping import groupings_of
from enclave.dp_queries.keys import key_with_face
from enclave.dp_queries.measuring import Measuring
from enclave.dp_queries.outputs import Output
from enclave.dp_queries.question import Order, Shown, ShownKey
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Scope
from enclave.dp_queries.values import value_of
from enclave.privacy.key import Key
from enclave.terms.names import is_slug
from enclave.terms.schema import Column, Kind


@dataclass(kw_only=True)
class Selection:
    """Built while reading the SELECT list from left to right."""

    scope: Scope
    measuring: Measuring
    keys: tuple[Key, ...] = ()
    shown_keys: tuple[ShownKey, ...] = ()
    outputs: tuple[Shown, ...] = ()
    columns: tuple[str, ...] = ()
    sets: tuple[tuple[int, ...], ...] = ()
    _named: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, select: exp.Select, scope: Scope, size: int) -> Selection:
        """Read SELECT and GROUP BY. Raises ``ResearcherError`` by numbered rule."""
        made = cls(scope=scope, measuring=Measuring(scope=scope, size=size))
        for node in select.expressions:
            made._read(node)
        made._check_groups(select.args.get("group"))
        if not made.outputs:
            raise refusal("Q-14")
        return made

    def order(self, select: exp.Select) -> tuple[Order, ...]:
        """ORDER BY: columns of the answer."""
        order, made = select.args.get("order"), []
        for one in order.expressions if order else ():
            name = self.name_of(one.this)
            if name is None:
                raise refusal("Q-06", thing="Sorting by that", instead="Sort by a column of the answer.")
            made.append(Order(name=name, descending=bool(one.args.get("desc"))))
        return tuple(made)

    def name_of(self, node: exp.Expr) -> str | None:
        """The answer's column that an ORDER BY or GROUP BY expression means: by name, by place or written the same way."""
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
            place = int(node.name) if len(node.name) < 4 else 0
            return self.columns[place - 1] if 1 <= place <= len(self.columns) else None
        if isinstance(node, exp.Column) and not node.table and node.name.lower() in self.columns:
            return node.name.lower()
        return self._named.get(_written(node))

    def output_of(self, node: exp.Expr) -> Output:
        """What HAVING compares: an output by name, or an aggregate, which is then measured too."""
        name = self.name_of(node)
        found = next((shown.output for shown in self.outputs if shown.name == name), None)
        if found is None and name is not None:
            raise refusal("Q-06", thing="HAVING on a group", instead="Put conditions on columns into WHERE.")
        return found if found is not None else self.measuring.read(node).output

    def _read(self, node: exp.Expr) -> None:
        alias = node.alias.lower() if isinstance(node, exp.Alias) else ""
        inner = node.this if isinstance(node, exp.Alias) else node
        if isinstance(inner, exp.Star) or (isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star)):
            raise refusal("Q-05")
        if alias and not is_slug(alias):
            raise refusal("Q-06", thing="That name for a column", instead="Use lower-case letters, digits and underscores.")
        name = self._measure(inner, alias) if inner.find(exp.AggFunc) else self._key(inner, alias)
        self.columns += (name,)
        self._named[_written(inner)] = name

    def _key(self, node: exp.Expr, alias: str) -> str:
        column = value_of(node, self.scope)
        if not isinstance(column, Column):
            raise refusal("Q-06", thing="A column of one number", instead="Leave it out.")
        key, face = key_with_face(column, self.scope)
        sql = next((sql for (_, sql), known in self.scope.names.items() if known.name == column.name), "")
        name = self._free(alias or sql or _plain_name(node))
        unit = column.kind.value if column.kind in {Kind.MONTH, Kind.DATE} else column.unit if column.unit == "year" else ""
        labels = tuple((category.code, category.label) for category in column.categories if category.label)
        self.keys += (key,)
        label = alias.replace("_", " ") or column.label
        self.shown_keys += (ShownKey(name=name, label=label, unit=unit, face=face, labels=labels),)
        return name

    def _measure(self, node: exp.Expr, alias: str) -> str:
        read = self.measuring.read(node)
        name = self._free(alias or read.name)
        self.outputs += (Shown(name=name, label=alias.replace("_", " ") or read.label, unit=read.unit, output=read.output),)
        return name

    def _free(self, name: str) -> str:
        if name in self.columns:
            raise refusal("Q-06", thing=f"Two columns called {name}", instead="Give one of them another name with AS.")
        return name

    def _check_groups(self, group: exp.Group | None) -> None:
        names, sets = groupings_of(group, self._group_name)
        wanted = [key.name for key in self.shown_keys]
        if not names and wanted:
            raise refusal("Q-09", column=wanted[0])
        if set(names) != set(wanted):
            raise refusal("Q-17")
        places = [tuple(sorted(wanted.index(name) for name in one)) for one in sets]
        self.sets = tuple(dict.fromkeys(places)) if len(places) > 1 else ()

    def _group_name(self, node: exp.Expr) -> str:
        name = self.name_of(node)
        if name is None and isinstance(node, exp.Column):
            self.scope.find(node)
        if name is None:
            raise refusal("Q-17")
        return name


def _plain_name(node: exp.Expr) -> str:
    """A name for a computed key: the first column it reads and what is done with it."""
    column = node.find(exp.Column)
    part = {"timestamptrunc": "date", "datetrunc": "date"}.get(node.key, node.key)
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        part = str(node.args.get("unit") or "").strip("'").lower()
    made = f"{column.name.lower()}_{part}" if column is not None else part
    return made if is_slug(made) else "group_key"


def _written(node: exp.Expr) -> str:
    return node.sql(normalize=True, comments=False).lower()
