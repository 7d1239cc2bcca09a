"""Text to sqlglot's statements, in bounded work.

sqlglot tries one reading and goes back for another, and for some texts every attempt doubles the next: ``FROM a JOIN a JOIN a …`` of twenty-two
tables takes it more than eight seconds, of sixty longer than anyone lives, and nothing else runs in this process meanwhile. What we accept is
read straight through (measured: 1.0 to 1.5 steps a token).
"""

from __future__ import annotations

import logging

import sqlglot
from sqlglot import exp
from sqlglot.parser import Parser

STEPS_A_TOKEN = 20

# Its warnings quote the text: what people ask is theirs and has no business in a log.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL + 1)


class TooMuchWorkError(Exception):
    """The text was not read to its end within the work allowed."""


class _Bounded(Parser):
    """Counts how often the parser moves on or goes back."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self._left = most

    def _advance(self, times: int = 1) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooMuchWorkError
        super()._advance(times)


def statements_of(text: str) -> list[exp.Expr]:
    """The statements of the text. Raises ``ParseError``, ``TokenError``, ``RecursionError`` or ``TooMuchWorkError``."""
    tokens = sqlglot.tokenize(text)
    read = _Bounded(most=1_000 + STEPS_A_TOKEN * len(tokens)).parse(tokens, text)
    return [statement for statement in read if statement is not None]
