"""What the linkage keeps of a record to compare it by: keyed hashes of each field and of its near spellings, never the text.

A name becomes the hashes of itself, of the names it is short for, of its sound, its initial, and of itself with one letter left out: two
names one slip apart share one of those (the deletion neighbourhood of SymSpell; Mor and Fraenkel 1982). A birth date becomes one keyed
byte a digit. So similarity is seen under the key, without Bloom filters. Single fields are open to frequency analysis by whoever
holds many encodings, which is why they are sealed at rest and never leave the worker (ADR 0011).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.linkage.identity import Identity, soundex
from enclave.anonymise.text.people import forenames, surnames

LETTERS = 11  # of a name or word; what follows hardly tells more
_NEAR = LETTERS + 3  # itself, each of its deletions, its letters in order of the alphabet, and each letter once
SHORT_FOR = 8
NAME = np.dtype(
    [
        ("exact", "<u4"),
        ("full", "<u4", SHORT_FOR),
        ("sound", "<u4"),
        ("initial", "<u4"),
        ("start", "<u4"),
        ("near", "<u4", _NEAR),
        ("letters", "u1"),
        ("bits", "u1"),
    ]
)
WORD = np.dtype([("exact", "<u4"), ("near", "<u4", _NEAR), ("bits", "u1")])
RECORD = np.dtype(
    [
        ("nhs", "<u8"),
        ("pupil", "<u8"),
        ("forename", NAME),
        ("surname", NAME),
        ("others", "<u4", 4),
        ("born", "u1", 8),
        ("year", "<u4", 3),
        ("born_bits", "u1"),
        ("sex", "u1"),
        ("postcode", WORD),
        ("outward", "<u4"),
        ("number", "<u4"),
        ("street", WORD),
        ("place", WORD),
        ("email", WORD),
        ("mailbox", WORD),
        ("phone", "<u8"),
        ("occupation", "<u4"),
    ]
)
Records: TypeAlias = NDArray[np.void]


class Encoder:
    """Encodes the records of one population; keeps what it has encoded until it is thrown away with its job."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("a linkage key has 32 bytes at least")
        self._key = hmac.digest(key, b"enclave/encoding/1\x01", "sha256")
        self._cache: dict[tuple[str, str], object] = {}
        self._digits = [self._alphabet(place) for place in (0, 1, 2, 3, 4, 5, 4, 5)]  # day and month share theirs: they may be swapped

    def encode(self, who: Sequence[Identity]) -> Records:
        """One record of ``RECORD`` each; zeros where an identity says nothing."""
        records = np.zeros(len(who), dtype=RECORD)
        for place, one in enumerate(who):
            records[place] = self._record(one)
        return records

    def _record(self, who: Identity) -> tuple[object, ...]:
        full = len(who.postcode) >= 5 and not who.postcode.isdigit()  # a British postcode is a street, a bare number may be a town
        mailbox = who.email.partition("@")[0]
        return (
            self._hash("nhs", who.nhs, 8),
            self._hash("pupil", who.pupil, 8),
            self._name(who.forename, given=True),
            self._name(who.surname, given=False),
            tuple(self._hash("name", name) for name in (*who.others, "", "", "", "")[:4]),
            tuple(table[digit] for table, digit in zip(self._digits, who.born, strict=True)) if who.born else (0,) * 8,
            tuple(self._hash("year", str(int(who.born[:4]) + step)) for step in (-1, 0, 1)) if who.born else (0,) * 3,
            _born_bits(who.born),
            {"": 0, "m": 1, "f": 2}[who.sex],
            self._word("postcode", who.postcode, _postcode_bits(who.postcode)),
            self._hash("outward", who.postcode[:-3] if full else ""),
            self._hash("number", who.number),
            self._word("street", who.street, 11),
            self._word("place", who.place, _place_bits(who.place)),
            self._word("email", who.email, 18),
            self._word("mailbox", mailbox if len(mailbox) > 3 else "", 11),
            self._hash("phone", who.phone, 8),
            self._hash("occupation", who.occupation),
        )

    def _name(self, name: str, *, given: bool) -> tuple[object, ...]:
        return self._once("given" if given else "family", name, lambda: self._new_name(name, given=given))

    def _new_name(self, name: str, *, given: bool) -> tuple[object, ...]:
        if not name:
            return (0, (0,) * SHORT_FOR, 0, 0, 0, (0,) * _NEAR, 0, 0)
        short = [self._hash("full", one) for one in full_names(name)[:SHORT_FOR]]
        near = [self._hash("name", one) for one in _spellings(name)]
        return (
            self._hash("name", name),
            _padded(short, SHORT_FOR),
            self._hash("sound", soundex(name)),
            self._hash("initial", name[0]),
            self._hash("start", name[:3] if len(name) > 3 else ""),
            _padded(near, _NEAR),
            min(len(name), 255),
            name_bits(name, given=given),
        )

    def _word(self, field: str, text: str, bits: int) -> tuple[object, ...]:
        return self._once(field, text, lambda: self._new_word(field, text, bits))

    def _new_word(self, field: str, text: str, bits: int) -> tuple[object, ...]:
        if not text:
            return (0, (0,) * _NEAR, 0)
        return (self._hash(field, text), _padded([self._hash(field, one) for one in _spellings(text)], _NEAR), bits)

    def _once(self, field: str, text: str, make: Callable[[], tuple[object, ...]]) -> tuple[object, ...]:
        found = self._cache.get((field, text))
        if found is None:
            found = self._cache[field, text] = make()
        return found  # type: ignore[return-value]

    def _hash(self, field: str, text: str, size: int = 4) -> int:
        """A keyed hash that is never 0; 0 for no text."""
        if not text:
            return 0
        digest = hashlib.blake2b(f"{field}\0{text}".encode(), key=self._key, digest_size=size).digest()
        return int.from_bytes(digest, "little") or 1

    def _alphabet(self, place: int) -> dict[str, int]:
        """A keyed byte for each digit at this place, all different, none 0."""
        order = sorted(range(1, 256), key=lambda byte: self._hash("digit", f"{place}/{byte}"))
        return {str(digit): order[digit] for digit in range(10)}


