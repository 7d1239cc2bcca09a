"""From SQL text to a question. sqlglot reads the text; only what is understood node by node passes, everything else is refused by rule.

The text is never executed: what an engine runs is written by the engine from frozen nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from enclave.dp_queries.condition import condition
from enclave.dp_queries.question import Order, Question
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.selection import Selection
from enclave.dp_queries.statements import TooMuchWorkError, statements_of
from enclave.privacy.aggregate import MOST_CELLS, BoundedAggregate, Table
from enclave.terms.names import DatasetName

LONGEST = 10_000

_NOT_YET = {
    "with_": ("WITH", "Ask one question after the other."),
    "joins": ("A join", "Ask about one dataset at a time."),
    "having": ("HAVING", "Filter the answer in your notebook: that is free."),
    "distinct": ("SELECT DISTINCT", "Use GROUP BY, or COUNT(DISTINCT person)."),
    "windows": ("A window", "Use GROUP BY."),
    "qualify": ("QUALIFY", "Filter the answer in your notebook: that is free."),
    "laterals": ("LATERAL", "Use GROUP BY."),
    "offset": ("OFFSET", "Take what you need of the answer in your notebook: that is free."),
}
_KNOWN = {"kind", "expressions", "from_", "where", "group", "order", "limit"}


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A question whose dataset is known by name only; ``resolve`` ties it to a version's public schema."""

    select: exp.Select
    dataset: DatasetName


def parse(text: str) -> Parsed:
    """Read the text as far as it can be read without a schema. Raises ``ResearcherError`` by numbered rule."""
    if len(text) > LONGEST:
        raise refusal("Q-01")
    try:
        statements = statements_of(text)
    except (ParseError, TokenError) as error:
        raise refusal("Q-02", where=_place(error)) from None
    except (RecursionError, TooMuchWorkError):
        raise refusal("Q-18") from None
    if len(statements) > 1:
        raise refusal("Q-03")
    if not statements:
        raise refusal("Q-02")
    return _checked(statements[0])


def resolve(parsed: Parsed, table: Table) -> Question:
    """The question over this table. Raises ``ResearcherError`` by numbered rule."""
    select = parsed.select
    chosen = Selection.of(select, table.schema)
    where = select.args.get("where")
    try:
        predicate = condition(where.this if where else None, table.schema)
        if chosen.cells > MOST_CELLS:
            raise refusal("Q-13", cells=f"{chosen.cells:,}", most=f"{MOST_CELLS:,}")
        aggregate = BoundedAggregate(table=table, where=predicate, keys=chosen.keys, measures=chosen.measures)
    except RecursionError:
        raise refusal("Q-18") from None
    except ValueError:
        raise refusal("Q-18") from None
    return Question(
        aggregate=aggregate,
        keys=chosen.shown_keys,
        outputs=chosen.outputs,
        columns=chosen.columns,
        order=_order(select, chosen),
        limit=_limit(select),
    )


def _checked(statement: exp.Expr) -> Parsed:
    if isinstance(statement, exp.Union | exp.Except | exp.Intersect):
        raise refusal("Q-06", thing="Combining questions", instead="Ask one after the other and combine the answers in your notebook.")
    if not isinstance(statement, exp.Select):
        raise refusal("Q-04")
    for part, (thing, instead) in _NOT_YET.items():
        if statement.args.get(part):
            raise refusal("Q-06", thing=thing, instead=instead)
    unknown = [part for part, value in statement.args.items() if value and part not in _KNOWN]
    if unknown:
        raise refusal("Q-06", thing="A part of this question", instead="Use SELECT, FROM, WHERE, GROUP BY, ORDER BY and LIMIT only.")
    return Parsed(select=statement, dataset=_dataset(statement))


def _dataset(select: exp.Select) -> DatasetName:
    source = select.args.get("from_")
    table = source.this if source else None
    if not isinstance(table, exp.Table) or table.args.get("catalog") or table.args.get("joins"):
        raise refusal("Q-08")
    try:
        return DatasetName(agency=table.db.lower(), dataset=table.name.lower())
    except ValueError:
        raise refusal("Q-08") from None


def _order(select: exp.Select, chosen: Selection) -> tuple[Order, ...]:
    order = select.args.get("order")
    made = []
    for one in order.expressions if order else ():
        name = chosen.name_of(one.this)
        if name is None:
            raise refusal("Q-06", thing="Sorting by that", instead="Sort by a column of the answer.")
        made.append(Order(name=name, descending=bool(one.args.get("desc"))))
    return tuple(made)


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
