"""A row's own values in its own texts: exactly, in every written form, and with one slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.calendar import SHORT, Date, figures, in_words
from enclave.anonymise.text.forms import forms_of
from enclave.anonymise.text.known import Known, names_among
from enclave.anonymise.text.misspelt import SHORTEST, nearly
from enclave.anonymise.text.span import Span
from enclave.anonymise.text.words import Words, listed

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


def find_row(words: Words, row: Row, known: Known | None = None) -> list[Span]:
    """Every value of the row in one of its texts; names that are also ``known`` are looked for by somebody else, but for slips in them."""
    return [*_names(words, row, known), *_codes(words, row), *_dates(words, row), *_initials(words, row)]


def _names(words: Words, row: Row, known: Known | None) -> Iterator[Span]:
    exact = words.there & row.names.keys()
    near = nearly(row.long_names, _may_be(words, row, known)) if row.long_names else set()
    wanted = (exact - known.names if known else exact) | near
    alone = enumerate(words.words) if wanted else ()
    places = [(place, place + 1, row.names.get(word, Entity.PERSON)) for place, word in alone if word in wanted]
    for phrase, entity in row.phrases.items():
        at = words.spaced.find(phrase)
        while at >= 0:
            places.append((*words.in_spaced(at, at + len(phrase)), entity))
            at = words.spaced.find(phrase, at + 1)
    if places:
        yield from names_among(words, places)


def _may_be(words: Words, row: Row, known: Known | None) -> list[str]:
    """Words that may be a name with a slip; for ordinary ones ``names_among`` asks whether they stand as a name."""
    indexed = known is not None and known.near.rests and known.names.issuperset(row.long_names)
    maybe = known.near.touching(words.there) if known and indexed else words.there
    return [word for word in maybe if len(word) >= SHORTEST - 1 and word not in row.names and word.isalpha()]


def _codes(words: Words, row: Row) -> Iterator[Span]:
    joined = words.joined
    for code, entity in row.codes.items():
        if code in joined:
            yield from _joined(words, code, entity)
    if row.codes and not joined.isalpha():
        yield from _misspelt_codes(words, row)


def _misspelt_codes(words: Words, row: Row) -> Iterator[Span]:
    long = [(code, entity, len(code)) for code, entity in row.codes.items() if len(code) >= 6]
    for first, last in _runs(words) if long else ():
        written = "".join(words.words[first:last])
        size = len(written)
        if size < 5 or any(code in written for code in row.codes):
            continue
        for code, entity, length in long:
            if -1 <= length - size <= 1 and OSA.distance(code, written, score_cutoff=1) == 1:
                start, end = words.span(first, last)
                yield Span(start=start, end=end, entity=entity, score=0.8)
                break


def _runs(words: Words) -> Iterator[tuple[int, int]]:
    """Runs of words with digits, with and without a short word at either end: ``AB 12 34 56 C``."""
    with_digits = [place for place, word in enumerate(words.words) if not word.isalpha()]
    first = 0
    for number, place in enumerate(with_digits):
        if number + 1 < len(with_digits) and with_digits[number + 1] == place + 1:
            continue
        begin, end = with_digits[first], place + 1
        first = number + 1
        left = begin - 1 if begin and len(words.words[begin - 1]) <= 2 else begin
        right = end + 1 if end < len(words.words) and len(words.words[end]) <= 2 else end
        yield from {(begin, end), (left, end), (begin, right), (left, right)}


def _dates(words: Words, row: Row) -> Iterator[Span]:
    for date in row.dates:
        year = f"{date[0] % 100:02}"
        forms = figures(date) if year in words.joined else frozenset()
        if SHORT[date[1] - 1] in words.joined:
            forms = forms | in_words(date)
        for form in forms:
            if form not in words.joined:
                continue
            yield from _joined(words, form, Entity.DATE)


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
