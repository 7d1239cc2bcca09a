"""A row's own values in its own texts: exactly, in every written form, and with one slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.calendar import SHORT, Date, figures, in_words
from enclave.anonymise.text.forms import forms_of
from enclave.anonymise.text.known import names_among
from enclave.anonymise.text.misspelt import SHORTEST, nearly
from enclave.anonymise.text.span import Span
from enclave.anonymise.text.words import Words, common_words, listed

_NOT_INITIALS = listed("ae gp it tv uk us pe ok id pc dc ct bp ed er ot sw dv ms mr dr am pm eu un la ca hr pr ad pa ta sa")


@dataclass(frozen=True)
class Row:
    """What one row knows. Words are folded."""

    names: dict[str, Entity]
    phrases: dict[str, Entity]
    codes: dict[str, Entity]
    dates: tuple[Date, ...]
    long_names: tuple[str, ...]
    initials: frozenset[str]


def row_from(values: Sequence[str]) -> Row | None:
    """What to look for from the values of one row; ``None`` where there is nothing."""
    forms = [form for form in map(forms_of, values) if form is not None]
    if not forms:
        return None
    names = {name: form.entity for form in forms for name in form.names}
    people = [form.initials for form in forms if form.entity is Entity.PERSON and form.initials]
    return Row(
        names=names,
        phrases={f" {phrase} ": form.entity for form in forms for phrase in form.phrases},
        codes={code: form.entity for form in forms for code in form.codes},
        dates=tuple(date for form in forms for date in form.dates),
        long_names=tuple(name for name in names if len(name) >= SHORTEST),
        initials=frozenset(one for one in (*people, "".join(people[:2])) if 2 <= len(one) <= 4),
    )


def find_row(words: Words, row: Row) -> list[Span]:
    """Every value of the row in one of its texts."""
    return [*_names(words, row), *_codes(words, row), *_dates(words, row), *_initials(words, row)]


def _names(words: Words, row: Row) -> Iterator[Span]:
    there = set(words.words)
    exact = there & row.names.keys()
    near = nearly(row.long_names, _unusual(there - exact)) if row.long_names else set()
    places = [
        (place, place + 1, row.names.get(word, Entity.PERSON)) for place, word in enumerate(words.words) if word in exact or word in near
    ]
    for phrase, entity in row.phrases.items():
        at = words.spaced.find(phrase)
        while at >= 0:
            places.append((*words.in_spaced(at, at + len(phrase)), entity))
            at = words.spaced.find(phrase, at + 1)
    if places:
        yield from names_among(words, places)


def _unusual(there: set[str]) -> list[str]:
    """Words that may be a name with a slip: not ordinary ones."""
    usual = common_words()
    return [word for word in there if len(word) >= SHORTEST - 1 and word not in usual and word.isalpha()]


def _codes(words: Words, row: Row) -> Iterator[Span]:
    for code, entity in row.codes.items():
        yield from _joined(words, code, entity)
    if not row.codes or not any(char.isdigit() for char in words.joined):
        return
    long = [code for code in row.codes if len(code) >= 6]
    for first, last in _runs(words):
        written = "".join(words.words[first:last])
        if nearly(long, [written]):
            start, end = words.span(first, last)
            yield Span(start=start, end=end, entity=row.codes[next(code for code in long if nearly([code], [written]))], score=0.8)


def _runs(words: Words) -> Iterator[tuple[int, int]]:
    """Runs of words with digits, with and without a short word at either end: ``AB 12 34 56 C``."""
    place, count = 0, len(words.words)
    while place < count:
        last = place
        while last < count and any(char.isdigit() for char in words.words[last]):
            last += 1
        if last > place:
            left = place - 1 if place and len(words.words[place - 1]) <= 2 else place
            right = last + 1 if last < count and len(words.words[last]) <= 2 else last
            yield from {(place, last), (left, last), (place, right), (left, right)}
        place = max(last, place + 1)


def _dates(words: Words, row: Row) -> Iterator[Span]:
    for date in row.dates:
        year = f"{date[0] % 100:02}"
        forms = figures(date) if year in words.joined else frozenset()
        named = in_words(date)
        if any(word.isalpha() and _may_be_month(date, word) for word in words.words):
            forms = forms | named
        for form in forms:
            yield from _joined(words, form, Entity.DATE)


def _may_be_month(date: Date, word: str) -> bool:
    """Whether the word may be the date's month or begin with it."""
    return word.startswith(SHORT[date[1] - 1])


def _joined(words: Words, form: str, entity: Entity) -> Iterator[Span]:
    at = words.joined.find(form)
    while at >= 0:
        place = words.in_joined(at, at + len(form))
        if place is not None:
            start, end = words.span(*place)
            yield Span(start=start, end=end, entity=entity, score=1.0)
        at = words.joined.find(form, at + 1)


def _initials(words: Words, row: Row) -> Iterator[Span]:
    for initials in row.initials:
        spaced = f" {' '.join(initials)} "
        if initials not in _NOT_INITIALS:
            yield from _capitals(words, f" {initials} ", initials)
        yield from _capitals(words, spaced, initials)


def _capitals(words: Words, form: str, initials: str) -> Iterator[Span]:
    at = words.spaced.find(form)
    while at >= 0:
        start, end = words.span(*words.in_spaced(at, at + len(form)))
        shown = [char for char in words.text[start:end] if char.isalpha()]
        if len(shown) == len(initials) and all(char.isupper() for char in shown):
            yield Span(start=start, end=end, entity=Entity.PERSON, score=0.8)
        at = words.spaced.find(form, at + 1)
