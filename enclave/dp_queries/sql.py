"""From SQL text to a question. sqlglot reads the text; only what is understood node by node passes, everything else is refused by rule.

The text is never executed: what an engine runs is written by the engine from frozen nodes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from enclave.dp_queries.condition import condition, flat
from enclave.dp_queries.having import Both, Having, Opposite, Test
from enclave.dp_queries.keys import narrowed
from enclave.dp_queries.literals import is_literal, plain_number
from enclave.dp_queries.question import Question
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.selection import Selection
from enclave.dp_queries.sources import Sources, dataset_names, is_cohort, sources_of
from enclave.dp_queries.statements import TooMuchWorkError, statements_of
from enclave.dp_queries.values import value_of
from enclave.privacy.aggregate import MOST_CELLS, BoundedAggregate
from enclave.privacy.key import Key
from enclave.privacy.measure import CountPeople
from enclave.privacy.predicate import ALWAYS, All, Comparison, Predicate
from enclave.privacy.quantile import binned
from enclave.privacy.relation import Table
from enclave.terms.names import DatasetName

LONGEST = 10_000

_NOT_YET = {
    "distinct": ("SELECT DISTINCT", "Use GROUP BY, or COUNT(DISTINCT person)."),
    "windows": ("A window", "Use GROUP BY."),
    "qualify": ("QUALIFY", "Use HAVING, or filter the answer in your notebook: that is free."),
    "laterals": ("LATERAL", "Use GROUP BY."),
    "offset": ("OFFSET", "Take what you need of the answer in your notebook: that is free."),
}
_HAVING = "Compare a column of the answer with a number: HAVING COUNT(*) > 100."
_KNOWN = {"kind", "expressions", "from_", "where", "group", "order", "limit", "having", "joins", "with_"}
_COMPARISONS: dict[type[exp.Expr], tuple[Comparison, Comparison]] = {
    exp.EQ: (Comparison.EQUAL, Comparison.EQUAL),
    exp.LT: (Comparison.LESS, Comparison.MORE),
    exp.LTE: (Comparison.AT_MOST, Comparison.AT_LEAST),
    exp.GT: (Comparison.MORE, Comparison.LESS),
    exp.GTE: (Comparison.AT_LEAST, Comparison.AT_MOST),
}


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A question whose datasets are known by name only; ``resolve`` ties it to versions' public schemas. The first is that of FROM."""

    select: exp.Select
    datasets: tuple[DatasetName, ...]


def parse(text: str) -> Parsed:
    """Read the text as far as it can be read without a schema. Raises ``ResearcherError`` by numbered rule."""
    if len(text) > LONGEST:
        raise refusal("Q-01")
    try:
        statements = statements_of(text)
        if len(statements) > 1:
            raise refusal("Q-03")
        if not statements:
            raise refusal("Q-02")
        return _checked(statements[0])
    except (ParseError, TokenError) as error:
        raise refusal("Q-02", where=_place(error)) from None
    except (RecursionError, TooMuchWorkError):
        raise refusal("Q-18") from None


def resolve(parsed: Parsed, tables: Mapping[DatasetName, Table]) -> Question:
    """The question over these tables. Raises ``ResearcherError`` by numbered rule."""
    try:
        return _resolved(parsed.select, sources_of(parsed.select, tables))
    except (RecursionError, ValueError):
        raise refusal("Q-18") from None


def _resolved(select: exp.Select, sources: Sources) -> Question:
    scope = sources.scope()
    tested = select.args.get("where")
    parts = [part for part in flat(tested.this, exp.And) if not is_cohort(part)] if tested else []
    conditions = [condition(part, scope, value_of) for part in [*parts, *sources.conditions]]
    chosen = Selection.of(select, scope, _size(sources))
    having = _having(select.args["having"].this, chosen) if select.args.get("having") else None
    where = _together(conditions)
    keys = tuple(narrowed(key, where) if key.open else key for key in chosen.keys)
    _check_cells(keys, chosen)
    aggregate = BoundedAggregate(
        table=sources.table,
        base=sources.base,
        joins=tuple(sources.joins),
        derived=tuple(scope.derived),
        where=where,
        keys=keys,
        measures=chosen.measuring.measures,
    )
    if chosen.sets and chosen.measuring.quantiles:
        raise refusal("Q-28")
    for quantile in chosen.measuring.quantiles:
        binned(aggregate, quantile)
    if chosen.sets and CountPeople() in aggregate.measures and aggregate.contribution > 1:
        raise refusal("Q-25")
    return Question(
        aggregate=aggregate,
        keys=chosen.shown_keys,
        outputs=chosen.outputs,
        columns=chosen.columns,
        order=chosen.order(select),
        limit=_limit(select),
        having=having,
        sets=chosen.sets,
        quantiles=chosen.measuring.quantiles,
    )


