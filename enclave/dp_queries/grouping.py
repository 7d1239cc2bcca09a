"""GROUP BY with ROLLUP, CUBE and GROUPING SETS: which groupings are shown. The finest is measured, the others are added up from it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from sqlglot import exp

from enclave.dp_queries.rules import refusal

MOST_SETS = 64
Names = tuple[str, ...]


def groupings_of(group: exp.Group | None, name_of: Callable[[exp.Expr], str]) -> tuple[Names, list[Names]]:
    """Every key that is named, and the sets of keys that are shown; ``name_of`` finds the key an expression means."""
    if group is None:
        return (), [()]
    if any(value for name, value in group.args.items() if name != "expressions"):
        raise refusal("Q-06", thing="That GROUP BY", instead="Name the columns, or use ROLLUP or CUBE.")
    parts = [_part(node, name_of) for node in group.expressions]
    if _count(parts) > MOST_SETS:
        raise refusal("Q-18")
    sets = [tuple(dict.fromkeys(itertools.chain(*chosen))) for chosen in itertools.product(*parts)]
    return tuple(dict.fromkeys(itertools.chain(*sets))), sets


def _part(node: exp.Expr, name_of: Callable[[exp.Expr], str]) -> list[Names]:
    if isinstance(node, exp.Rollup):
        names = _names(node.expressions, name_of)
        return [names[:length] for length in range(len(names), -1, -1)]
    if isinstance(node, exp.Cube):
        names = _names(node.expressions, name_of)
        return [chosen for length in range(len(names), -1, -1) for chosen in itertools.combinations(names, length)]
    if isinstance(node, exp.GroupingSets):
        return [_names(_members(one), name_of) for one in node.expressions]
    return [(name_of(node),)]


def _members(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Tuple):
        return list(node.expressions)
    return [node.this if isinstance(node, exp.Paren) else node]


def _names(nodes: list[exp.Expr], name_of: Callable[[exp.Expr], str]) -> Names:
    if len(nodes) > 6:
        raise refusal("Q-18")
    return tuple(name_of(node) for node in nodes)


def _count(parts: list[list[Names]]) -> int:
    total = 1
    for part in parts:
        total *= len(part)
    return total
