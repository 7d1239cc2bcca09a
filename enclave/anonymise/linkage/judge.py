"""When evidence is enough, and when two groups of records contradict each other on the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.linkage.compare import BORN, CONTACT, FORENAME_FITS, NUMBER, SURE, SURNAME_FITS, WHERE, Bits, Flags, backed, weigh

Starts: TypeAlias = NDArray[np.int64]

TELLING = [BORN, WHERE, CONTACT, FORENAME_FITS, SURNAME_FITS, NUMBER]
_BORN_APART, _BORN_CLEAR, _LIVES_APART, _REACHED = -4.0, 3.0, -2.0, 4.0
_FORENAMES_APART, _SURNAMES_APART = -0.8, -0.5  # of all pairs that say something, nine in ten contradict; three in four
ALONE = 2.0
_LOOKED = 1.0  # bits more that best evidence needs for every doubling of the pairs it was chosen from


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Bits: at which a pair comes into question, at which mean two groups are one, at which best evidence
    they are, and at which one kind of evidence will do.
    """

    pair: float
    mean: float
    best: float
    alone: float


def thresholds(records: int) -> Thresholds:
    """For a population of so many different records: twice as many strangers, one bit more."""
    size = math.log2(max(2, records))
    return Thresholds(pair=max(6.0, size - 8), mean=max(5.0, size - 10), best=max(14.0, size + 4), alone=size + ALONE)


def disagree(mean: NDArray[Any]) -> Flags:
    """Whether two groups speak of two people, by their mean evidence in the columns ``TELLING``: other forenames; or other birth dates, other
    places or surnames with nothing clear about the birth, unless they are reached alike. A number that only one person has decides alone.
    """
    born, where, contact, forename, surname, number = np.moveaxis(mean, -1, 0)
    unclear = (born < _BORN_CLEAR) & ((where < _LIVES_APART) | (surname < _SURNAMES_APART))
    apart = (forename < _FORENAMES_APART) | (((born < _BORN_APART) | unclear) & (contact < _REACHED))
    found: Flags = (number < 0) | ((number == 0) & apart)
    return found


def by_mean(table: Bits, starts: Starts, enough: Thresholds) -> Bits:
    """Mean bits of the rows from each start to the next; 0 where that is not enough, or no row that is backed comes into question."""
    bits = weigh(table, enough.alone)
    mean = np.add.reduceat(bits, starts) / np.diff(starts, append=len(table))
    best = np.maximum.reduceat(np.where(backed(table, enough.alone), bits, -SURE), starts)
    return np.where((mean >= enough.mean) & (best >= enough.pair) & ~disagree(_mean(table, starts)), mean, 0).astype(np.float32)


def by_best(table: Bits, starts: Starts, looked_at: Starts, enough: Thresholds) -> Bits:
    """Bits of the best evidence of each kind among the rows from each start to the next; 0 where that is not enough."""
    best = np.maximum.reduceat(table, starts, axis=0)
    worst = np.minimum.reduceat(table[:, NUMBER], starts)
    best[:, NUMBER] = np.where(worst < 0, worst, best[:, NUMBER])
    bits = weigh(best, enough.alone) - _LOOKED * np.log2(looked_at)
    return np.where((bits >= enough.best) & backed(best, enough.alone) & ~disagree(_mean(table, starts)), bits, 0).astype(np.float32)


def _mean(table: Bits, starts: Starts) -> Bits:
    """What is telling, on average over the rows that say something of it."""
    telling = table[:, TELLING]
    said = np.add.reduceat((telling != 0).astype(np.float32), starts, axis=0)
    return (np.add.reduceat(telling, starts, axis=0) / np.maximum(said, 1)).astype(np.float32)
