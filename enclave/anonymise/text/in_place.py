"""Is this word, which may be a name and is also an ordinary word, a name here? ``Will said`` and ``will say``; ``May Jones`` and ``in May``.

A word that only names bear is a name wherever it stands. For one that prose is full of: it counts beside another name; or written
with a capital where no sentence begins, unless it is a month in a date; or at the beginning of a sentence before a word that only follows a
person. So ``will``, ``Will be reviewed`` and ``in May`` stay, ``told Will`` and ``Will said`` go.
"""

from __future__ import annotations

import re

from enclave.anonymise.text.words import Words, common_words, listed

_MONTHS = frozenset({"january", "march", "april", "may", "june", "july", "august", "summer", "autumn", "winter", "sunday"})
_BEFORE_MONTH = listed(
    "in since until till by during early late mid last next this from of before after every each through end start beginning"
)
_AFTER_PERSON = listed(
    "is was has had said says told asked attended reported seems seemed feels felt lives lived went came called rang phoned stated denied "
    "admitted agreed explained wants wanted does did and who whose presented arrived left refused described claims claimed s"
)
_BREAK = ".!?:;"


def stands_as_name(words: Words, place: int, *, beside: bool) -> bool:
    """``place`` is the word's; ``beside`` says whether a neighbouring word is a known name."""
    word = words.words[place]
    if word not in common_words():
        return True
    start, end = words.span(place, place + 1)
    shown = words.text[start:end]
    if beside:
        return shown[0].isupper()
    if not (shown[0].isupper() and shown[1:] and not _is_shouted(words, place)) or (word in _MONTHS and _in_a_date(words, place)):
        return False
    return not _begins(words.text, start) or _goes_on_as_person(words, place, end)


def begins_sentence(text: str, start: int) -> bool:
    """Nothing but the beginning, or the end of another sentence, stands before it."""
    return _begins(text, start)


def _begins(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" \"'([*-")
    return not before or before[-1] in _BREAK


def _goes_on_as_person(words: Words, place: int, end: int) -> bool:
    return place + 1 < len(words.words) and words.words[place + 1] in _AFTER_PERSON and words.text[end : end + 1] in {" ", "'"}


def _in_a_date(words: Words, place: int) -> bool:
    around = words.words[max(0, place - 1) : place] + words.words[place + 1 : place + 2]
    return any(word in _BEFORE_MONTH or word[0].isdigit() for word in around)


_SMALL = re.compile("[a-z]")


def _is_shouted(words: Words, place: int) -> bool:
    """In capitals among capitals, a capital says nothing."""
    start, end = words.span(place, place + 1)
    around = words.text[max(0, start - 40) : end + 40]
    return words.text[start:end].isupper() and _SMALL.search(around) is None
