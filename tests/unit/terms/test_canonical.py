"""One byte string per value: whatever the order of keys, and never a float."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.terms.canonical import canonical_bytes, fingerprint

TEXT = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def _shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: _shuffled(value[key], order) for key in keys}
    return [_shuffled(inner, order) for inner in value] if isinstance(value, list) else value


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter_and_reading_back_gives_the_value(value: Any, order: random.Random) -> None:
    written = canonical_bytes(value)
    assert canonical_bytes(_shuffled(value, order)) == written
    assert json.loads(written) == value
    assert canonical_bytes(json.loads(written)) == written


@given(VALUES, VALUES)
def test_different_values_have_different_bytes(one: Any, other: Any) -> None:
    assert (canonical_bytes(one) == canonical_bytes(other)) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


def test_keys_sort_as_rfc_8785_section_3_2_3_has_it() -> None:
    names = {"\u20ac": "Euro", "\r": "CR", "\ufb33": "Dalet", "1": "One", "\U0001f600": "Smile", "\u0080": "Control", "\u00f6": "o"}
    assert list(json.loads(canonical_bytes(names)).values()) == ["CR", "One", "Control", "o", "Euro", "Smile", "Dalet"]


def test_what_the_bytes_look_like() -> None:
    value = {"b": [1, -2, 2**70, None, True], "a": {"z": 'é"\n\u001f', "y": ""}}
    assert canonical_bytes(value) == '{"a":{"y":"","z":"é\\"\\n\\u001f"},"b":[1,-2,1180591620717411303424,null,true]}'.encode()
    assert fingerprint(value) == hashlib.sha256(canonical_bytes(value)).hexdigest()


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), float("inf"), [1, [2.5]], {"a": {"b": 0.0}}, {"a": (1, 2.5)}, {1: "a"}, {"a": {None: 1}}, "\ud800", {"\udfff": 1}],
    ids=repr,
)
def test_floats_other_keys_and_broken_text_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"canonical JSON|surrogates"):
        canonical_bytes(value)
