"""HAVING: which lines of an answer are shown, decided on noised values alone. Post-processing: free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from enclave.dp_queries.estimate import Estimate
from enclave.dp_queries.outputs import Output
from enclave.privacy.predicate import Comparison


@dataclass(frozen=True, kw_only=True)
class Test:
    """An output beside a number; where there is no value the test is not passed."""

    __test__ = False  # not one of pytest's

    output: Output
    comparison: Comparison
    value: Fraction


@dataclass(frozen=True, kw_only=True)
class Both:
    """Every part holds, or with ``either`` at least one."""

    parts: tuple[Having, ...]
    either: bool = False


@dataclass(frozen=True, kw_only=True)
class Opposite:
    """The part does not hold."""

    part: Having


Having: TypeAlias = Test | Both | Opposite


def holds(having: Having, read: Callable[[Output], Estimate]) -> bool:
    """Whether a line is shown; ``read`` gives the noised estimate of an output."""
    if isinstance(having, Opposite):
        return not holds(having.part, read)
    if isinstance(having, Both):
        held = [holds(part, read) for part in having.parts]
        return any(held) if having.either else all(held)
    value = read(having.output).value
    return value is not None and compared(having.comparison, Fraction(value), having.value)


def compared(comparison: Comparison, left: Fraction, right: Fraction) -> bool:
    """One comparison of numbers."""
    return {
        Comparison.EQUAL: left == right,
        Comparison.LESS: left < right,
        Comparison.AT_MOST: left <= right,
        Comparison.MORE: left > right,
        Comparison.AT_LEAST: left >= right,
    }[comparison]
