"""Whatever the noise did, the model is a distribution; without noise, it follows every pair it was made from."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.privacy.key import Key, domain_of
from enclave.synthetic.bins import merged_key
from enclave.synthetic.consistent import as_shares, with_margins
from enclave.synthetic.model import model_and_rows, model_of
from enclave.synthetic.noised import Noised, NoisedTable
from enclave.synthetic.plan import counts, plan_for
from enclave.synthetic.sample import sample
from enclave.synthetic.trust import error_of_total
from enclave.terms.loss import PrivacyLoss
from tests.deep import draws
from tests.factories.tables import SCHEMA, TABLE

KEYS = plan_for(table=TABLE, loss=PrivacyLoss.costing("0.1")).keys
NUMBERS = st.one_of(st.just(0), st.integers(-5, 5), st.integers(-(2**62), 2**62))


def _table(keys: tuple[Key, ...], values: list[int]) -> NoisedTable:
    aggregate = counts(TABLE, *keys)
    cells = (values * (aggregate.cells // len(values) + 1))[: aggregate.cells]
    return NoisedTable(aggregate=aggregate, scale=2.5, counts=tuple(cells))


@st.composite
def noised(draw: st.DrawFn) -> Noised:
    columns = tuple(_table((key,), draw(st.lists(NUMBERS, min_size=1, max_size=7))) for key in KEYS)
    pairs = []
    for left, right in draw(st.lists(st.sampled_from(list(combinations(range(len(KEYS)), 2))), unique=True, max_size=15)):
        sides = [merged_key(KEYS[side], np.ones(KEYS[side].size), most=draw(st.integers(2, 12))) for side in (left, right)]
        pairs.append(_table((sides[0], sides[1]), draw(st.lists(NUMBERS, min_size=1, max_size=7))))
    return Noised(columns=columns, pairs=tuple(pairs))


@settings(max_examples=draws(50), deadline=None)
@given(made=noised(), rows=st.integers(1, 50))
def test_any_integers_give_rows_within_the_public_domain(made: Noised, rows: int) -> None:
    model = model_of(made)
    assert sorted(node.column for node in model.nodes) == list(range(len(KEYS)))
    for node in model.nodes:
        table = node.given([np.arange(min(node.sizes)) for _ in node.parents])
        assert np.isfinite(table).all()
        assert (table >= 0).all()
        np.testing.assert_allclose(table.sum(axis=1), 1, atol=1e-9)
    for column, cells in zip(SCHEMA.columns, sample(model, rows=rows, seed="any"), strict=True):
        low, high = column.bounds
        assert len(cells.values) == rows
        assert ((cells.values[cells.present] >= low) & (cells.values[cells.present] <= high)).all()
        assert column.missing or cells.present.all()


@given(made=noised())
def test_the_stored_form_is_the_whole_of_it(made: Noised) -> None:
    assert Noised.from_json(made.as_json(), table=TABLE) == made


@given(values=st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=30), total=st.floats(-10, 5_000))
def test_shares_are_the_nearest_distribution(values: list[int], total: float) -> None:
    shares = as_shares(np.array(values, dtype=np.float64), total=total)
    assert (shares >= 0).all()
    assert abs(shares.sum() - 1) < 1e-9
    if total > 1 and min(values) >= 0 and abs(sum(values) - total) < 1e-9:
        np.testing.assert_allclose(shares * total, values, atol=1e-6)


def test_shifting_does_not_favour_empty_cells() -> None:
    """Clipping alone would leave half of the empty cells' noise in; the shift takes nearly all of it out."""
    noise = np.random.default_rng(1).normal(0, 10, 1_000)
    truth = np.zeros(1_000)
    truth[0] = 10_000
    shares = as_shares(truth + noise, total=10_000)
    clipped = np.maximum(truth + noise, 0)
    assert shares[0] > 0.98 > clipped[0] / clipped.sum()


