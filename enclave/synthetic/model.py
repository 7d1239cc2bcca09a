"""The distribution behind a copy: a tree of columns, each drawn given its parent. Derived from the noised tables and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.synthetic.bins import Floats, Integers
from enclave.synthetic.consistent import as_shares, with_margins
from enclave.synthetic.margins import Margin, margins_of
from enclave.synthetic.noised import Noised, NoisedTable


@dataclass(frozen=True, kw_only=True)
class Node:
    """One column given its parent: ``table[g]`` is the distribution of its fine bins for rows whose parent lies in group ``g``.

    Columns are numbered as in the schema. A root has no parent and one group; ``group_of`` maps the parent's fine bins to groups.
    """

    column: int
    parent: int | None
    group_of: Integers
    table: Floats


@dataclass(frozen=True, kw_only=True)
class Model:
    """Nodes, parents before their children, and the margins of all columns in the schema's order."""

    margins: tuple[Margin, ...]
    nodes: tuple[Node, ...]


def model_of(noised: Noised) -> Model:
    """Make the model. Total: any integers give proper distributions."""
    total, margins = noised.total, margins_of(noised)
    place = {margin.key.column: index for index, margin in enumerate(margins)}
    waiting = {(place[table.columns[0]], place[table.columns[1]]): table for table in noised.pairs}
    nodes: dict[int, Node] = {}
    while len(nodes) < len(margins):
        edge = next((pair for pair in waiting if (pair[0] in nodes) != (pair[1] in nodes)), None)
        node = _root(margins, nodes) if edge is None else _joined(edge, waiting.pop(edge), margins, total, turned=edge[0] not in nodes)
        nodes[node.column] = node
    return Model(margins=margins, nodes=tuple(nodes.values()))


def _root(margins: tuple[Margin, ...], nodes: dict[int, Node]) -> Node:
    """The first column that nothing measured hangs on a column already placed."""
    column = next(index for index in range(len(margins)) if index not in nodes)
    return Node(column=column, parent=None, group_of=np.zeros(0, dtype=np.int64), table=margins[column].shares[None, :])


def _joined(edge: tuple[int, int], table: NoisedTable, margins: tuple[Margin, ...], total: float, *, turned: bool) -> Node:
    """The child of a pair: its table fitted to both margins; below the child's coarse bin its fine bins follow its margin."""
    parent, child = edge[::-1] if turned else edge
    outer, inner = table.keys[::-1] if turned else table.keys
    counted = as_shares(table.array.T if turned else table.array, total=total)
    group_of, rows = margins[parent].merged(outer)
    bin_of, columns = margins[child].merged(inner)
    own = margins[child].shares
    within = np.divide(own, columns[bin_of], out=np.zeros_like(own), where=columns[bin_of] > 0)
    joint = with_margins(counted, rows, columns)[:, bin_of] * within
    return Node(column=child, parent=parent, group_of=group_of, table=_conditional(joint, own))


def _conditional(joint: Floats, fallback: Floats) -> Floats:
    """Each row normalised; a row that nothing can reach follows the column's margin."""
    mass = joint.sum(axis=1, keepdims=True)
    return np.where(mass > 0, np.divide(joint, mass, out=np.zeros_like(joint), where=mass > 0), fallback[None, :])
