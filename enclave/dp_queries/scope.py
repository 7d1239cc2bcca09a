"""What an SQL name means: public columns of the joined lines, and the chain of derived columns built while reading a question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from enclave.dp_queries.rules import refusal
from enclave.privacy.bounds import interval_of
from enclave.privacy.expression import Constant, Expression, Value
from enclave.privacy.relation import MOST_DERIVED
from enclave.terms.errors import ResearcherError
from enclave.terms.schema import Category, Column, Kind

NEVER_SHOWN = {"person", "rank"}


@dataclass(kw_only=True)
class Scope:
    """``names`` maps (source, SQL name) to a column under the name the heart knows; ``columns`` holds its public bounds."""

    title: str
    row: str
    names: dict[tuple[str, str], Column]
    columns: dict[str, Column]
    derived: list[Expression] = field(default_factory=list)

    def find(self, node: exp.Expr) -> Column:
        """The public column a node names. Raises Q-07, or Q-19 for ``person``."""
        if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
            raise refusal("Q-15")
        name, source = node.name.lower(), node.table.lower()
        if name in NEVER_SHOWN:
            raise refusal("Q-19")
        found = [column for (alias, sql), column in self.names.items() if sql == name and source in {"", alias}]
        if not found:
            raise self.unknown(node.name)
        if len(found) > 1:
            raise refusal("Q-06", thing=f"{name}, which two sources have,", instead="Write the source before it, like a.column.")
        return found[0]

    def unknown(self, name: str) -> ResearcherError:
        """The refusal that lists what there is."""
        columns = ", ".join(dict.fromkeys(sql for _, sql in self.names))
        return refusal("Q-07", column=name[:60], dataset=self.title, columns=columns)

    def derive(
        self,
        expression: Expression,
        *,
        label: str,
        kind: Kind = Kind.INTEGER,
        decimals: int = 0,
        unit: str = "",
        codes: tuple[str, ...] = (),
    ) -> Column:
        """The derived column of an expression, new or known; ``kind``, ``decimals`` and ``codes`` say how people read its integers."""
        if expression not in self.derived:
            self._add(expression)
        facts = self.columns[f"x__{self.derived.index(expression) + 1}"]
        categories = tuple(Category(code=code) for code in codes)
        bounds = (0, 0) if kind in {Kind.CATEGORY, Kind.BOOLEAN} else facts.bounds
        return replace(facts, label=label, kind=kind, decimals=decimals, unit=unit, categories=categories, low=bounds[0], high=bounds[1])

    def _add(self, expression: Expression) -> None:
        if len(self.derived) >= MOST_DERIVED:
            raise refusal("Q-18")
        try:
            facts = interval_of(expression, self.columns)
        except ValueError:
            raise refusal("Q-21") from None
        self.derived.append(expression)
        name = f"x__{len(self.derived)}"
        if name in self.columns:
            raise refusal("Q-18")
        self.columns[name] = Column(name=name, label="", kind=Kind.INTEGER, low=facts.low, high=facts.high, missing=facts.missing)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A number the asker typed, in units of its last decimal."""

    value: int
    decimals: int

    @property
    def label(self) -> str:
        """As typed, near enough."""
        return f"{self.value / 10**self.decimals:g}"


def operand(value: Column | Plain) -> Value | Constant:
    """What an expression reads."""
    return Value(column=value.name) if isinstance(value, Column) else Constant(value=value.value)
