"""What ``train.py`` does once the machine's arithmetic is pinned: texts to batches, epochs, thresholds, files."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zlib import crc32

import numpy as np
from scipy import sparse

from deploy.names.corpora import BTC, WNUT, Text, tweets
from deploy.names.network import CLASSES, Batch, Learner
from deploy.names.notes import Filler, Pools, notes, pools_of
from deploy.names.vary import recased, renamed
from enclave.anonymise.names.chances import NAMED, REACH, chances
from enclave.anonymise.names.features import BUCKETS, CAPITAL, LOWER, UPPER, case_of, features, may_be_name, style_of
from enclave.anonymise.names.lexicon import Lexicon
from enclave.anonymise.names.stored import SUMS, WEIGHTS, WORDS, Stored, read_words
from enclave.anonymise.names.tokens import tokenize

SEED, EPOCHS, WARM, NOTES, RENAMED = 1, 8, 2, 8_000, 0.15
WIDTH, HIDDEN, PIECES = 32, 64, 600
FALSE_SHARE, BESIDE, CERTAIN = 0.03, 0.4, 0.9
"""How thresholds are chosen: the share of a development corpus' characters that may be masked without being part of a person's name; the part
of the threshold that is enough beside a masked piece; the chance from which a name's other mentions are masked too."""


def run(data: Path, out: Path) -> None:
    """Train on the corpora below ``data`` and write weights and hashes beside the word list in ``out``."""
    words = read_words((out / WORDS).read_bytes())
    given = [text for path in (*(BTC[section] for section in "efgh"), WNUT["train"], WNUT["dev"]) for text in tweets(data / path)]
    train = [text for text in given if not _is_kept_out(text)]
    pools = pools_of(words)
    learner = Learner(np.random.default_rng(SEED), buckets=BUCKETS, width=WIDTH, hidden=HIDDEN)
    reader, rng = Reader(words), Random(SEED)  # noqa: S311 - nothing here is secret, and the same bytes must come out
    for epoch in range(EPOCHS):
        losses = []
        for batch in _batches(_texts(train, pools, rng), reader):
            losses.append(learner.step(batch))
            if epoch >= WARM and len(losses) % 20 == 0:
                learner.remember()
        _say(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
    arrays = _packed(learner.result())
    development = {
        name: [text for text in tweets(data / path) if _is_kept_out(text)] for name, path in {**BTC, **WNUT}.items() if name in "fgh"
    }
    development["wnut"] = [text for name in ("train", "dev") for text in tweets(data / WNUT[name]) if _is_kept_out(text)]
    arrays["thresholds"] = _thresholds(development, words, arrays)
    _write(out, arrays)


def _is_kept_out(text: Text) -> bool:
    return crc32(text.text.encode()) % 8 == 0


def _texts(train: Sequence[Text], pools: Pools, rng: Random) -> list[Text]:
    filler = Filler(pools, rng)
    texts = [renamed(text, filler, RENAMED) for text in train] + notes(NOTES, pools, rng)
    texts = [recased(text, rng) for text in texts]
    rng.shuffle(texts)
    return texts


@dataclass
class Reader:
    """Texts to rows of features, each different piece worked out once."""

    words: dict[str, str]

    def __post_init__(self) -> None:
        self._features: dict[str, list[int]] = {"": [0]}

    def features(self, word: str) -> list[int]:
        """The buckets of a piece; "" is a pad."""
        if word not in self._features:
            self._features[word] = features(word, self.words)
        return self._features[word]


def _batches(texts: Sequence[Text], reader: Reader) -> Iterator[Batch]:
    pieces: list[str] = []
    rows: list[tuple[int, int, float]] = []
    for text in texts:
        words, starts, ends = tokenize(text.text)
        style = _style(words)
        labels = labelled(text, starts, ends)
        pieces += [""] * REACH + words
        rows += [(style, 0, 0.0)] * REACH
        rows += [(style, label, float(may_be_name(word, reader.words))) for word, label in zip(words, labels, strict=True)]
        if len(rows) >= PIECES:
            yield _batch(pieces, rows, reader)
            pieces, rows = [], []


def _style(words: Sequence[str]) -> int:
    cases = [case_of(word) for word in words]
    return style_of(cases.count(LOWER), cases.count(UPPER), cases.count(CAPITAL))


def labelled(text: Text, starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """The class of each piece."""
    found = [0] * len(starts)
    for start, end, kind in text.labels:
        for at in range(int(np.searchsorted(ends, start, "right")), len(starts)):
            if starts[at] >= end:
                break
            found[at] = CLASSES[kind]
    return found


def _batch(pieces: list[str], rows: list[tuple[int, int, float]], reader: Reader) -> Batch:
    found = [reader.features(word) for word in ["", "", "", *pieces, "", "", ""]]
    flat = np.concatenate([np.asarray(buckets) for buckets in found])
    starts = np.cumsum([0, *map(len, found)])
    matrix = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, starts), shape=(len(found), BUCKETS))
    styles, labels, weights = zip(*rows, strict=True)
    return Batch(matrix=matrix, styles=np.array(styles), labels=np.array(labels), weights=np.array(weights, np.float32))


