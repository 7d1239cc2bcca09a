"""What each column of a table is: labels, counts, shares, other measures, or whole numbers that could be counts.

Headings are hints, not proof: a number that nothing explains counts as a count, so that leaving the heading out gains nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from enclave.egress_review.checks.cells import Number, number
from enclave.egress_review.checks.table import Table
from enclave.egress_review.checks.words import listed


class Kind(StrEnum):
    """What the numbers of a column are."""

    LABEL = "label"
    COUNT = "count"
    SHARE = "share"
    MEASURE = "measure"
    UNKNOWN = "unknown"


COUNT_WORDS = listed(
    "n count counts freq freqs frequency frequencies number num cases case people persons patients pupils children victims offenders "
    "suspects crimes incidents events offences attendances admissions contacts records rows obs observations households deaths births "
    "users respondents participants base denominator denom numerator sample"
)
TOTAL_WORDS = listed("total totals all grand overall sum")
SHARE_WORDS = listed("pct percent percentage perc share proportion prop fraction")
MEASURE_WORDS = listed(
    "mean avg average median sd std stdev stderr se sem err error var variance pvalue pval coef coefficient coefficients estimate beta "
    "odds ratio rr irr ci lower upper lci uci lcl ucl min max minimum maximum percentile quantile iqr rate rates score margin halfwidth "
    "lat lon latitude longitude weight auc accuracy precision recall skew kurtosis df dof rho epsilon"
)
# Alone in front of a number these say that it is none of a group's; as a heading they could be the name of a group.
_STATISTIC_WORDS = listed("of the p value model aic bic log likelihood r squared adj pseudo statistic chi no iterations")
_PLAIN_STATISTICS = listed("mean avg average median sd std stdev stderr se sem variance iqr skew kurtosis auc aic bic rsquared")
KEY_WORDS = listed(
    "year yr month mon week weekday dow day date hour time quarter qtr period age ageband band decile quintile quartile rank order code "
    "wave lag bin step from to start end grade cluster iteration fold draw degree"
)
_WORD = re.compile(r"[a-z]+|[0-9]+|%|±")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column with its numbers (``None`` where a cell writes none). ``whole``: all of them are whole and none is negative."""

    index: int
    kind: Kind
    words: frozenset[str]
    numbers: tuple[Number | None, ...]
    whole: bool


def words_of(text: str) -> frozenset[str]:
    """The words of a heading or label: ``n_noisy``, ``nNoisy`` and ``N (noisy)`` have the same."""
    return frozenset(_WORD.findall(_CAMEL.sub(" ", text).lower()))


def columns_of(table: Table) -> tuple[Column, ...]:
    """Every column with its kind."""
    return tuple(_column(table, index) for index in range(table.width))


def says_count(label: str) -> bool:
    """Whether a heading or label announces a count and nothing else: ``n``, ``No. Observations:``, ``Total``; not ``mean count``."""
    words = words_of(label)
    if words & (MEASURE_WORDS | SHARE_WORDS | {"%", "±"}):
        return False
    return bool(words & COUNT_WORDS) or (bool(words) and words <= TOTAL_WORDS)


def says_measure(label: str) -> bool:
    """Whether a label consists of nothing but words for statistics: ``mean``, ``Df Model:``. Not ``lower``, which could be a group."""
    words = {word for word in words_of(label) if word.isalpha()}
    if label.rstrip().endswith(":"):
        return bool(words & MEASURE_WORDS) and words <= MEASURE_WORDS | _STATISTIC_WORDS
    return bool(words) and words <= _PLAIN_STATISTICS


def _column(table: Table, index: int) -> Column:
    numbers = tuple(number(cell) for cell in table.column(index))
    known = [one for one in numbers if one is not None]
    return Column(
        index=index,
        kind=_kind(table, index, numbers, known),
        words=words_of(table.headings[index]),
        numbers=numbers,
        whole=all(one.whole and one.value >= 0 for one in known),
    )


def _kind(table: Table, index: int, numbers: tuple[Number | None, ...], known: list[Number]) -> Kind:
    heading, words = table.headings[index], words_of(table.headings[index])
    if says_count(heading):
        return Kind.COUNT
    if not known:
        return Kind.LABEL
    if (words & (SHARE_WORDS | {"%"}) or all(one.percent for one in known)) and all(abs(one.value) <= 100 for one in known):
        return Kind.SHARE
    if words & (MEASURE_WORDS | {"±"}):
        return Kind.MEASURE
    if words & KEY_WORDS or (index == 0 and table.width > 1 and _is_scale(numbers)):
        return Kind.LABEL
    return Kind.UNKNOWN


def _is_scale(numbers: tuple[Number | None, ...]) -> bool:
    """Evenly spaced whole numbers down the first column: an index, years, bins."""
    values = [one.value for one in numbers if one is not None and one.whole]
    return len(values) == len(numbers) and is_evenly_spaced(values)


def is_evenly_spaced(values: list[Decimal]) -> bool:
    """Whether numbers go up in equal steps; two alone only by one, for any two numbers have one step."""
    steps = {later - earlier for earlier, later in pairwise(values)}
    return len(steps) == 1 and (steps == {1} or (len(values) > 2 and min(steps) > 0))
