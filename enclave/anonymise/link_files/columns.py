"""Which columns of a file say who a row is about, decided by the file itself: for linking offline, where nobody declares anything.

In the enclave an agency declares this, and how its dates are written. Here dates are read in the one form that fits them over all cells,
and where two forms fit about equally (every day up to twelve) the file is refused until somebody says which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from enclave.anonymise.cell.dates import FORMATS, parse
from enclave.anonymise.cell.fold import fold
from enclave.anonymise.column_class import ColumnClass
from enclave.anonymise.columns.context import classify
from enclave.anonymise.columns.propose import LINKS
from enclave.anonymise.reading.facts import ColumnFacts
from enclave.anonymise.reading.headers import words
from enclave.anonymise.refusal import refuse
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment

_PLACE = re.compile(r" (city|town|village|locality|birth ?place|place of birth|home ?town) ")
_OCCUPATION = re.compile(r" (occupation|profession|job title) ")
_WHOLE_DAY = tuple(written for written in FORMATS if "%d" in written)
_EITHER = {"%d %b %Y", "%d %B %Y"}  # "5 May 2024" fits the short and the long form of the month's name
_LIKE = {"Y": r"\d{4}", "y": r"\d\d", "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}", "f": r"\d{1,6}"} | dict.fromkeys("mdHMS", r"\d{1,2}")
_LEAST = 0.5  # of the filled cells must fit the form
_RIVAL = 0.9  # of the best form's count: closer than that nobody can tell


def linking_columns(columns: Sequence[ColumnFacts]) -> dict[int, LinkRole]:
    """The place of each linking column and what it is."""
    found: dict[int, LinkRole] = {}
    for place, one in enumerate(classify(columns)):
        role = LINKS.get(one.kind)
        if role is None and one.kind in {ColumnClass.GEOGRAPHY, ColumnClass.CATEGORY} and _PLACE.search(words(one.facts.header)):
            role = LinkRole.PLACE
        if role is None and _OCCUPATION.search(words(one.facts.header)):
            role = LinkRole.OCCUPATION
        if role is not None:
            found[place] = role
    return found


def plans(headers: Sequence[str], roles: dict[int, LinkRole], written: dict[int, str]) -> list[ColumnPlan]:
    """The linking columns as a declaration would have them, in the file's order; ``written`` is how dates are, by place."""
    return [
        ColumnPlan(header=headers[place], treatment=Treatment.DROP, link_as=role, format=written.get(place, ""))
        for place, role in sorted(roles.items())
    ]


def date_form(cells: Sequence[str], *, column: int) -> str:
    """How the dates of a column are written, over all its cells. Raises ``FileRefusedError`` where no form fits or two fit about equally."""
    filled = Counter(text for cell in cells if (text := fold(cell)))
    fits = {written: _fitting(filled, written) for written in _WHOLE_DAY}
    best = max(fits, key=lambda written: fits[written])
    if fits[best] < _LEAST * filled.total():
        raise refuse("U-51", column=column)
    if any(count > _RIVAL * fits[best] for written, count in fits.items() if written != best and {best, written} != _EITHER):
        raise refuse("U-52", column=column)
    return best


def _fitting(filled: Mapping[str, int], written: str) -> int:
    """How many cells the form fits; the pattern only spares the slow reading of what cannot."""
    form = re.compile(re.sub(r"%([a-zA-Z])", lambda found: _LIKE[found[1]], re.escape(written).replace("\\%", "%")))
    return sum(count for text, count in filled.items() if form.fullmatch(text) and parse(text, written))