def test_fitted_tables_have_both_margins() -> None:
    random = np.random.default_rng(2)
    rows, columns = random.dirichlet(np.ones(5)), random.dirichlet(np.ones(7))
    fitted = with_margins(random.dirichlet(np.ones(35)).reshape(5, 7), rows, columns)
    np.testing.assert_allclose(fitted.sum(axis=1), rows, atol=1e-6)
    np.testing.assert_allclose(fitted.sum(axis=0), columns, atol=1e-6)


def test_without_noise_a_chain_comes_back() -> None:
    """district - flag - age with exact counts: the model's table of district and age is the chain's."""
    random = np.random.default_rng(3)
    district = domain_of(schema=SCHEMA, column="district")
    flag, age = domain_of(schema=SCHEMA, column="flag"), domain_of(schema=SCHEMA, column="age")
    given_flag = random.dirichlet(np.ones(age.size), size=flag.size)
    first = np.rint(random.dirichlet(np.ones(district.size * flag.size)).reshape(district.size, flag.size) * 1e9)
    second = np.rint(first.sum(axis=0)[:, None] * given_flag)
    tables = {"district": first.sum(axis=1), "flag": first.sum(axis=0), "age": second.sum(axis=0)}
    columns = tuple(_exact((domain_of(schema=SCHEMA, column=name),), values) for name, values in tables.items())
    model = model_of(Noised(columns=columns, pairs=(_exact((district, flag), first), _exact((flag, age), second))))
    by = {node.column: node for node in model.nodes}
    joined = [(parent.column, node.column) for node in model.nodes for parent in node.parents]
    assert {tuple(sorted(pair)) for pair in joined} == {(0, 1), (1, 2)}
    for parent, child, wanted in ((0, 1, first), (1, 0, first.T), (1, 2, second), (2, 1, second.T)):
        if (parent, child) in joined:
            found = by[child].given([np.arange(len(wanted))])
            np.testing.assert_allclose(found, wanted / wanted.sum(axis=1, keepdims=True), atol=1e-6)


def test_three_pairs_that_close_a_ring_are_all_met() -> None:
    """No tree can hold a ring; here every pair of three columns comes back from the drawn rows, within sampling."""
    random = np.random.default_rng(3)
    keys = [domain_of(schema=SCHEMA, column=name) for name in ("district", "flag", "age")]
    whole = np.rint(random.dirichlet(np.full(np.prod([key.size for key in keys]), 0.3)) * 1e9).reshape([key.size for key in keys])
    columns = tuple(_exact((key,), whole.sum(axis=tuple({0, 1, 2} - {place}))) for place, key in enumerate(keys))
    pairs = {(0, 1): whole.sum(axis=2), (0, 2): whole.sum(axis=1), (1, 2): whole.sum(axis=0)}
    made = Noised(columns=columns, pairs=tuple(_exact((keys[left], keys[right]), table) for (left, right), table in pairs.items()))
    _, bins = model_and_rows(made, rows=100_000)
    for (left, right), table in pairs.items():
        found = np.bincount(bins[left] * keys[right].size + bins[right], minlength=table.size) / 100_000
        assert np.abs(found - table.ravel() / table.sum()).sum() / 2 < 0.01


def _exact(keys: tuple[Key, ...], values: np.ndarray) -> NoisedTable:
    return NoisedTable(aggregate=counts(TABLE, *keys), scale=0.001, counts=tuple(int(value) for value in values.ravel()))


def test_totals_weigh_by_precision() -> None:
    """A histogram of 2 cells estimates the total with a tenth of the variance that one of 20 cells has."""
    flag = NoisedTable(aggregate=counts(TABLE, Key(column="flag", low=0, high=1)), scale=3.0, counts=(60, 40))
    age = NoisedTable(aggregate=counts(TABLE, Key(column="age", low=1, high=20)), scale=3.0, counts=(10,) * 20)
    both = Noised(columns=(flag, age), pairs=())
    assert abs(both.total - (100 * 10 + 200) / 11) < 1e-9
    assert abs(error_of_total(both.columns) - 1.959963984540054 * 3 * (20 / 11) ** 0.5) < 1e-9
