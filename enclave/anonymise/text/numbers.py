"""Numbers the state gives people and things, where Presidio has no pattern or too narrow a one. Sources: the bodies that issue them."""

from __future__ import annotations

import re

from enclave.anonymise.entities import Entity
from enclave.anonymise.identifiers import check_digits
from enclave.anonymise.text.rule import Rule, compiled

_SEP = r"[ .\-/_,:]{0,2}"


def _is_nhs(match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match["x"])
    return check_digits.nhs(digits) and len(set(digits)) > 1


def _said(words: str) -> str:
    """Words that say what follows, up to where it begins."""
    return rf"\b(?:{words})\b[ .]?(?:no|num|number|ref|reference|id|is|code)?\b[ .:#=-]{{0,4}}"


def _code(words: str, value: str) -> re.Pattern[str]:
    """A value with a digit after words that say what it is."""
    return compiled(rf"{_said(words)}(?P<x>{value})\b")


def _numbered(entity: Entity, words: str, score: float) -> Rule:
    """Capitals, digits, dashes and slashes with a digit among the first seven, after words that say what it is."""
    return Rule(entity=entity, pattern=_code(words, _NUMBERED), score=score, gate=rf"{_said(words)}[A-Z/-]{{0,6}}\d", reach=(70, 20))


_NUMBERED = r"(?=[A-Z/-]{0,6}\d)[A-Z0-9][A-Z0-9/-]{3,18}"

_LOCAL = (
    r"hospital|hosp|mrn|pas|rxr|patient(?:'s)?|unit|medical record|record|client|service user|case|swift|mosaic|liquidlogic|chi|h&c|emis"
)

