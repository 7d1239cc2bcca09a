"""Tokens of a project: the same for the same person, unlinkable without the key, and rotated by a table that keeps no order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.derive import derive
from enclave.anonymise.pseudonym import Domain, Pseudonyms, key_id_of, retoken

ROOT = bytes(range(32))
PEOPLE = st.integers(0, 2**63 - 1)


def pseudonyms(*, root: bytes = ROOT, agency: str = "police", project: str = "nights", name: str = "person", epoch: int = 1) -> Pseudonyms:
    return Pseudonyms(root=root, domain=Domain(agency=agency, project=project, name=name, epoch=epoch))


@given(st.sets(PEOPLE, min_size=2, max_size=50))
def test_one_token_a_person(people: set[int]) -> None:
    made = {person: pseudonyms().token(person) for person in people}
    assert len(set(made.values())) == len(people)
    assert all(re.fullmatch("[a-z2-7]{24}", token) for token in made.values())
    assert {key_id_of(token) for token in made.values()} == {pseudonyms().key_id}


@pytest.mark.parametrize(
    "other",
    [
        pseudonyms(root=bytes(32)), pseudonyms(agency="health"), pseudonyms(project="quiet"), pseudonyms(name="household"),
        pseudonyms(epoch=2), pseudonyms(agency="policen", project="ights"),
    ],
)  # fmt: skip
def test_every_domain_has_its_own_key(other: Pseudonyms) -> None:
    assert other.key_id != pseudonyms().key_id
    assert not {pseudonyms().token(person)[5:] for person in range(200)} & {other.token(person)[5:] for person in range(200)}


def test_the_derivation_is_hkdf_expand() -> None:
    """The same bytes as the cryptography package makes (RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    info = b"enclave/derived/1/1:a2:bc"
    assert derive(ROOT, "a", "bc") == HKDFExpand(algorithm=SHA256(), length=32, info=info).derive(ROOT)
    with pytest.raises(ValueError, match="32 bytes"):
        derive(b"short", "a")


@given(st.lists(PEOPLE, max_size=50))
def test_rotation_is_a_table_without_the_order_of_people(people: list[int]) -> None:
    old, new = pseudonyms(), pseudonyms(epoch=2)
    table = retoken(people, old=old, new=new)
    assert dict(table) == {old.token(person): new.token(person) for person in people}
    assert [to for _, to in table] == sorted(to for _, to in table)
    assert table == retoken(reversed(people), old=old, new=new)


def test_what_is_no_rotation_and_what_is_no_token() -> None:
    with pytest.raises(ValueError, match="new epoch"):
        retoken([1], old=pseudonyms(), new=pseudonyms())
    for text in ("", "A" * 24, "x" * 23, "9434765919"):
        with pytest.raises(ValueError, match="not a token"):
            key_id_of(text)
    with pytest.raises(ValueError, match="epoch"):
        pseudonyms(epoch=0)
    assert "root" not in repr(pseudonyms())