def bits_of(who: Identity) -> int:
    """How much a record tells of its person, roughly, without numbers and addresses of e-mail."""
    names = name_bits(who.forename, given=True) + name_bits(who.surname, given=False)
    return names + _born_bits(who.born) + _postcode_bits(who.postcode) + (11 if who.street else 0) + _place_bits(who.place)


def _born_bits(born: str) -> int:
    return (6 if born.endswith("0101") else 13) if born else 0  # the first of January often stands for the year alone


def _postcode_bits(postcode: str) -> int:
    """A British postcode is a street, a bare number may be a town."""
    return (14 if len(postcode) >= 5 and not postcode.isdigit() else 7) if postcode else 0


def name_bits(name: str, *, given: bool) -> int:
    """How much a name tells: the commonest ones of Britain little, one that is on no list much."""
    if len(name) < 2:
        return 3 * len(name)
    if given:
        return 4 if name in _commonest()["forenames"] else 6 if name in forenames() else 9
    return 7 if name in _commonest()["surnames"] else 9 if name in surnames() else 12


def _place_bits(place: str) -> int:
    return 0 if not place else 3 if place == "london" else 4 if place in _commonest()["towns"] else 7


@cache
def _commonest() -> dict[str, frozenset[str]]:
    """Names and towns so common that they tell little (Office for National Statistics, National Records of Scotland)."""
    lines = files("enclave.anonymise").joinpath("wordlists", "commonest.txt").read_text("ascii").splitlines()
    return {kind: frozenset(words.split()) for kind, _, words in (line.partition(": ") for line in lines)}


def _spellings(text: str) -> list[str]:
    """The first letters as they are, with one of them left out, and sorted. Words of two letters are too short for slips."""
    text = text[:LETTERS]
    if len(text) < 3:
        return [text]
    letters = "".join(sorted(set(text)))
    slips = [text[:place] + text[place + 1 :] for place in range(len(text))]
    return list(dict.fromkeys([text, *slips, "~" + "".join(sorted(text)), "#" + letters if len(letters) > 3 else text]))


def _padded(hashes: Iterable[int], size: int) -> tuple[int, ...]:
    return (*hashes, *(0,) * size)[:size]


@cache
def _nicknames() -> dict[str, tuple[str, ...]]:
    full: dict[str, list[str]] = {}
    for line in files("enclave.anonymise").joinpath("wordlists", "nicknames.txt").read_text("ascii").splitlines():
        name, *short = line.split()
        for one in (name, *short):
            full.setdefault(one, []).append(name)
    return {name: tuple(dict.fromkeys(([name] if name in found else []) + found)) for name, found in full.items()}


def full_names(name: str) -> tuple[str, ...]:
    """The names it may be short for, itself first where it is one: ``bert`` -> albert, herbert, hubert …; itself where nothing is known."""
    return _nicknames().get(name, (name,))
