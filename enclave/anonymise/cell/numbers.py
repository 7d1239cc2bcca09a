"""Numbers as people write them, in units of a column's last decimal. Exact: no float is ever involved."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal

# At most 18 digits and two of exponent: beyond that a Decimal's arithmetic, not its value, would be the attack.
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})?(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?")


def number(text: str, decimals: int) -> int | None:
    """The number, halves to even; ``None`` for no number."""
    return to_step(text, decimals, 1)


def whole_below(text: str) -> int | None:
    """The greatest whole number that is not above it: 17.9 years are 17."""
    found = _decimal(text)
    return None if found is None else int(found.to_integral_value(ROUND_FLOOR))


def to_step(text: str, decimals: int, step: int) -> int | None:
    """The nearest multiple of ``step`` (in units of the last decimal), halves to the even multiple. Rounded once, from what is written."""
    found = _decimal(text)
    if found is None:
        return None
    # As a fraction: a Decimal's arithmetic keeps 28 digits, so a long tail could be rounded onto the half first.
    top, bottom = found.as_integer_ratio()
    below, rest = divmod(top * int(10**decimals), bottom * step)
    twice = 2 * rest - bottom * step
    return (below + (twice > 0 or (twice == 0 and below % 2 == 1))) * step


def _decimal(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text) or not any(char.isdigit() for char in text.lower().partition("e")[0]):
        return None
    return Decimal(text.replace(",", ""))
