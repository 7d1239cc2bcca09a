"""A word written like a name beside a known name belongs to it: ``Amu Smith``, ``J. Smith``, ``Smith-Qatermain``."""

from __future__ import annotations

import re

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.in_place import begins_sentence
from enclave.anonymise.text.span import Span
from enclave.anonymise.text.words import common_words

_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-ÿ'-]{1,30}"
_INITIALS = re.compile(r"(?:\b[A-Z]\.? ?){1,3}$")
_INITIALS_REACH = 9
_PREFIX = re.compile(r"\b(?:O'|D'|Mc|Mac)$")
_LEFT = re.compile(rf"\b({_NAME})[ -]$")
_RIGHT = re.compile(rf"(?:-| (?:[A-Z]\.? )?)({_NAME})(?![\w@])")
_NOT_NAMES = re.compile(
    r"(?:mr|mrs|ms|miss|dr|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|january|february|march|april|june|july|august|september|october|november|"
    r"december|.*(?:ed|ing|ly|tion)|nhs|gp|road|street|avenue|lane|close|drive|house|court|hospital|surgery|school|college|council|police|"
    r"county|city|"
    r"centre|clinic|ward|university|ltd|limited"
)


def widened(text: str, span: Span) -> Span:
    """The span with the initials and the name beside it, where it is a person's."""
    if span.entity is not Entity.PERSON:
        return span
    start, end = _left(text, span.start), _right(text, span.end)
    return span if (start, end) == (span.start, span.end) else Span(start=start, end=end, entity=span.entity, score=span.score)


def _left(text: str, start: int) -> int:
    before = text[max(0, start - 40) : start]
    if not before or before[-1] not in " -.'cO":
        return start
    near = before[min(before.rfind(" ", 0, -1) + 1, max(0, len(before) - _INITIALS_REACH)) :]
    if near == near.lower():
        return start  # all that is looked for begins with a capital
    if match := _PREFIX.search(before) or _INITIALS.search(before):
        return start - (len(before) - match.start()) if match.group().strip() not in {"I", "A"} else start
    match = _LEFT.search(before)
    if match is None or not _is_name(match[1]):
        return start
    at = start - (len(before) - match.start(1))
    return start if begins_sentence(text, at) and text[start:].isupper() else at


def _right(text: str, end: int) -> int:
    match = _RIGHT.match(text, end)
    return match.end() if match and _is_name(match[1]) else end


def _is_name(word: str) -> bool:
    plain = word.lower()
    return plain not in common_words() and _NOT_NAMES.fullmatch(plain) is None
