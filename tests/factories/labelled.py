"""Labelled texts: the committed samples, and the held-out corpora where the wider data is."""

from __future__ import annotations

import json
from collections.abc import Callable

from deploy.names.corpora import BTC, WIKIGOLD, WNUT, Text, articles, tweets
from tests.factories.licensed import COMMITTED, wider

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
