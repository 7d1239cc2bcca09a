"""What one person can change in an answer: L2 sensitivities, squared, as exact integers.

Neighbours differ in all rows of one person (add or remove), in every dataset of the population. What is aggregated are lines, of which
one person adds or removes at most k and touches nobody else's:

* rows: the k of smallest stored random rank; a rank depends on the person's own rows alone;
* people: one line each, from that person's own rows: k = 1;
* a join on the person pairs lines of the same person, so k = k_a * k_b; a cohort keeps or drops the lines of a person by that person's
  own rows, so k stays (see ``relation``).

Every later step (derived columns, conditions, clipping) is line by line. So with G groups:

* COUNT: k rows that may all fall into one group change that cell by k, so L2 = k. Spread out they change k cells by 1, L2 = sqrt(k):
  the worst case is one group, unless a per-group bound m < k is enforced (then sqrt(m*k), by Cauchy-Schwarz on counts c_j <= m summing
  to k). No such bound is enforced yet, so m = k.
* COUNT(DISTINCT person): a group changes by at most 1 and at most min(k, G) groups change: L2 = sqrt(min(k, G)).
* SUM clipped to [a, b]: each line moves its cell by at most max(|a|, |b|): L2 = max(|a|, |b|) * k.
* centred SUM of 2x - (a + b): each line moves it by at most b - a, a missing value by 0: L2 = (b - a) * k.

For row-level data k = 1. A missing value contributes nothing, so a person with missing values changes less, never more.
"""

from __future__ import annotations

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measure import CountPeople, Measure, Sum


def l2_squared(aggregate: BoundedAggregate, measure: Measure) -> int:
    """The squared L2 sensitivity of one measure over all cells, in squared physical units."""
    k = aggregate.contribution
    if isinstance(measure, CountPeople):
        return k if aggregate.open_key is not None else min(k, aggregate.cells)
    if isinstance(measure, Sum):
        reach = measure.high - measure.low if measure.centred else max(abs(measure.low), abs(measure.high))
        return max(1, reach * reach) * k * k
    return k * k
