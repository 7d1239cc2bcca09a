"""What a fit will measure and how its price is split: public facts only, so it can be shown before anyone pays.

Two tenths of the loss buy a histogram of every column, one tenth the choice of the pairs, seven tenths a table of every pair chosen
(measured on Adult, see docs/explanation/synthetic.md; the shares of McKenna, Miklau & Sheldon 2021 are a third each, the histograms here are
finer, and every pair's table tells about its columns too).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.key import Key
from enclave.privacy.measure import CountRows
from enclave.privacy.mechanisms import scale_for
from enclave.privacy.relation import Table
from enclave.privacy.sensitivity import l2_squared
from enclave.synthetic.bins import fine_key
from enclave.synthetic.graph import more_edges
from enclave.terms.loss import RHO_UNITS, PrivacyLoss

ONE_WAY = Fraction(2, 10)
SELECT = Fraction(1, 10)
TWO_WAY = Fraction(7, 10)

LEAST = PrivacyLoss.costing("0.001")
MOST_COLUMNS = 60
BINS = 200
FEWEST_CELLS, MOST_PAIR_CELLS = 4, 1_024
NOISE_SHARE = 0.2
MEAN_OF_NOISE = math.sqrt(2 / math.pi)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The histograms, in the schema's order, and the scales (standard deviations of a count) that the loss buys."""

    table: Table
    loss: PrivacyLoss
    keys: tuple[Key, ...]
    one_way_scale: float
    two_way_scale: float
    select_loss: Fraction

    @property
    def edges(self) -> int:
        """How many pairs will be measured: a tree over the columns, and more as far as three parents each allow."""
        return len(self.keys) - 1 + more_edges(len(self.keys))

    def cells_per_pair(self, rows: float) -> int:
        """The most cells a pair's table may have: the expected sum of absolute noise stays within a fifth of ``rows`` (a noised or declared
        number). More cells than that were measured to lose more to noise than they gain in detail."""
        worth = NOISE_SHARE * max(rows, 0.0) / (MEAN_OF_NOISE * self.two_way_scale)
        return int(min(MOST_PAIR_CELLS, max(FEWEST_CELLS, worth)))

    @property
    def slot(self) -> float:
        """Seconds from start to finish of a fit, by public facts alone: see ``privacy.slot``. Generous for two shared cores."""
        tables = len(self.keys) * (len(self.keys) + 1) / 2
        cells = sum(key.size for key in self.keys) + self.edges * self.cells_per_pair(self.table.schema.size)
        return round(1 + self.table.schema.size * tables / 10e6 + tables / 50 + self.edges * tables / 1_000 + cells / 1e4, 1)


def plan_for(*, table: Table, loss: PrivacyLoss) -> Plan:
    """The plan for a loss. Raises ``ValueError`` if there are no columns, too many, or the loss is below ``LEAST``."""
    names = [column.name for column in table.schema.columns]
    if not 1 <= len(names) <= MOST_COLUMNS or loss.rho < LEAST.rho:
        raise ValueError("a copy needs one to sixty columns and a price that buys something")
    edges = len(names) - 1 + more_edges(len(names))
    one_way = _scale(table, _share(loss, ONE_WAY if edges else Fraction(1), len(names)))
    return Plan(
        table=table,
        loss=loss,
        keys=tuple(fine_key(schema=table.schema, column=name, most=BINS) for name in names),
        one_way_scale=one_way,
        two_way_scale=_scale(table, _share(loss, TWO_WAY, edges)) if edges else one_way,
        select_loss=_share(loss, SELECT, edges) if edges else Fraction(0),
    )


def counts(table: Table, *keys: Key) -> BoundedAggregate:
    """The count table over some keys."""
    return BoundedAggregate(table=table, measures=(CountRows(),), keys=keys)


def _share(loss: PrivacyLoss, part: Fraction, among: int) -> Fraction:
    """An equal share in whole ledger units, rounded down: the shares never add up to more than the loss."""
    return Fraction(math.floor(loss.rho * part / among), RHO_UNITS)


def _scale(table: Table, share: Fraction) -> float:
    whole = counts(table)
    return scale_for(share, l2_squared=l2_squared(whole, whole.measures[0]))
