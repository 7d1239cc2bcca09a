"""Cells of a CSV file as a spreadsheet will read them: text that would be a formula is made plain text first (OWASP, "CSV Injection")."""

from __future__ import annotations

import re
from typing import TypeVar

T = TypeVar("T")
# Spreadsheets start a formula at these, also in full width, and after white space.
_FORMULA = re.compile(r"[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def inert(cell: T) -> T | str:
    """The cell, with an apostrophe before text that a spreadsheet would run. Numbers, and text that is only a number, stay as they are."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