def _check_cells(keys: Sequence[Key], chosen: Selection) -> None:
    """What is too large to show, and what cannot be added up or ranked where only some values are shown."""
    opened = sum(key.open for key in keys)
    if opened > 1 or (opened and (chosen.sets or chosen.measuring.quantiles)):
        raise refusal("Q-31")
    bins = max([1, *(len(quantile.cuts) + 1 for quantile in chosen.measuring.quantiles)])
    cells = bins * math.prod(key.size for key in keys if not key.open)
    if cells > MOST_CELLS:
        raise refusal("Q-13", cells=f"{cells:,}", most=f"{MOST_CELLS:,}")


def _size(sources: Sources) -> int:
    """Declared rows that can enter: an upper bound of what a sum adds up."""
    size = sources.table.schema.size
    for join in sources.joins:
        size *= join.contribution
    return size


def _together(conditions: list[Predicate]) -> Predicate:
    if not conditions:
        return ALWAYS
    return conditions[0] if len(conditions) == 1 else All(parts=tuple(conditions))


def _checked(statement: exp.Expr) -> Parsed:
    if isinstance(statement, exp.Union | exp.Except | exp.Intersect):
        raise refusal("Q-06", thing="Combining questions", instead="Ask one after the other and combine the answers in your notebook.")
    if not isinstance(statement, exp.Select):
        raise refusal("Q-04")
    for part, (thing, instead) in _NOT_YET.items():
        if statement.args.get(part):
            raise refusal("Q-06", thing=thing, instead=instead)
    if any(value and part not in _KNOWN for part, value in statement.args.items()):
        raise refusal(
            "Q-06", thing="A part of this question", instead="Use SELECT, FROM, JOIN, WHERE, GROUP BY, HAVING, ORDER BY and LIMIT."
        )
    return Parsed(select=statement, datasets=dataset_names(statement))


def _having(node: exp.Expr, chosen: Selection) -> Having:
    match node:
        case exp.Paren():
            return _having(node.this, chosen)
        case exp.Not():
            return Opposite(part=_having(node.this, chosen))
        case exp.And() | exp.Or():
            return Both(parts=tuple(_having(part, chosen) for part in flat(node, type(node))), either=isinstance(node, exp.Or))
        case exp.NEQ():
            return Opposite(part=_having(exp.EQ(this=node.this, expression=node.expression), chosen))
        case exp.Binary() if type(node) in _COMPARISONS:
            left, right, place = (node.this, node.expression, 0) if is_literal(node.expression) else (node.expression, node.this, 1)
            if not is_literal(right):
                raise refusal("Q-06", thing="That HAVING", instead=_HAVING)
            number = plain_number(right)
            value = Fraction(number.value, 10**number.decimals)
            return Test(output=chosen.output_of(left), comparison=_COMPARISONS[type(node)][place], value=value)
        case _:
            raise refusal("Q-06", thing="That HAVING", instead=_HAVING)


def _limit(select: exp.Select) -> int | None:
    limit = select.args.get("limit")
    if limit is None:
        return None
    value = limit.args.get("expression")
    if not isinstance(value, exp.Literal) or value.is_string or not value.name.isdigit() or len(value.name) > 9:
        raise refusal("Q-06", thing="That LIMIT", instead="Give a whole number.")
    return int(value.name)


def _place(error: ParseError | TokenError) -> str:
    details = getattr(error, "errors", None) or [{}]
    line, column = details[0].get("line"), details[0].get("col")
    return f" (line {line}, character {column})" if line and column else ""
