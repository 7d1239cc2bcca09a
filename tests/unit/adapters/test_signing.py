"""Signatures: only Ed25519 by a known key over exactly these claims counts, whatever a token says of itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from enclave.adapters.signing import JwsSigner, JwsVerifier, ed25519_holds, key_id
from enclave.terms.canonical import canonical_bytes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CLAIMS = {"number": "R-1", "rho": 12, "unit": "person", "nested": [1, {"é": None}]}
VERIFIER = JwsVerifier(KEY.public_key())
RAW = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def part(body: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()


def signed(header: dict[str, object], claims: object = CLAIMS, *, key: Ed25519PrivateKey = KEY) -> str:
    """A token with that header, really signed by the key."""
    unsigned = f"{part(header)}.{part(claims)}"
    return f"{unsigned}.{base64.urlsafe_b64encode(key.sign(unsigned.encode())).rstrip(b'=').decode()}"


def test_what_was_signed_is_verified() -> None:
    assert VERIFIER.claims(JwsSigner(KEY).sign(CLAIMS)) == CLAIMS
    assert JwsVerifier(OTHER.public_key(), KEY.public_key()).claims(JwsSigner(KEY).sign(CLAIMS)) == CLAIMS


def test_the_token_is_a_compact_jws_that_others_can_check() -> None:
    """RFC 7515 and RFC 9864, taken apart by hand."""
    header, payload, signature = JwsSigner(KEY).sign(CLAIMS).split(".")
    padded = [base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)) for piece in (header, payload, signature)]
    assert json.loads(padded[0]) == {"alg": "Ed25519", "kid": hashlib.sha256(RAW).hexdigest()[:16]}
    assert padded[1] == canonical_bytes(CLAIMS)
    KEY.public_key().verify(padded[2], f"{header}.{payload}".encode())


def test_another_key_counts_for_nothing() -> None:
    assert VERIFIER.claims(JwsSigner(OTHER).sign(CLAIMS)) is None
    pretending = signed({"alg": "Ed25519", "kid": key_id(KEY.public_key())}, key=OTHER)
    assert VERIFIER.claims(pretending) is None
    assert JwsVerifier().claims(JwsSigner(KEY).sign(CLAIMS)) is None


@pytest.mark.parametrize("alg", ["none", "None", "", "HS256", "HS512", "RS256", "ES256", "EdDSA", "Ed448", "ed25519", None, 5, ["Ed25519"]])
def test_a_token_does_not_choose_how_it_is_checked(alg: object) -> None:
    """RFC 8725, 2.1: the verifier decides. A public key must not work as the secret of an HMAC, and "none" is none."""
    header = {"alg": alg, "kid": key_id(KEY.public_key())}
    unsigned = f"{part(header)}.{part(CLAIMS)}"
    mac = base64.urlsafe_b64encode(hmac.digest(RAW, unsigned.encode(), "sha256")).rstrip(b"=").decode()
    for token in (f"{unsigned}.", f"{unsigned}.{mac}", signed(header)):
        assert VERIFIER.claims(token) is None


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": part("x")}},
        {"crit": ["b64"], "b64": False},
        {"kid": None},
        {"kid": ["x"]},
        {"kid": {}},
    ],
)
def test_keys_and_rules_brought_along_are_refused_or_ignored(extra: dict[str, object]) -> None:
    header = {"alg": "Ed25519", "kid": key_id(KEY.public_key())} | extra
    assert VERIFIER.claims(signed(header, key=OTHER)) is None


@given(st.data())
def test_no_character_can_be_changed(data: st.DataObject) -> None:
    token = JwsSigner(KEY).sign(CLAIMS)
    place = data.draw(st.integers(0, len(token) - 1))
    new = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda one: one != token[place]))
    found = VERIFIER.claims(token[:place] + new + token[place + 1 :])
    assert found is None or (found == CLAIMS and place == len(token) - 1), "the last character has bits that mean nothing"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5))
def test_only_an_object_is_claims(body: object) -> None:
    assert VERIFIER.claims(signed({"alg": "Ed25519", "kid": key_id(KEY.public_key())}, body)) is None


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}", fullmatch=True))
def test_garbage_is_no_claims(token: str) -> None:
    assert VERIFIER.claims(token) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=5,
    )
)
def test_any_header_at_all_is_survived(header: object) -> None:
    assert VERIFIER.claims(f"{part(header)}.{part(CLAIMS)}.AAAA") is None


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000])
def test_a_header_that_is_too_deep_is_no_claims(deep: str) -> None:
    token = base64.urlsafe_b64encode(deep.encode()).decode().rstrip("=")
    assert VERIFIER.claims(f"{token}.{part(CLAIMS)}.AAAA") is None


def test_no_float_is_signed() -> None:
    with pytest.raises(ValueError, match="floats"):
        JwsSigner(KEY).sign({"rho": 0.5})


def test_raw_signatures_of_agreements() -> None:
    message = b"the digest of an agreement"
    public, signature = RAW.hex(), KEY.sign(message).hex()
    assert ed25519_holds(public_key=public, message=message, signature=signature)
    assert not ed25519_holds(public_key=public, message=message + b"!", signature=signature)
    assert not ed25519_holds(public_key=OTHER.public_key().public_bytes_raw().hex(), message=message, signature=signature)
    assert not ed25519_holds(
        public_key=X25519PrivateKey.generate().public_key().public_bytes_raw().hex(), message=message, signature=signature
    )


@given(st.text(max_size=140), st.text(max_size=140))
def test_garbage_signs_nothing(public: str, signature: str) -> None:
    assert not ed25519_holds(public_key=public, message=b"m", signature=signature)
    assert not ed25519_holds(public_key=RAW.hex(), message=b"m", signature=signature)
    assert not ed25519_holds(public_key=public, message=b"m", signature=KEY.sign(b"m").hex())
