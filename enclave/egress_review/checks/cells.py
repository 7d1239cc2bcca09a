"""One cell: the number it writes, or the counts it writes among words. A mark, a unit or a spelled-out word must not hide a count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from enclave.egress_review.checks.words import listed

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_MARKS = "*†‡#^ \t'"
_MONEY = "£$€"
_UNITS = "people|persons?|patients?|pupils?|victims?|offenders?|children|individuals?|respondents?|participants?"
_N_IS = re.compile(r"\bn\s*[=:]\s*(\d[\d,]*)", re.IGNORECASE)
_UNITS_OF = re.compile(rf"(?:\b([A-Za-z]+)[^A-Za-z\d]{{1,3}})?(?<![\d.,/-])(\d[\d,]*)\s+(?:{_UNITS})\b", re.IGNORECASE)
# "Table 2 Patients by area", "year 7 pupils", "fewer than 5 people": the number is a name or a bound.
_NO_COUNT_AFTER = listed(
    "table figure fig section chapter part step year yr stage ward area zone group type phase tier level no number version page appendix "
    "study cohort quarter band quintile decile class model wave age aged than under over least most below above about"
)
_COUNT_FIRST = re.compile(r"(\d[\d,]*)\s*(?:[(\[]\s*[<>~]?\s*[\d.,]+\s*%?\s*[)\]]|±.*|/\s*\d+|(?:out )?of\s+\d+.*|cases?)")
_SPELLED = {
    word: number for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1)
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: its value, how many decimals stand there, and whether a percent sign does."""

    value: Decimal
    decimals: int
    percent: bool

    @property
    def whole(self) -> bool:
        """Whether it is a whole number, also when written 4.0."""
        return self.value == self.value.to_integral_value()


def number(cell: str) -> Number | None:
    """The number a folded cell writes, with thousands separators, money and footnote marks; ``None`` for anything else."""
    text = cell.strip(_MARKS + _MONEY)
    percent = text.endswith("%")
    text = text.removesuffix("%").rstrip()
    if _THOUSANDS.fullmatch(text):
        plain = text.replace(",", "").replace(" ", "")
    elif _PLAIN.fullmatch(text):
        plain = text.replace(",", ".")
    else:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    mantissa = re.split("[eE]", plain)[0]
    return Number(value=value, decimals=len(mantissa.partition(".")[2]), percent=percent)


def counts_in_words(text: str) -> list[int]:
    """Counts among words: ``n=4``, ``only 4 people``."""
    found = _N_IS.findall(text)
    found += [digits for before, digits in _UNITS_OF.findall(text) if before.lower() not in _NO_COUNT_AFTER]
    return [_whole(digits) for digits in found]


def count_first(cell: str) -> list[int]:
    """The count that a cell starts with before it says more: ``4 (2.1%)``, ``4/120``, ``4 of 120``."""
    match = _COUNT_FIRST.fullmatch(cell.strip())
    return [_whole(match.group(1))] if match else []


def _whole(digits: str) -> int:
    return int(digits.replace(",", "")[:18])


def spelled(cell: str) -> int | None:
    """``four`` is four."""
    return _SPELLED.get(cell.strip().lower())
