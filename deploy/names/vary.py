"""Vary labelled texts: other people's names in the same places, and other habits of capitals."""

from __future__ import annotations

import re
from random import Random

from deploy.names.corpora import Text
from deploy.names.notes import Filler

_NAME = re.compile(r"[^\W\d_]+")


def renamed(text: Text, filler: Filler, share: float) -> Text:
    """The text with a share of its people's names replaced, keeping the number of words and the capitals; handles stay."""
    out, labels, at = "", [], 0
    for start, end, kind in text.labels:
        out += text.text[at:start]
        written = text.text[start:end]
        handle = start > 0 and text.text[start - 1] == "@"
        if kind == "PERSON" and not handle and "@" not in written and filler.rng.random() < share:
            written = _other_name(written, filler)
        labels.append((len(out), len(out) + len(written), kind))
        out, at = out + written, end
    return Text(text=out + text.text[at:], labels=tuple(labels))


def _other_name(written: str, filler: Filler) -> str:
    words = written.split(" ")
    for at, word in enumerate(words):
        if len(word) > 2 and _NAME.fullmatch(word):
            last = at == len(words) - 1 and (at > 0 or filler.rng.random() < 0.4)
            name = (filler.surname() if last else filler.given()).split(" ")[0]
            words[at] = name if word[0].isupper() and not word.isupper() else name.upper() if word.isupper() else name.lower()
    return " ".join(words)


def recased(text: Text, rng: Random) -> Text:
    """Now and then all in lower case, all in capitals, or every word with a capital. Labels stay where they are."""
    chance = rng.random()
    changed = text.text
    if chance < 0.12:
        changed = changed.lower()
    elif chance < 0.18:
        changed = changed.upper()
    elif chance < 0.20:
        changed = changed.title()
    # A few letters have no single capital ("ß"): such a text stays as it is, for its labels' sake.
    return Text(text=changed, labels=text.labels) if len(changed) == len(text.text) else text
