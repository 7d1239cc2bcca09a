"""Re-identification risk in the terms of El Emam (Guide to the De-Identification of Personal Health Information, 2013, ch. 16; El Emam
and Dankar, JAMIA 2008): a prosecutor knows that a person is in the data, a journalist knows only that they are in the population and wants
any one, a marketer wants as many as possible.

A class of f people gives the prosecutor a chance of 1/f. A journalist's is 1/F, where F are the people of the population who look the
same. F is not known; given the number of people in the population, its reciprocal is expected under the negative binomial model of
Benedetti and Franconi (1998; Hundepool et al., Statistical Disclosure Control, 2012, 3.3): E(1/F | f). Without it, F is at least f, so
the prosecutor's chance is an upper bound.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.arrays import Integers
from enclave.terms.canonical import Json

# 1 in 11 is the European Medicines Agency's and Health Canada's threshold for public release; 1 in 5 the commonest one for release in confidence.
THRESHOLDS = (("1 in 5", 5), ("1 in 11", 11))


def chances(smallest: Integers, *, population: int | None) -> dict[str, Json]:
    """``smallest``: for each person, the size of the smallest class they stand in."""
    sizes, people = np.unique(smallest, return_counts=True)
    total = len(smallest)
    prosecutor = 1 / sizes
    declared = population is not None and population > total
    journalist = _expected(sizes, total / population) if declared and population else prosecutor
    above: list[Json] = [{"threshold": words, "share": float(people[sizes < least].sum() / total)} for words, least in THRESHOLDS]
    return {
        "prosecutor": {"highest": float(prosecutor.max()), "average": float((prosecutor * people).sum() / total), "above": above},
        "journalist": {
            "highest": float(journalist.max()),
            "average": float((journalist * people).sum() / total),
            "basis": "population" if declared else "upper bound",
            "population": population if declared else None,
        },
        "marketer": {"share": float((journalist * people).sum() / total), "people": float((journalist * people).sum())},
    }


def _expected(sizes: Integers, sampled: float) -> NDArray[np.float64]:
    """E(1/F | f) for a sampling fraction below one: exact for one and two, and the usual bound p / (f - q) from there."""
    p, q = sampled, 1 - sampled
    one = -p * math.log(p) / q
    two = p / q * (1 - one) if q > 1e-6 else 0.5
    rest = p / (sizes - q)
    return np.where(sizes == 1, one, np.where(sizes == 2, two, rest))
