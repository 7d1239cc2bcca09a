"""Which kept columns somebody could know about a person from elsewhere: proposed by class and name, chosen by the officer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from enclave.anonymise.column_class import ColumnClass
from enclave.catalogue.declaration import Declaration
from enclave.terms.schema import Column

_CLASSES = frozenset(
    one.value for one in (ColumnClass.SEX, ColumnClass.BIRTH_DATE, ColumnClass.EVENT_DATE, ColumnClass.GEOGRAPHY, ColumnClass.POSTCODE)
)
_NAMES = re.compile(
    r"\b(?:age|aged|birth|born|dob|sex|gender|ethnic\w*|race|religion|nationality|language|marital|marriage|occupation|job|employ\w*|profession|"
    r"rank|income|salary|education|qualification|school|disab\w*|household|children|housing|tenure|height|weight|"
    r"district|ward|area|town|city|postcode|region|lsoa|msoa|street|site|date|day|month|year|time)\b",
    re.IGNORECASE,
)


def quasi_identifiers(declaration: Declaration, classes: Mapping[str, str]) -> list[Column]:
    """The columns that risk is measured on: the officer's choice, else the proposal. ``classes`` are by header."""
    chosen = declaration.weighing.quasi
    kept = [(plan.header, plan.public) for plan in declaration.columns if plan.public]
    if chosen is not None:
        return [public for _, public in kept if public.name in chosen]
    return [
        public
        for header, public in kept
        if classes.get(header) in _CLASSES or _NAMES.search(f"{public.name.replace('_', ' ')} {public.label}")
    ]
