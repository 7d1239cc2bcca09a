"""Which records are one person: candidates by shared tokens, evidence for each pair, groups by average linkage, then groups by what they know.

How much is enough grows with the number of records: among more strangers more look alike. Nothing here depends on the order of the records.
"""

from __future__ import annotations

import numpy as np

from enclave.anonymise.linkage.average import Groups, average_linkage, components
from enclave.anonymise.linkage.best import Pairs, join_by_best
from enclave.anonymise.linkage.candidates import Places
from enclave.anonymise.linkage.compare import WIDTH, Bits, backed, evidence, weigh
from enclave.anonymise.linkage.encoding import Records
from enclave.anonymise.linkage.judge import Thresholds


def cluster(records: Records, one: Places, other: Places, enough: Thresholds) -> Groups:
    """Groups of places, every record in one; ``one`` and ``other`` are the candidates."""
    pairs = Pairs(one=one, other=other, table=evidence(records[one], records[other]))
    return join_by_best(_by_mean(records, pairs, enough), pairs, enough)


def _by_mean(records: Records, pairs: Pairs, enough: Thresholds) -> Groups:
    bits = weigh(pairs.table, enough.alone)
    fits = (bits >= enough.pair) & backed(pairs.table, enough.alone)
    groups: Groups = []
    alone = np.ones(len(records), dtype=np.bool_)
    for block in components(pairs.one[fits], pairs.other[fits], bits[fits], len(records)):
        alone[block] = False
        groups += [[block[place] for place in group] for group in average_linkage(_square(records[block]), enough)]
    return groups + [[int(place)] for place in np.flatnonzero(alone)]


def _square(records: Records) -> Bits:
    """The evidence between all of them: a row, a column, a kind."""
    one, other = np.triu_indices(len(records), 1)
    table = np.zeros((len(records), len(records), WIDTH), dtype=np.float32)
    table[one, other] = table[other, one] = evidence(records[one], records[other])
    return table
