"""What a dataset knows about its people, found again in its texts: exactly, whole words, whatever the case or what separates the parts.

The idea is CRATE's (RudolfCardinal/crate, ``crate_anon/anonymise/scrub.py``): a record's own columns say best what its notes must not.
Words are looked up, and one pass of an Aho-Corasick automaton finds the codes, in time that does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.calendar import figures
from enclave.anonymise.text.forms import Forms, forms_of
from enclave.anonymise.text.in_place import stands_as_name
from enclave.anonymise.text.misspelt import Near
from enclave.anonymise.text.span import Span
from enclave.anonymise.text.words import Words

# Some 200 bytes of memory for each: a dataset beyond it is scrubbed agency by agency, or with the row's own values alone.
MOST_FORMS = 2_000_000


class TooManyKnownError(Exception):
    """More known values than fit in memory."""


@dataclass(frozen=True)
class Known:
    """What is known, ready to be looked up: ``names`` are single words.

    ``phrases`` are several, and ``begins`` says for the first word of each how many words they may have. ``code_entities`` says by pattern of
    ``codes`` what was found.
    """

    names: frozenset[str]
    phrases: dict[str, Entity]
    begins: dict[str, tuple[int, ...]]
    codes: AhoCorasick
    code_entities: tuple[Entity, ...]
    near: Near


def known_from(values: Iterable[str]) -> Known:
    """Compile a dataset's values, of any column and in any order. Raises ``TooManyKnownError``."""
    phrases: dict[str, Entity] = {}
    codes: dict[str, Entity] = {}
    names: set[str] = set()
    for value in values:
        forms = forms_of.__wrapped__(value)
        if forms is None:
            continue
        names.update(forms.names)
        for phrase in forms.phrases:
            phrases.setdefault(phrase, forms.entity)
        for code in _codes(forms):
            codes.setdefault(code, forms.entity)
        if len(names) + len(phrases) + len(codes) > MOST_FORMS:
            raise TooManyKnownError
    return Known(
        names=frozenset(names),
        phrases=phrases,
        begins=_begins(phrases),
        codes=AhoCorasick(codes, implementation=Implementation.ContiguousNFA, store_patterns=False),
        code_entities=tuple(codes.values()),
        near=Near.of(names),
    )


def _begins(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    sizes: dict[str, tuple[int, ...]] = {}
    for phrase in phrases:
        first, size = phrase.partition(" ")[0], phrase.count(" ") + 1
        if size not in sizes.setdefault(first, ()):
            sizes[first] += (size,)
    return sizes


def _codes(forms: Forms) -> Iterable[str]:
    # A day among thousands of days of birth is every day: of a dataset's dates only the long runs of figures are looked for.
    return (*forms.codes, *(form for date in forms.dates for form in figures(date) if len(form) >= 6))


def find_known(words: Words, known: Known) -> list[Span]:
    """Every known value in a text."""
    return [*_words(words, known), *_in_codes(words, known), *known.near.find(words)]


def _words(words: Words, known: Known) -> Iterator[Span]:
    there = words.there
    names, begins = there & known.names, there & known.begins.keys()
    if not names and not begins:
        return
    places: list[tuple[int, int, Entity]] = []
    for place, word in enumerate(words.words):
        if word in names:
            places.append((place, place + 1, Entity.PERSON))
        if word in begins:
            places += _phrases_at(words, known, place, known.begins[word])
    yield from names_among(words, places)


def _phrases_at(words: Words, known: Known, place: int, sizes: tuple[int, ...]) -> Iterator[tuple[int, int, Entity]]:
    for size in sizes:
        entity = known.phrases.get(" ".join(words.words[place : place + size]))
        if entity is not None and place + size <= len(words.words):
            yield place, place + size, entity


def names_among(words: Words, places: list[tuple[int, int, Entity]]) -> Iterator[Span]:
    """Spans of the runs of words that are names where they stand."""
    taken = {place for first, last, _ in places for place in range(first, last)}
    for first, last, entity in places:
        alone = last - first == 1 and entity is Entity.PERSON
        if not alone or stands_as_name(words, first, beside=first - 1 in taken or first + 1 in taken):
            start, end = words.span(first, last)
            yield Span(start=start, end=end, entity=entity, score=1.0)


def _in_codes(words: Words, known: Known) -> Iterator[Span]:
    for pattern, start, end in known.codes.find_matches_as_indexes(words.joined, overlapping=True):
        place = words.in_joined(start, end)
        if place is not None:
            first, last = words.span(*place)
            yield Span(start=first, end=last, entity=known.code_entities[pattern], score=1.0)
