"""What can be grouped by: columns with a short, complete, public list of values."""

from __future__ import annotations

from enclave.dp_queries.question import Face
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Scope
from enclave.privacy.expression import Arithmetic, Constant, Operation, Value
from enclave.privacy.key import Key, key_of
from enclave.terms.schema import Column, Kind

LARGEST_DOMAIN = 2_000


def key_with_face(column: Column, scope: Scope) -> tuple[Key, Face]:
    """The key of a column, and how its integers are read. Raises Q-11.

    ``FLOOR(cost / 100) * 100`` groups by the whole number before the last product, so that values nobody can have make no empty groups.
    """
    if column.kind is Kind.DATE:
        raise refusal("Q-11", column=column.label or column.name, instead="Group by DATE_TRUNC('month', …), QUARTER(…) or YEAR(…) of it.")
    if column.decimals:
        raise refusal("Q-11", column=column.label or column.name, instead="Group by FLOOR(column / 100), or use it in WHERE, SUM or AVG.")
    step, inner = _steps(column, scope)
    key = key_of(scope.columns[inner])
    if key.size > LARGEST_DOMAIN:
        raise refusal("Q-11", column=column.label or column.name, instead="Group by wider bins: FLOOR(column / 100).")
    return key, Face(column=column, step=step)


def _steps(column: Column, scope: Scope) -> tuple[int, str]:
    if not column.name.startswith("x__"):
        return 1, column.name
    match scope.derived[int(column.name.removeprefix("x__")) - 1]:
        case Arithmetic(operation=Operation.MULTIPLY, left=Value(column=inner), right=Constant(value=step)) if step > 1:
            return step, inner
        case Arithmetic(operation=Operation.MULTIPLY, left=Constant(value=step), right=Value(column=inner)) if step > 1:
            return step, inner
        case _:
            return 1, column.name


def shown_value(face: Face, value: int) -> str | int | float | bool:
    """What people read for a key's integer."""
    return face.column.shown(value * face.step)
