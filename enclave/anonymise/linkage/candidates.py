"""Which records are compared: those that share a token which few others have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.linkage.tokens import Tokens

Places: TypeAlias = NDArray[np.int64]

COMMON = 100  # a token that more different records share than this says too little: it makes no candidates


def candidates(tokens: Sequence[Tokens], *, common: int = COMMON) -> tuple[Places, Places]:
    """The pairs of records that share a token, each once, as places ``i < j``."""
    sharing: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, one in enumerate(tokens):
        for token in one:
            sharing[token].append(place)
    count = len(tokens)
    pairs = [_pairs(np.array(places), count) for places in sharing.values() if 1 < len(places) <= common]
    found = np.unique(np.concatenate(pairs)) if pairs else np.zeros(0, dtype=np.int64)
    return found // count, found % count


def _pairs(places: Places, count: int) -> Places:
    one, other = np.triu_indices(len(places), 1)
    return places[one] * count + places[other]
