"""The distribution behind a copy: columns in an order of drawing, each given its parents. Derived from the noised tables and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from enclave.synthetic.bins import Integers
from enclave.synthetic.consistent import as_shares, with_margins
from enclave.synthetic.factors import Link, node_of
from enclave.synthetic.graph import Pair, neighbours, order_of
from enclave.synthetic.margins import Margin, margins_of
from enclave.synthetic.node import Node, normalised
from enclave.synthetic.noised import Noised, NoisedTable

DRAWN = 20_000


@dataclass(frozen=True, kw_only=True)
class Model:
    """Nodes, parents before their children, and the margins of all columns in the schema's order."""

    margins: tuple[Margin, ...]
    nodes: tuple[Node, ...]


@lru_cache(maxsize=8)
def model_of(noised: Noised) -> Model:
    """Make the model. Total: any integers give proper distributions; the same tables always give the same model."""
    return model_and_rows(noised, rows=DRAWN)[0]


def model_and_rows(noised: Noised, *, rows: int) -> tuple[Model, Mapping[int, Integers]]:
    """The model and the rows drawn while making it: for each column the fine bin of each row."""
    total, margins = noised.total, margins_of(noised)
    place = {margin.key.column: index for index, margin in enumerate(margins)}
    tables = {(place[table.columns[0]], place[table.columns[1]]): table for table in noised.pairs}
    random = np.random.Generator(np.random.PCG64(0))
    bins, nodes, near = dict[int, Integers](), list[Node](), neighbours(len(margins), tables)
    for column in order_of(len(margins), tables):
        links = [_link(_turned(tables, parent, column), margins, (parent, column), total) for parent in sorted(near[column] & set(bins))]
        nodes.append(node_of(column, margins[column].shares, links, bins))
        bins[column] = nodes[-1].draw(bins, rows, random)
    return Model(margins=margins, nodes=tuple(nodes)), bins


def _turned(tables: Mapping[Pair, NoisedTable], parent: int, child: int) -> tuple[NoisedTable, bool]:
    """The pair's table, and whether its first key is the child's."""
    return (tables[parent, child], False) if (parent, child) in tables else (tables[child, parent], True)


def _link(found: tuple[NoisedTable, bool], margins: tuple[Margin, ...], pair: Pair, total: float) -> Link:
    """A pair's table fitted to both margins, as the child given the parent; a group that nothing can reach follows the child's margin."""
    table, turned = found
    outer, inner = table.keys[::-1] if turned else table.keys
    counted = as_shares(table.array.T if turned else table.array, total=total)
    group_of, rows = margins[pair[0]].merged(outer)
    bin_of, columns = margins[pair[1]].merged(inner)
    return Link(column=pair[0], group_of=group_of, bin_of=bin_of, target=normalised(with_margins(counted, rows, columns), columns))
