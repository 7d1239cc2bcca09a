"""Sampling: the same for everyone, faithful to the model, and brothers in the tree stay strangers."""

from __future__ import annotations

import numpy as np
import pytest

from enclave.privacy.key import Key
from enclave.synthetic.margins import Margin
from enclave.synthetic.model import Model
from enclave.synthetic.node import Node, Parent
from enclave.synthetic.sample import MOST_ROWS, sample

ROWS = 20_000
SHARES = np.array([0.5, 0.3, 0.15, 0.05])
PLACES = np.arange(4)
FOLLOWS = 0.9 * np.eye(4) + 0.1 / 4


def _model() -> Model:
    """A root with two children that each copy it nine times in ten, and otherwise are even."""
    keys = tuple(Key(column=name, low=0, high=3) for name in ("root", "left", "right"))
    parent = Parent(column=0, group_of=PLACES, bin_of=PLACES, factor=FOLLOWS / SHARES)
    margins = tuple(Margin(key=key, shares=SHARES) for key in keys)
    nodes = (
        Node(column=0, own=SHARES),
        Node(column=1, own=SHARES, parents=(parent,)),
        Node(column=2, own=SHARES, parents=(parent,)),
    )
    return Model(margins=margins, nodes=nodes)


def test_the_same_copy_rows_and_seed_give_the_same_cells() -> None:
    first, again = sample(_model(), rows=500, seed="r-1/"), sample(_model(), rows=500, seed="r-1/")
    other = sample(_model(), rows=500, seed="r-2/")
    assert all((one.values == two.values).all() for one, two in zip(first, again, strict=True))
    assert any((one.values != two.values).any() for one, two in zip(first, other, strict=True))


def test_known_cells_for_a_known_seed() -> None:
    """The rows people cite must not change under a new version of numpy: this test would say so first."""
    assert [cells.values.tolist() for cells in sample(_model(), rows=8, seed="r-1/")] == KNOWN


def test_margins_are_met_to_the_row() -> None:
    (root, *_) = sample(_model(), rows=ROWS, seed="a")
    assert np.abs(np.bincount(root.values, minlength=4) - ROWS * SHARES).max() <= 2


def test_children_follow_their_parent_to_the_row() -> None:
    root, left, _ = sample(_model(), rows=ROWS, seed="b")
    for value in range(4):
        found = np.bincount(left.values[root.values == value], minlength=4)
        expected = found.sum() * FOLLOWS[value]
        assert np.abs(found - expected).max() <= 2


def test_brothers_are_independent_given_their_parent() -> None:
    """Rounding synthesisers hand out values in row order, which ties brothers together; the random order must not."""
    root, left, right = sample(_model(), rows=ROWS, seed="c")
    here = root.values == 0
    both = np.zeros((4, 4))
    np.add.at(both, (left.values[here], right.values[here]), 1)
    both /= both.sum()
    independent = np.outer(both.sum(axis=1), both.sum(axis=0))
    assert np.abs(both - independent).sum() < 0.03, "tied brothers give 0.18"


def test_values_are_even_within_a_bin_and_missing_stays_missing() -> None:
    key = Key(column="value", low=0, high=999, cuts=(10, 500), missing=True)
    model = Model(
        margins=(Margin(key=key, shares=np.array([0, 0, 0.5, 0.5])),),
        nodes=(Node(column=0, own=np.array([0, 0, 0.5, 0.5])),),
    )
    (cells,) = sample(model, rows=ROWS, seed="d")
    assert abs(cells.present.sum() - ROWS / 2) <= 2
    values = cells.values[cells.present]
    assert values.min() >= 500
    assert values.max() <= 999
    assert len(np.unique(values)) > 490
    assert (cells.values[~cells.present] == 0).all()


@pytest.mark.parametrize("rows", [0, -1, MOST_ROWS + 1])
def test_a_copy_has_one_to_a_million_rows(rows: int) -> None:
    with pytest.raises(ValueError, match="million"):
        sample(_model(), rows=rows, seed="e")


KNOWN = [[0, 1, 2, 1, 0, 0, 1, 0], [0, 1, 2, 1, 0, 0, 1, 0], [0, 1, 2, 1, 0, 0, 2, 0]]
