"""What one person can change in an answer: L2 sensitivities, squared, as exact integers.

Neighbours differ in all rows of one person (add or remove). ``R_k`` keeps a person's k rows of smallest stored random rank; removing the
person removes those rows and touches nobody else's, because a rank depends on the person's own rows alone. Every later step is row by
row. So at most k rows change, and with G groups:

* COUNT: k rows that may all fall into one group change that cell by k, so L2 = k. Spread out they change k cells by 1, L2 = sqrt(k):
  the worst case is one group, unless a per-group bound m < k is enforced (then sqrt(m*k), by Cauchy-Schwarz on counts c_j <= m summing
  to k). No such bound is enforced yet, so m = k.
* COUNT(DISTINCT person): a group changes by at most 1 and at most min(k, G) groups change: L2 = sqrt(min(k, G)).
* SUM clipped to [a, b]: each row moves its cell by at most max(|a|, |b|): L2 = max(|a|, |b|) * k.
* centred SUM of 2x - (a + b): each row moves it by at most b - a, a missing value by 0: L2 = (b - a) * k.

For row-level data k = 1. A missing value contributes nothing, so a person with missing values changes less, never more.
"""

from __future__ import annotations

from enclave.privacy.aggregate import BoundedAggregate, CountPeople, Measure, Sum


def l2_squared(aggregate: BoundedAggregate, measure: Measure) -> int:
    """The squared L2 sensitivity of one measure over all cells, in squared physical units."""
    k = aggregate.contribution
    if isinstance(measure, CountPeople):
        return min(k, aggregate.cells)
    if isinstance(measure, Sum):
        reach = measure.high - measure.low if measure.centred else max(abs(measure.low), abs(measure.high))
        return max(1, reach * reach) * k * k
    return k * k
