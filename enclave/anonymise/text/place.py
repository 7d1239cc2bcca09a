"""Lines of a British address: a number and a street, a flat, a named house with its street, a box."""

from __future__ import annotations

import re

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.rule import Rule, compiled
from enclave.anonymise.text.words import listed

KIND = (
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Close|Cl|Drive|Dr|Court|Ct|Crescent|Cres|Gardens|Gdns|Grove|Place|Pl|Terrace|Ter|Way|Hill|Square|Sq|"
    r"Mews|Walk|Row|Parade|Rise|View|Park|Green|Wharf|Quay|Gate|Broadway|Circus|Esplanade|Embankment|Common|Heath|Fields?|Meadows?|Croft|Vale|"
    r"Villas|Buildings|Mansions|Estate|Bypass|Chase|Dell|Glade|Loan|Wynd|Brae|Heol|Ffordd|Stryd)"
)
_HOUSE = r"(?:House|Cottages?|Lodge|Farm|Court|Manor|Villa|Bungalow|Barn|Mill|Rectory|Vicarage|Hall|Grange)"
_FLAT = r"(?:(?:Flat|Apartment|Apt|Unit|Room|Suite|Studio|Block|Plot) ?\w{1,4},? ?)"
_WORD = r"[A-Z][A-Za-z'.-]{0,30}"
_TOWN = rf"(?:,? (?:{_WORD})(?:[ -](?:on|upon|under|in|le|{_WORD})){{0,3}})?"
_NOT_IN_A_NAME = listed(
    "a an and are at away by children day days down for from go going had has have her him his hour hours in into is it left men miles minutes month "
    "months my near of off on our out over past people pounds seen she some that their them then there they this times to two up was we week weeks "
    "were when which who with women year years yards"
)


def _is_street(match: re.Match[str]) -> bool:
    return not _NOT_IN_A_NAME & set(match["name"].lower().split())


RULES: tuple[Rule, ...] = (
    # With or without capitals; words that stand between a number and a street in prose ("3 people in the street") rule it out.
    Rule(
        entity=Entity.ADDRESS, score=0.5, check=_is_street,
        pattern=compiled(
            rf"(?<![\w.,/-]){_FLAT}?\d{{1,4}}[A-Z]?(?: ?[-/] ?\d{{1,4}}[A-Z]?)?,? "
            rf"(?P<name>[A-Z][A-Z'.-]{{1,30}}(?: [A-Z][A-Z'.-]{{1,30}}){{0,3}}) {KIND}\b"
        ),
        gate=rf"\d[A-Z]?,? [A-Z][A-Z'.-]{{1,30}}(?: [A-Z][A-Z'.-]{{1,30}}){{0,3}} {KIND}\b", reach=(160, 2),
    ),
    Rule(
        entity=Entity.ADDRESS, score=0.6,
        pattern=compiled(rf"(?<![\w./-]){_FLAT}?\d{{1,4}}[A-Za-z]?(?:-\d{{1,4}})?,? (?:The )?(?:{_WORD} ){{0,3}}{_WORD} {KIND}\b{_TOWN}", case=True),
        gate=rf"\d[A-Za-z]?,? (?:[A-Z][A-Za-z'.-]{{0,30}} ){{1,5}}{KIND}\b", reach=(200, 130),
    ),
    Rule(
        entity=Entity.ADDRESS, score=0.5,
        pattern=compiled(r"\b(?:flat|apartment|apt) ?\d{1,4}[a-z]?\b(?:,? \d{1,4}[a-z]?\b)?(?:,? [A-Z][a-z'-]+){0,3}"),
        gate=r"(?:flat|apartment|apt) ?\d", reach=(12, 120),
    ),
    Rule(
        entity=Entity.ADDRESS, score=0.5,
        pattern=compiled(rf"\b(?:The )?(?:{_WORD} ){{1,3}}{_HOUSE}, (?:{_WORD} ){{1,3}}{KIND}\b{_TOWN}", case=True),
        gate=rf"{_HOUSE}, [A-Z]", reach=(130, 260),
    ),
    Rule(
        entity=Entity.ADDRESS, score=0.5, reach=(40, 260),
        gate=r"(?:[Ll]iv|[Rr]esid|[Ss]tay|[Mm]oved|[Aa]ddress|[Hh]ome|[Ll]odg)[a-z]{0,4}:?(?: [a-z]{2,7}){0,3}:? [A-Z]",
        pattern=compiled(
            rf"\b(?:[Ll]iv(?:es|ed|ing)|[Rr]esid(?:es|ed|ing)|[Ss]tay(?:s|ed|ing)|[Mm]oved|[Aa]ddress|[Hh]ome|[Ll]odg(?:es|ed|ing))"
            rf"(?: (?:is|was|at|to|in|back|address|now|into|on)){{0,3}}:? (?P<x>(?:The )?(?:{_WORD} ){{1,3}}(?:{_HOUSE}|{KIND})\b{_TOWN})", case=True
        ),
    ),
    Rule(entity=Entity.ADDRESS, score=0.5, pattern=compiled(r"\bP\.?O\.? ?Box ?\d{1,6}\b"), gate=r"P\.?O\.? ?Box", reach=(12, 12)),
)  # fmt: skip
