"""Labelled texts: the committed samples, and the held-out corpora where the wider data is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from deploy.names.corpora import BTC, WIKIGOLD, WNUT, Text, articles, tweets
from deploy.names.notes import misspelt
from enclave.anonymise.text.known import known_from
from tests.factories.licensed import COMMITTED, wider

_LONG = re.compile(r"[^\W\d_]{4,}")
HELD_OUT: dict[str, Callable[[], list[Text]]] = {
    "wikigold": lambda: articles(wider(WIKIGOLD)),
    "BTC a": lambda: tweets(wider(BTC["a"])),
    "BTC b": lambda: tweets(wider(BTC["b"])),
    "WNUT17 test": lambda: tweets(wider(WNUT["test"])),
}
"""Corpora nothing was trained or chosen on."""


def sample(name: str) -> list[Text]:
    """``wikigold`` or ``btc_a``, a part."""
    lines = (COMMITTED / "names" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [Text(text=line["text"], labels=tuple((a, b, kind) for a, b, kind in line["labels"])) for line in map(json.loads, lines)]


def without_handles(texts: Sequence[Text]) -> list[Text]:
    """The texts without the labels of handles, which patterns find by their form and which make names look easy."""
    return [Text(text=text.text, labels=tuple(label for label in text.labels if not _is_handle(text.text, label[0]))) for text in texts]


def _is_handle(text: str, start: int) -> bool:
    return text[start] == "@" or text[max(0, start - 1)] == "@"


def knowing(texts: Sequence[Text]) -> dict[str, dict[str, Any]]:
    """What ``redact_many`` is told when a text's row, or the whole dataset, knows its people: as written, or one slip in every longer word."""
    rng = Random(1)
    people = [[text.text[start:end] for start, end, kind in text.labels if kind == "PERSON"] for text in texts]
    slipped = [[_LONG.sub(lambda found: misspelt(found.group(), rng), name) for name in names] for names in people]
    return {
        "the row": {"rows_known": people},
        "the row, misspelt": {"rows_known": slipped},
        "the dataset": {"dataset_known": known_from(name for names in people for name in names)},
        "the dataset, misspelt": {"dataset_known": known_from(name for names in slipped for name in names)},
    }
