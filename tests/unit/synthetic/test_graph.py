"""Graphs that can be drawn column by column: the rule agrees with trying every order, and as many pairs as promised always fit."""

from __future__ import annotations

from itertools import combinations, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.synthetic.graph import PARENTS, Pair, fits, more_edges, neighbours, order_of


def _pairs(columns: int) -> st.SearchStrategy[list[Pair]]:
    return st.lists(st.sampled_from(list(combinations(range(columns), 2))), unique=True)


def _parents(order: list[int] | tuple[int, ...], pairs: list[Pair]) -> int:
    near = neighbours(len(order), pairs)
    return max(len(near[column] & set(order[:place])) for place, column in enumerate(order))


@settings(max_examples=60, deadline=None)
@given(pairs=_pairs(6))
def test_the_order_has_the_fewest_parents_of_all_orders(pairs: list[Pair]) -> None:
    least = min(_parents(order, pairs) for order in permutations(range(6)))
    assert _parents(order_of(6, pairs), pairs) == least
    assert fits(6, pairs) == (least <= PARENTS)


@given(columns=st.integers(1, 12), data=st.data())
def test_a_promised_pair_is_always_there(columns: int, data: st.DataObject) -> None:
    """However the choosing goes, it never runs out of pairs before the plan does."""
    chosen = [(place - 1, place) for place in range(1, columns)]
    for _ in range(more_edges(columns)):
        left = [pair for pair in combinations(range(columns), 2) if pair not in chosen and fits(columns, [*chosen, pair])]
        chosen.append(data.draw(st.sampled_from(left)))
    assert fits(columns, chosen)
    assert sorted(order_of(columns, chosen)) == list(range(columns))
