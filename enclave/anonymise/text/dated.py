"""Full dates (day, month and year) in figures and words, and parts of one after words like "born". A bare month or year stays."""

from __future__ import annotations

import re

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.calendar import MONTHS, ORDINALS, is_day
from enclave.anonymise.text.rule import Rule, compiled

_MONTH = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS if month != "may") + r"|may|sept)"
_ORDINAL = "(?:" + "|".join(sorted((word.replace("-", "[ -]?") for word in ORDINALS), key=len, reverse=True)) + ")"
_DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01]) ?(?:st|nd|rd|th)?|{_ORDINAL})"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_BELOW = rf"(?:(?:{_TENS})(?:[ -](?:{_UNITS}))?|{_TEENS}|o[h']? ?(?:{_UNITS})|(?:{_UNITS}))"
_YEAR = rf"(?:'?\d{{4}}|'?\d\d(?![\d:])|nineteen (?:hundred(?: and)? )?{_BELOW}|two thousand(?: and)?(?: {_BELOW})?|twenty[ -]{_BELOW})"
# A month counts with a digit, an ordinal or a year in words close by.
_MONTH_GATE = (
    r"(?:\d|th|st|nd|rd|first|second|third|fifth|eighth|ninth|twelfth|nineteen|two thousand|twenty)[a-z]{0,2}[^a-z0-9]{0,4}(?:day )?(?:of )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[^a-z0-9]{0,3}(?:the )?"
    r"(?:\d|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|ten|eleven|twel|thirt|fourt|fift|sixt|sevent|eight|ninet|twent)"
)
_GAP = r"[ .,\-/]{0,3}"
_BORN = (
    r"\b(?:d\.? ?o\.? ?b\.?|date of birth|birth ?date|birthday|born)(?: (?:is|on|in|the|was|date))*[ :=.,-]{0,3}(?:(?:on|in) )?(?:the )?"
)


def _is_date(match: re.Match[str]) -> bool:
    a, b, c = (int(match[name]) for name in "abc")
    return is_day(c, b, a) or is_day(c, a, b) or is_day(a, b, c)


def _is_run(match: re.Match[str]) -> bool:
    """Eight digits: day, month, year or the other way, of this or the last century."""
    run = match.group()
    forms = ((run[4:], run[2:4], run[:2]), (run[4:], run[:2], run[2:4]), (run[:4], run[4:6], run[6:]))
    return any(1900 <= int(year) <= 2100 and is_day(int(year), int(month), int(day)) for year, month, day in forms)


RULES: tuple[Rule, ...] = (
    Rule(
        entity=Entity.DATE, score=0.6, check=_is_date,
        pattern=compiled(r"(?<![\d./-])(?P<a>\d{1,2})(?P<s> ?[/.\-] ?| )(?P<b>\d{1,2})(?P=s)'?(?P<c>\d{4}|\d{2})(?![\d/-]|\.\d)"),
        gate=r"\d{1,2} ?[/.\- ] ?\d{1,2} ?[/.\- ] ?'?\d{2}", reach=(24, 8),
    ),
    Rule(
        entity=Entity.DATE, score=0.6, check=_is_date,
        pattern=compiled(
            r"(?<![\d./-])(?P<a>(?:18|19|20)\d\d)[/.\- ](?P<b>\d{1,2})[/.\- ](?P<c>\d{1,2})"
            r"(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?Z?)?(?![\d/-])"
        ),
        gate=r"\d{4}[/.\- ]\d{1,2}[/.\- ]\d", reach=(16, 24),
    ),
    Rule(entity=Entity.DATE, pattern=compiled(r"(?<![\d.,/-])\d{8}(?![\d.,/-]\d|\d)"), score=0.4, check=_is_run, gate=r"\d{8}", reach=(12, 4)),
    Rule(
        entity=Entity.DATE, score=0.6, pattern=compiled(rf"(?<![\w]){_DAY}{_GAP}(?:day )?(?:of )?{_MONTH}{_GAP}(?:in )?{_YEAR}(?!\w)"),
        gate=_MONTH_GATE, reach=(48, 48),
    ),
    Rule(
        entity=Entity.DATE, score=0.6, pattern=compiled(rf"(?<!\w){_MONTH}{_GAP}(?:the )?{_DAY}[ .,\-/]{{1,3}}(?:in )?{_YEAR}(?!\w)"),
        gate=_MONTH_GATE, reach=(48, 48),
    ),
    Rule(
        entity=Entity.DATE, score=0.6,
        pattern=compiled(rf"(?<!\d)(?:18|19|20)\d\d{_GAP}{_MONTH}{_GAP}\d{{1,2}}(?!\w)"),
        gate=r"\d{4}[ .,\-/]{0,3}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", reach=(12, 20),
    ),
    Rule(
        entity=Entity.DATE, score=0.6,
        pattern=compiled(
            rf"{_BORN}(?P<x>{_DAY}{_GAP}(?:day )?(?:of )?{_MONTH}(?:{_GAP}{_YEAR})?|{_MONTH}{_GAP}(?:{_DAY}|{_YEAR})(?:{_GAP}{_YEAR})?"
            r"|\d{1,2}[/.\- ]\d{1,4}(?:[/.\- ]\d{2,4})?|\d{6,8})(?!\w)"
        ),
        gate=r"\bd\.? ?o\.? ?b|birth|\bborn", reach=(20, 100),
    ),
)  # fmt: skip
