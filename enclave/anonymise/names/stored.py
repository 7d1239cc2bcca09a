"""The shipped model: two files whose hashes are known. What does not match is not read."""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.terms.errors import OperatorError

Floats: TypeAlias = NDArray[np.float32]
WORDS, WEIGHTS, SUMS = "words.gz", "weights.npz", "SHA256SUMS"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """``words``: five digits for a word in lower case. Weights as the training script leaves them, the table widened to float32.

    ``table`` (buckets, width), ``first`` (7 * width + 4, hidden), ``bias`` (hidden,), ``second`` (hidden + 1, 4). ``thresholds``: at which
    chance a piece is masked, at which beside a masked piece, and from which it counts as certain.
    """

    words: dict[str, str]
    table: Floats
    first: Floats
    bias: Floats
    second: Floats
    thresholds: tuple[float, float, float]


def read_words(raw: bytes) -> dict[str, str]:
    """The word list from its compressed bytes."""
    return dict(line.split(" ") for line in gzip.decompress(raw).decode().splitlines())


def _refused(rule: str, sentence: str) -> OperatorError:
    return OperatorError(rule=rule, sentence=sentence, instead="Install Enclave again, or train the model again (deploy/names/train.py).")


def read(folder: Traversable | None = None) -> Stored:
    """The model of this package, or of another folder. Raises ``OperatorError`` where a file is missing or is not the one that was published."""
    home = folder or files(__package__)
    try:
        expected = {name: sum_ for sum_, name in map(str.split, home.joinpath(SUMS).read_text("ascii").splitlines())}
        words, weights = (home.joinpath(name).read_bytes() for name in (WORDS, WEIGHTS))
    except (OSError, ValueError):
        raise _refused("M-01", "A file of the model that finds names is missing.") from None
    for name, raw in ((WORDS, words), (WEIGHTS, weights)):
        if hashlib.sha256(raw).hexdigest() != expected.get(name):
            raise _refused("M-02", "The model that finds names is not the one that was published.")
    with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
        enough, beside, certain = (float(value) for value in arrays["thresholds"])
        return Stored(
            words=read_words(words),
            table=arrays["table"].astype(np.float32) * arrays["scale"],
            first=arrays["first"].astype(np.float32),
            bias=arrays["bias"].astype(np.float32),
            second=arrays["second"].astype(np.float32),
            thresholds=(enough, beside, certain),
        )
