"""Columns of special categories (UK GDPR Article 9) and about offences (Article 10), by the words in their names, labels and lists."""

from __future__ import annotations

import re

from enclave.terms.schema import Column

_WORDS = {
    "health": (
        r"health|medic\w*|diagnos\w*|disease\w*|disab\w*|condition|symptom\w*|treatment|clinical|hospital|ward|gp|surgery|prescri\w*|drug\w*|"
        r"medication|allerg\w*|immuni[sz]\w*|vaccin\w*|pregnan\w*|mental|psychiatr\w*|cancer|icd ?10|icd10|snomed|hrg|injur\w*|triage|"
        r"attendance|admission|discharge|a&e|ae|procedure|blood|smok\w*|alcohol|bmi|death"
    ),
    "ethnicity": r"ethnic\w*|race|racial|nationality|country of birth|national origin|immigration|asylum|first language|mother tongue",
    "religion": r"religio\w*|faith|belief\w*|church|mosque|denomination",
    "sexual orientation or sex life": r"sexual\w*|orientation|lgbt\w*|gay|lesbian|bisexual|sex life",
    "trade union membership": r"trade union|union member\w*|union",
    "biometrics": r"biometr\w*|fingerprint\w*|face (?:print|template)|iris|voiceprint",
    "genetics": r"genetic\w*|genom\w*|dna|genotype",
    "politics": r"politic\w*|party member\w*|voting intention|vote",
    "criminal offences (Article 10)": (
        r"crime\w*|crimin\w*|offen[cd]\w*|convict\w*|arrest\w*|suspect\w*|custody|caution\w*|sentence\w*|prison|probation|court|pnc|charge[ds]?|"
        r"police|victim\w*|gang|weapon\w*|domestic abuse"
    ),
}
_PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _WORDS.items()}


def special_categories(column: Column) -> list[str]:
    """What a column may tell of somebody that the law protects specially; usually nothing."""
    text = " ".join((column.name.replace("_", " "), column.label, *(one.plain for one in column.categories[:500])))
    return [name for name, pattern in _PATTERNS.items() if pattern.search(text)]
