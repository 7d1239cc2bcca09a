"""The classes of all columns of a file: each by itself first, then what its neighbours say of it.

A column called just "name" is a person's beside a date of birth and an organisation's elsewhere; a point on the map is a home beside
somebody's name; dates that span lifetimes, in a file about people that has no other date of birth, are dates of birth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from enclave.anonymise.column_class import ColumnClass
from enclave.anonymise.columns.classify import Classified, classified, classify_alone
from enclave.anonymise.columns.column_names import ADDRESS_LINE, BARE_ACCOUNT, BARE_NAME, CODE, NAMES
from enclave.anonymise.columns.header_words import spelled
from enclave.anonymise.entities import Shape
from enclave.anonymise.reading.facts import ColumnFacts

_K = ColumnClass
_Kinds = frozenset[ColumnClass]
_PERSONAL = frozenset(
    {_K.FORENAME, _K.SURNAME, _K.FULL_NAME, _K.BIRTH_DATE, _K.NHS_NUMBER, _K.NINO, _K.UPN, _K.ADDRESS, _K.EMAIL, _K.PHONE}
)
_PEOPLES_NAMES = frozenset({_K.FORENAME, _K.SURNAME, _K.FULL_NAME})
_EVENT = re.compile(
    r" (event|admission|discharge|start|end|stop|from|to|arriv\w*|attend\w*|visit|appointment|referral|contact|incident|offence|arrest|charge|"
    r"review|assessment|registered|created|updated|recorded|reported|expiry|issued?) "
)


def classify(columns: Sequence[ColumnFacts]) -> list[Classified]:
    """The class of every column of one file."""
    found = [classify_alone(facts) for facts in columns]
    if is_statistics(found):
        return [_statistic(one) for one in found]
    kinds = frozenset(one.kind for one in found)
    return [_beside(one, kinds) for one in found]


def _beside(one: Classified, kinds: _Kinds) -> Classified:
    header = spelled(one.facts.header)
    for fits, kind, reason in _NEIGHBOURS:
        if fits(one, header, kinds):
            return classified(one.facts, kind, reason)
    return one


def _bare_name(one: Classified, header: str, kinds: _Kinds) -> bool:
    return one.kind in {_K.CATEGORY, _K.FREE_TEXT} and BARE_NAME.search(header) is not None and bool(kinds & _PERSONAL)


def _address_line(one: Classified, header: str, kinds: _Kinds) -> bool:
    return one.kind in {_K.CATEGORY, _K.FREE_TEXT} and ADDRESS_LINE.search(header) is not None and bool(kinds & (_PERSONAL | {_K.POSTCODE}))


def _bare_account(one: Classified, header: str, kinds: _Kinds) -> bool:
    return BARE_ACCOUNT.search(header) is not None and one.facts.longest >= 6 and bool(kinds & {_K.BANK_DETAILS, *_PERSONAL})


def _lifetimes(one: Classified, header: str, kinds: _Kinds) -> bool:
    """Dates that fall in six decades or more, in a file that names people and has no date of birth."""
    spread = sum(count >= 0.03 * one.facts.filled for count in one.facts.decades.values())
    told = _K.BIRTH_DATE in kinds or _EVENT.search(header) is not None
    return one.kind is _K.EVENT_DATE and spread >= 6 and not told and bool(kinds & _PEOPLES_NAMES)


def _far_from_anyone(one: Classified, _header: str, kinds: _Kinds) -> bool:
    return one.kind is _K.COORDINATES and not kinds & _PERSONAL


_NEIGHBOURS: tuple[tuple[Callable[[Classified, str, _Kinds], bool], ColumnClass, str], ...] = (
    (_bare_name, _K.FULL_NAME, "A name beside other details of a person."),
    (_address_line, _K.ADDRESS, "A line of an address beside other details of a person."),
    (_bare_account, _K.BANK_DETAILS, "An account beside other details of a person."),
    (_lifetimes, _K.BIRTH_DATE, "Dates that span lifetimes, in a file that names people and has no other date of birth."),
    (_far_from_anyone, _K.GEOGRAPHY, "A point on the map, with nobody's details beside it."),
)


# Statistics about areas --------------------------------------------------------------------------------------------------------------

# What the Department for Education's and others' published tables are made of.
_LAYOUT = ({" time period ", " time identifier "}, {" geographic level "})
NOTE = (
    "This looks like published statistics about areas or organisations: every row is a count, not a person. It can be published as it is,"
    " with one protected row at a time, but nobody can be found or linked in it."
)


def is_statistics(found: Sequence[Classified]) -> bool:
    """Whether the rows are areas and their counts and not people: by the columns of official tables, or by their suppression marks."""
    headers = {spelled(one.facts.header) for one in found}
    if all(headers & names for names in _LAYOUT):
        return True
    kinds = {one.kind for one in found}
    marked = [one for one in found if one.facts.share(Shape.SUPPRESSED) >= 0.02 and one.facts.share(Shape.DECIMAL) >= 0.3]
    return len(marked) >= 2 and _K.GEOGRAPHY in kinds and not kinds & _PERSONAL


def _statistic(one: Classified) -> Classified:
    """A column of numbers with suppression marks is a measure, however few different numbers it has."""
    facts, header = one.facts, spelled(one.facts.header)
    numbers = facts.share(Shape.DECIMAL)
    told = CODE.search(header) or NAMES[_K.GEOGRAPHY].search(header) or re.search(r" (time|year|period|urn|laestab) ", header)
    if one.kind is _K.CATEGORY and not told and numbers > 0.1 and numbers + facts.share(Shape.SUPPRESSED) >= 0.98:
        return classified(facts, _K.MEASURE, "Counts, some of them suppressed where few people stand behind them.")
    return one
