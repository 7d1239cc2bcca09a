"""The network and how it learns: plain numpy, one thread, a fixed seed.

A piece of text is the sum of its features' vectors; a window of seven pieces goes through one hidden layer to four classes (nothing, a
person, a place, another name). Learning is AdaGrad on mini-batches of running text; the result is the mean of the weights over all but the
first epochs, which is steadier than the last ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from enclave.anonymise.names.chances import REACH, STYLES

CLASSES = {"": 0, "PERSON": 1, "LOCATION": 2, "ORGANISATION": 3, "OTHER": 3}
WINDOW = 2 * REACH + 1
RATE, DROPOUT, FEATURE_DROPOUT = 0.05, 0.2, 0.1
# Vectors start near nothing: a feature that training never met must not speak at all.
_START = 0.01


@dataclass(kw_only=True)
class Batch:
    """Running text: ``matrix`` (n + 6, buckets) features, with pads before and after; ``styles``, ``labels``, ``weights`` (n,)."""

    matrix: sparse.csr_matrix
    styles: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


def windows(vectors: np.ndarray, styles: np.ndarray) -> np.ndarray:
    """(n, 7 * width + styles) from (n + 6, width): each row sees three pieces either side."""
    count = len(vectors) - 2 * REACH
    around = [vectors[at : at + count] for at in range(WINDOW)]
    return np.concatenate([*around, np.eye(STYLES, dtype=np.float32)[styles]], axis=1)


class Learner:
    """``arrays``: table (buckets, width), first (7 * width + styles, hidden), bias (hidden,), second (hidden + 1, classes)."""

    def __init__(self, rng: np.random.Generator, *, buckets: int, width: int, hidden: int) -> None:
        inputs, classes = WINDOW * width + STYLES, max(CLASSES.values()) + 1
        shapes = ((buckets, width, _START), (inputs, hidden, (2 / inputs) ** 0.5), (1, hidden, 0.0), (hidden + 1, classes, hidden**-0.5))
        self.rng = rng
        self.arrays = [(rng.standard_normal((rows, columns)) * scale).astype(np.float32) for rows, columns, scale in shapes]
        self.arrays[2] = self.arrays[2][0]
        self._seen = [np.full_like(array, 0.01) for array in self.arrays]
        self._means = [np.zeros(array.shape) for array in self.arrays]
        self._taken = 0

    def remember(self) -> None:
        """Take the present weights into the mean."""
        self._taken += 1
        for which, array in enumerate(self.arrays):
            self._means[which] += (array - self._means[which]) / self._taken

    def result(self) -> list[np.ndarray]:
        """The mean of the remembered weights."""
        return [mean.astype(np.float32) for mean in self._means]

    def step(self, batch: Batch) -> float:
        """Learn from one batch; its loss."""
        table, first, bias, second = self.arrays
        used, inverse = np.unique(batch.matrix.indices, return_inverse=True)
        shape = (batch.matrix.shape[0], len(used))
        data = batch.matrix.data * self._kept(batch.matrix.data.shape, FEATURE_DROPOUT)
        small = sparse.csr_matrix((data, inverse, batch.matrix.indptr), shape=shape)
        vectors = small @ table[used]
        inputs = windows(vectors, batch.styles)
        kept_in = self._kept(inputs.shape, DROPOUT)
        inputs *= kept_in
        raw = inputs @ first + bias
        kept_hidden = self._kept(raw.shape, DROPOUT)
        hidden = np.maximum(raw, 0) * kept_hidden
        chance = _softmax(hidden @ second[:-1] + second[-1])
        weights, rows = batch.weights / batch.weights.sum(), np.arange(len(batch.labels))
        loss = float(-(weights * np.log(chance[rows, batch.labels] + 1e-9)).sum())
        chance[rows, batch.labels] -= 1
        delta = chance * weights[:, None]
        back = (delta @ second[:-1].T) * kept_hidden * (raw > 0)
        down = (back @ first.T) * kept_in
        self._update(0, used, small.T @ _folded(down, vectors.shape))
        self._update(1, slice(None), inputs.T @ back)
        self._update(2, slice(None), back.sum(axis=0))
        self._update(3, slice(None), np.vstack([hidden.T @ delta, delta.sum(axis=0, keepdims=True)]))
        return loss

    def _kept(self, shape: tuple[int, ...], share: float) -> np.ndarray:
        return (self.rng.random(shape, dtype=np.float32) >= share).astype(np.float32) / np.float32(1 - share)

    def _update(self, which: int, rows: object, gradient: np.ndarray) -> None:
        array, seen = self.arrays[which], self._seen[which]
        seen[rows] += gradient * gradient
        array[rows] -= RATE * gradient / np.sqrt(seen[rows])


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _folded(down: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Gradients of windows added up where they overlap."""
    count, width = len(down), shape[1]
    found = np.zeros(shape, np.float32)
    for at in range(WINDOW):
        found[at : at + count] += down[:, at * width : (at + 1) * width]
    return found
