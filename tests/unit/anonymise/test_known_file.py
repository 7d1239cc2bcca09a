"""Files of known identifiers: what counts as a value."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.columns.known_file import known_values
from enclave.anonymise.refusal import FileRefusedError


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"", []),
        (b"Jane Smith\n\nSW1A 2AA\r\n", ["Jane Smith", "SW1A 2AA"]),
        (b"first name,dob\nJane,1980-04-03\n", ["Jane", "1980-04-03"]),
        (b"Jane,Smith\nWill,Grant\n", ["Jane", "Smith", "Will", "Grant"]),
        (b'surname;address\nSmith;"12 High Street;\nLeeds"\n', ["Smith", "12 High Street;\nLeeds"]),
        ("\ufeffname\tphone\nZoë\t07700 900123\n".encode(), ["Zoë", "07700 900123"]),
        ("name,phone\nZoë,1\n".encode("cp1252"), ["Zoë", "1"]),
        ("Zoë\nJane\n".encode("utf-16"), ["Zoë", "Jane"]),
        (b' ["Jane", 9434765919]', ["Jane", "9434765919"]),
        (b"Smith, Jane, 12 High Street\nGrant\n", ["Smith, Jane, 12 High Street", "Grant"]),
    ],
)
def test_values(raw: bytes, values: list[str]) -> None:
    assert list(known_values(raw)) == values


@pytest.mark.parametrize("raw", [b"a\x00b", b"[1, {}]", b"[true]", b"[" * 100_000, b"\xff\xfe\x00"])
def test_files_that_are_none(raw: bytes) -> None:
    with pytest.raises(FileRefusedError) as refused:
        list(known_values(raw))
    assert refused.value.rule == "T-03"


@given(st.lists(st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"])).map(str.strip).filter(bool), max_size=8))
def test_a_json_list_is_taken_as_it_is(values: list[str]) -> None:
    assert list(known_values(json.dumps(values).encode())) == values


@given(st.binary(max_size=300))
def test_any_bytes_are_values_or_refused(raw: bytes) -> None:
    with contextlib.suppress(FileRefusedError):
        assert all(isinstance(value, str) for value in known_values(raw))
