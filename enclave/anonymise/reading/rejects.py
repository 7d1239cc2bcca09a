"""Rows that are left out because they cannot be read: counted by rule, the first of each with its line. Never a value.

Which damage costs a row and which the whole file (ADR 0008): a row is lost where the rows around it are certain all the same. Where it is
the header, the encoding or the end of the file that cannot be trusted, nothing of the file can, and it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from enclave.anonymise.reading.facts import count_of
from enclave.anonymise.refusal import Refusal
from enclave.terms.canonical import Json

FIRST = 200  # named one by one, of each rule
RULES_OF_ROWS = ("U-03", "U-04", "U-07", "U-09", "U-10", "U-11", "U-19", "U-24")


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One rejected row: ``column`` is the place of the cell at fault, 0 where the row as a whole is."""

    why: Refusal
    column: int = 0

    def as_wire(self) -> dict[str, Json]:
        """The stored form, and the form in which the jail says it."""
        return {**self.why.as_wire(), "column": self.column}

    @classmethod
    def from_wire(cls, body: Json) -> Rejected:
        """Rebuild one. Raises ``ValueError`` or ``KeyError`` where it is not made of our rules and numbers."""
        why = Refusal.from_wire(body)
        if not isinstance(body, dict) or why.rule not in RULES_OF_ROWS or not why.line:
            raise ValueError("not a rejected row")
        return cls(why=why, column=count_of(body["column"]))


@dataclass(kw_only=True)
class Rejects:
    """All rejected rows of a file, by rule."""

    counts: dict[str, int] = field(default_factory=dict)
    first: list[Rejected] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many."""
        return sum(self.counts.values())

    def add(self, rule: str, line: int, *, column: int = 0, **counts: int | str) -> None:
        """One more row."""
        self.counts[rule] = self.counts.get(rule, 0) + 1
        if self.counts[rule] <= FIRST:
            self.first.append(Rejected(why=Refusal(rule=rule, line=line, counts=tuple(counts.items())), column=column))

    def as_json(self) -> dict[str, Json]:
        """The stored form, and the form in which the jail says it."""
        return {"rows": self.rows, "counts": dict(sorted(self.counts.items())), "first": [one.as_wire() for one in self.first]}

    @classmethod
    def from_json(cls, body: Json) -> Rejects:
        """Rebuild them. Raises ``ValueError`` or ``KeyError`` where they contradict themselves or are not made of rules and numbers."""
        if not isinstance(body, dict) or not isinstance(counts := body["counts"], dict) or not isinstance(first := body["first"], list):
            raise ValueError("not rejected rows")
        made = cls(counts={rule: count_of(count) for rule, count in counts.items()}, first=[Rejected.from_wire(one) for one in first])
        named = _tally(one.why.rule for one in made.first)
        if any(named.get(rule) != min(count, FIRST) for rule, count in made.counts.items()) or set(named) - set(made.counts):
            raise ValueError("rejected rows that do not add up")
        return made


def _tally(rules: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for rule in rules:
        found[rule] = found.get(rule, 0) + 1
    return found