RULES: tuple[Rule, ...] = (
    # NHS Data Dictionary: ten digits, modulus 11; whatever separates them or is glued to them. Each start is tried: numbers may touch.
    Rule(
        entity=Entity.UK_NHS,
        pattern=compiled(rf"(?<!\d)(?=(?P<x>\d(?:{_SEP}\d){{9}})(?!\d))"),
        score=1.0, check=_is_nhs, gate=rf"\d(?:{_SEP}\d){{9}}", reach=(32, 4),
    ),
    Rule(
        entity=Entity.UK_NHS, pattern=compiled(rf"\bnhs\b[^\d\n]{{0,25}}(?P<x>\d(?:{_SEP}\d){{8,10}})(?!\d)"), score=0.6,
        gate=r"nhs\b[^\d\n]{0,25}\d", reach=(32, 36),
    ),
    Rule(entity=Entity.UK_NHS, pattern=compiled(r"(?<![\d.])\d\.\d{1,11}E\+?(?:09|9|10|11|12)(?!\d)"), score=0.4),
    # HMRC NIM39110; the suffix is often left out.
    Rule(
        entity=Entity.UK_NINO, score=0.5,
        pattern=compiled(
            r"(?<![A-Z0-9])(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ .\-/]?\d\d){3}(?:[ .\-/]?[A-D])?(?![A-Z0-9])"
        ),
        gate=r"[A-Z]{2}(?:[ .\-/]?\d\d){3}", reach=(20, 4),
    ),
    Rule(
        entity=Entity.UK_POSTCODE, score=0.3,
        pattern=compiled(
            r"(?<![A-Z0-9])(?:GIR[ .\-]?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY])"
            r"[ .\-]?\d[ABD-HJLNP-UW-Z]{2})(?![A-Z0-9])"
        ),
        gate=r"[A-Z]\d[A-Z\d]?[ .\-]?\d[A-Z]{2}|GIR[ .\-]?0AA", reach=(12, 2),
    ),
    # DVLA: five letters of the surname filled with 9, birth decade, month (50 added for women), day, year, initials, check characters.
    Rule(
        entity=Entity.UK_DRIVING_LICENCE, score=0.7,
        pattern=compiled(r"(?<![A-Z0-9])[A-Z][A-Z9]{4}[ -]?\d ?[0156]\d ?[0-3]\d ?\d[ -]?[A-Z][A-Z9] ?[A-Z0-9] ?[A-Z]{2}(?:[ -]?\d\d)?(?![A-Z0-9])"),
    ),
    Rule(entity=Entity.UK_DRIVING_LICENCE, pattern=_code(r"driving licen[cs]e|driver'?s? licen[cs]e|licen[cs]e", r"\d{8}"), score=0.5),
    Rule(
        entity=Entity.UK_PASSPORT,
        pattern=_code(r"passports?|passport (?:no|number)|travel document", r"(?:[A-Z]{1,2} ?)?\d(?: ?\d){6,8}"),
        score=0.6,
    ),
    Rule(
        entity=Entity.UK_VEHICLE_REGISTRATION, score=0.4,
        pattern=compiled(r"(?<![A-Z0-9])[A-HJ-PR-Y]{2}(?:0[1-9]|[1-8]\d)[ .\-]?[A-HJ-PR-Z]{3}(?![A-Z0-9])"),
    ),
    Rule(
        entity=Entity.UK_VEHICLE_REGISTRATION, score=0.4,
        pattern=compiled(
            r"\b(?:vehicles?|registrations?|reg|plates?|vrn|vrm|index|car|van|motorbike|mot)\b[^\n]{0,20}?"
            r"(?P<x>\b(?:[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,4}[A-Z]?|\d{1,4} ?[A-Z]{2,3})\b)"
        ),
        gate=r"\b(?:vehicles?|registrations?|reg|plates?|vrn|vrm|index|car|van|motorbike|mot)\b[^\n]{0,20}\d", reach=(48, 12),
    ),
    Rule(entity=Entity.UK_UPRN, pattern=_code("uprn", r"\d{5,12}"), score=0.8),
    Rule(entity=Entity.UK_UPRN, pattern=compiled(r"(?<!\d)(?:10|20)0\d{9}(?!\d)"), score=0.3),
    Rule(
        entity=Entity.UK_UPN,
        pattern=compiled(r"(?<![A-Z0-9])[A-HJ-NP-RT-Z] ?\d{3}[ /]?\d{4}[ /]?\d\d ?\d\d[\dA-HJ-NP-RT-Z](?![A-Z0-9])"),
        score=0.6,
    ),
    Rule(entity=Entity.UK_ULN, pattern=_code("uln|unique learner|learner", r"\d(?:[ -]?\d){9}"), score=0.7),
    # Police National Computer: year/number and a check letter; Criminal Records Office: number/year and a letter; probation; prison.
    Rule(
        entity=Entity.POLICE_REFERENCE,
        pattern=compiled(r"(?<![\w/])(?:(?:19|20)?\d{2}/\d{1,7}[A-Z]|\d{1,6}/\d{2}[A-Z]|SF\d{2}/\d{1,6}[A-Z])(?![\w/])"),
        score=0.6,
    ),
    Rule(entity=Entity.POLICE_REFERENCE, pattern=compiled(r"(?<![A-Z0-9])[A-Z]\d{4}[A-Z]{2}(?![A-Z0-9])", case=True), score=0.4),
    _numbered(Entity.POLICE_REFERENCE, r"pnc(?:[ -]?id)?|cro|crn|noms|prison|custody|niche", 0.6),
    Rule(
        entity=Entity.CRIME_REFERENCE, score=0.5,
        pattern=compiled(r"(?<![\w/-])(?:[A-Z]{1,4}[/-])?[A-Z0-9]{2,4}[/-]\d{3,7}[/-]\d{2}(?:\d\d)?(?![\w/-])"),
    ),
    _numbered(Entity.CRIME_REFERENCE, r"crime|incident|occurrence|cad|urn|log|investigation", 0.5),
    _numbered(Entity.HOSPITAL_NUMBER, _LOCAL, 0.5),
    Rule(
        entity=Entity.UK_COUNCIL_TAX,
        pattern=_code(
            r"council tax(?: (?:account|acct|a/c|payer))?|ctax|rent account|housing benefit",
            r"(?=[A-Z]{0,3}\d)[A-Z0-9][A-Z0-9 -]{4,14}\d",
        ),
        score=0.6,
    ),
    Rule(
        entity=Entity.UK_BANK_ACCOUNT,
        pattern=compiled(r"(?<!\d)(?P<x>\d\d-\d\d-\d\d(?:[ ,;/:&]{1,3}(?:and |account |acc |a/c |no\.? |number ){0,3}\d{8}(?!\d)))"),
        score=0.8,
    ),
    Rule(entity=Entity.UK_BANK_ACCOUNT, pattern=compiled(r"\bsort ?code\b[^\d\n]{0,12}(?P<x>\d\d[ -]?\d\d[ -]?\d\d)(?!\d)"), score=0.7),
    Rule(entity=Entity.UK_BANK_ACCOUNT, pattern=_code(r"(?:bank )?(?:account|acct|acc|a/c)", r"\d(?:[ -]?\d){6,7}"), score=0.6),
)  # fmt: skip
