"""What is sealed opens only whole, with its key, and about its own subject."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from enclave.adapters.sealing import Sealer

KEY = bytes(range(32))


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=40))
def test_what_was_sealed_opens_again(secret: bytes, about: str) -> None:
    assert Sealer(KEY).open(Sealer(KEY).seal(secret, about=about), about=about) == secret


@given(st.binary(max_size=80), st.data())
def test_one_flipped_bit_anywhere_closes_it(secret: bytes, data: st.DataObject) -> None:
    sealed = bytearray(Sealer(KEY).seal(secret, about="x"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(InvalidTag):
        Sealer(KEY).open(bytes(sealed), about="x")


@given(st.binary(max_size=60))
def test_garbage_does_not_open(garbage: bytes) -> None:
    with pytest.raises((InvalidTag, ValueError)):
        Sealer(KEY).open(garbage, about="x")


def test_another_subject_or_key_does_not_open_it() -> None:
    sealed = Sealer(KEY).seal(b"secret", about="totp:rosa")
    for sealer, about in ((Sealer(KEY), "totp:ravi"), (Sealer(bytes(32)), "totp:rosa")):
        with pytest.raises(InvalidTag):
            sealer.open(sealed, about=about)


def test_the_same_secret_never_looks_the_same() -> None:
    assert len({Sealer(KEY).seal(b"secret", about="x") for _ in range(50)}) == 50


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(length))
