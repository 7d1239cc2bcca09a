"""The optional methods: Bloom filters that stay in memory, and Splink where it is installed."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

from enclave.adapters.splink_door import by_splink
from enclave.anonymise.linkage.batch import batch_of
from enclave.anonymise.linkage.clk import BITS, by_clk, dice, filters
from enclave.anonymise.linkage.identity import Identity
from enclave.anonymise.linkage.tokens import Tokeniser
from enclave.terms.errors import OperatorError
from tests.factories.identities import KEY
from tests.factories.known_truth import linked, synthea
from tests.factories.licensed import COMMITTED

ANN = Identity(forename="ann", surname="smith", born="19800403", sex="f", postcode="CM11AB")
SLIP = Identity(forename="ann", surname="smiht", born="19800403", sex="f", postcode="CM11AB")
BOB = Identity(forename="robert", surname="jones", born="19511111", sex="m", postcode="SW1A2AA")


def test_filters_are_alike_where_records_are_and_depend_on_the_key() -> None:
    made = filters([ANN, SLIP, BOB], KEY)
    assert made.shape == (3, BITS // 2 // 64)
    near, far = dice(made[:1], made[1:2]).item(), dice(made[:1], made[2:]).item()
    assert near > 0.8 > far
    assert dice(made[:1], made[:1]).item() == 1
    other = filters([ANN], KEY[::-1])
    assert dice(made[:1], other).item() < 0.65
    set_bits = np.bitwise_count(made[0]).sum() / (BITS // 2)
    assert 0.2 < set_bits < 0.8


def test_folding_hides_which_bigram_a_bit_is() -> None:
    """Of the bits of one field alone, hardly any can be found again in the filter of a record that holds it among others: they cancel out."""
    alone, among = filters([Identity(surname="smith"), Identity(surname="smith", forename="ann", born="19800403", postcode="CM11AB")], KEY)
    lost = np.bitwise_count(alone & ~among).sum() / np.bitwise_count(alone).sum()
    assert lost > 0.15


def test_filters_link_the_agencies_less_well_than_the_default() -> None:
    known = synthea(COMMITTED / "synthea_agencies", truth="links.csv")
    found, default = linked(known, by_clk), linked(known)
    assert 0.85 < found.recall < default.recall
    assert found.precision >= 0.99


def test_splink_links_the_agencies() -> None:
    pytest.importorskip("splink")
    found = linked(synthea(COMMITTED / "synthea_agencies", truth="links.csv"), by_splink)
    assert found.recall >= 0.90
    assert found.precision >= 0.99


def test_without_splink_it_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "splink":
            raise ImportError
        return inner(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OperatorError) as refused:
        by_splink(batch_of([ANN, BOB], Tokeniser(KEY)), KEY)
    assert refused.value.rule == "A-40"
