"""Which detectors could find anything in a text at all: cheap patterns, each a superset of what its detector matches.

Presidio reads at hundreds of notes a second and most cells hold nothing for it. A gate that opens too often costs time; one that
stays shut wrongly would hide an identifier, so a property test compares gated and ungated findings.
"""

from __future__ import annotations

import re

from enclave.anonymise.entities import Entity

_GATES: tuple[tuple[Entity, re.Pattern[str]], ...] = (
    (Entity.UK_NHS, re.compile(r"\d{3}[- ]?\d{3}[- ]?\d{4}")),
    (Entity.UK_NINO, re.compile(r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D{1}]", re.IGNORECASE)),
    (Entity.UK_POSTCODE, re.compile(r"[A-Z]\d[A-Z\d]?\s?\d[A-Z]{2}|GIR\s?0AA", re.IGNORECASE)),
    (Entity.PHONE_NUMBER, re.compile(r"(?:\d[^\dA-WYZa-wyz]{0,8}){6}\d")),
    (Entity.IBAN_CODE, re.compile(r"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2}")),
    (Entity.CREDIT_CARD, re.compile(r"\d{3,4}[- ]?\d{3,4}[- ]?\d{3,4}[- ]?\d{3,5}")),
    (Entity.IP_ADDRESS, re.compile(r"\d\.\d{1,3}\.\d{1,3}\.\d|:[0-9a-f]{0,4}:", re.IGNORECASE)),
    (Entity.UK_VEHICLE_REGISTRATION, re.compile(r"[A-Z]{2}\d{2}[- ]?[A-Z]{3}", re.IGNORECASE)),
)
# Too weak to count without a word that says so, in the column's name or in the text.
_WEAK: tuple[tuple[Entity, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        Entity.UK_PASSPORT,
        re.compile(r"[A-Z]{2}\d{7}", re.IGNORECASE),
        re.compile(r"passport|travel document|m[aj][a-z]*esty|hmpo", re.IGNORECASE),
    ),
    (
        Entity.UK_VEHICLE_REGISTRATION,
        re.compile(r"[A-Z]\d{1,3}[- ]?[A-Z]{3}|[A-Z]{3}[- ]?\d{1,3}[- ]?[A-Z]", re.IGNORECASE),
        re.compile(r"vehicle|registration|plate|\breg\b|vrn|dvla|v5c|logbook|\bmot\b|\bcar\b", re.IGNORECASE),
    ),
)


# No detector finds anything without a digit, an at sign or two colons close together.
_ANY = re.compile(r"[\d@]|:[0-9a-f]{0,4}:", re.IGNORECASE)


def open_gates(text: str, context: str) -> set[Entity]:
    """The detectors worth asking about a folded text; ``context`` is the column's name in words."""
    if not _ANY.search(text):
        return set()
    found = {entity for entity, pattern in _GATES if pattern.search(text)}
    if "@" in text:
        found.add(Entity.EMAIL_ADDRESS)
    for entity, pattern, said in _WEAK:
        if pattern.search(text) and (said.search(context) or said.search(text)):
            found.add(entity)
    return found