def _packed(arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Whole numbers from -127 to 127 with one scale per column; the smaller matrices with half precision."""
    table, first, bias, second = arrays
    scale = (np.abs(table).max(axis=0) / 127).astype(np.float32)
    small = {"first": first.astype(np.float16), "bias": bias.astype(np.float16), "second": second.astype(np.float16)}
    return {"table": np.rint(table / scale).astype(np.int8), "scale": scale, **small}


def _thresholds(development: dict[str, list[Text]], words: dict[str, str], arrays: dict[str, np.ndarray]) -> np.ndarray:
    wide = {name: array.astype(np.float32) for name, array in arrays.items() if name not in ("table", "scale")}
    table = arrays["table"].astype(np.float32) * arrays["scale"]
    stored = Stored(words=words, table=table, thresholds=(1.0, 1.0, 1.0), **wide)
    found = []
    for name, texts in development.items():
        threshold, leaked = _threshold(texts, stored)
        found.append(threshold)
        _say(f"development {name}: {len(texts)} texts, threshold {threshold:.3f}, {leaked:.1%} of people's characters missed")
    enough = float(np.round(np.mean(found), 3))
    return np.array([enough, enough * BESIDE, CERTAIN], np.float32)


def _threshold(texts: Sequence[Text], stored: Stored) -> tuple[float, float]:
    """The chance above which ``FALSE_SHARE`` of all characters are masked wrongly, and what is then missed, before pieces help each other."""
    cut = [tokenize(text.text) for text in texts]
    chance = np.concatenate([one[:, NAMED] for one in chances([words for words, _, _ in cut], Lexicon(stored), stored)])
    length = np.array([end - start for _, starts, ends in cut for start, end in zip(starts, ends, strict=True)])
    person = np.array(
        [label == NAMED for text, (_, starts, ends) in zip(texts, cut, strict=True) for label in labelled(text, starts, ends)]
    )
    person &= chance > 0
    order = np.argsort(-chance, kind="stable")
    wrong = np.cumsum((length * ~person)[order]) / length.sum()
    at = int(np.searchsorted(wrong, FALSE_SHARE))
    return float(chance[order][at]), 1 - float((length * person)[order][:at].sum() / (length * person).sum())


def _write(out: Path, arrays: dict[str, np.ndarray]) -> None:
    raw = io.BytesIO()
    np.savez(raw, **arrays)
    (out / WEIGHTS).write_bytes(raw.getvalue())
    sums = [f"{hashlib.sha256((out / name).read_bytes()).hexdigest()}  {name}\n" for name in (WEIGHTS, WORDS)]
    (out / SUMS).write_text("".join(sums), "ascii")
    _say("".join(sums).strip())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
