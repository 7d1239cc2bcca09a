"""Detectors: check digits as published, and what a cell shows anywhere in it."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.cell.examine import examine, names_a_person
from enclave.anonymise.cell.in_text import in_text_of
from enclave.anonymise.entities import Entity
from enclave.anonymise.identifiers import exact as ids
from enclave.anonymise.text.span import Span
from enclave.anonymise.withheld import WithheldError

IN_TEXT = in_text_of()


def wide(text: str) -> str:
    """In full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("seen, NHS 943 476 5919, sent home", Entity.UK_NHS),
        ("NI is AB 12 34 56 C", Entity.UK_NINO),
        ("lives in SW1A 2AA now", Entity.UK_POSTCODE),
        ("call 020 7946 0958", Entity.PHONE_NUMBER),
        ("write to jane.doe@example.org", Entity.EMAIL_ADDRESS),
        ("pay GB82WEST12345698765432", Entity.IBAN_CODE),
        ("card 4111 1111 1111 1111", Entity.CREDIT_CARD),
        ("from 192.168.0.1", Entity.IP_ADDRESS),
        ("his passport AB1234567", Entity.UK_PASSPORT),
        ("the car AB51 ABC drove off", Entity.UK_VEHICLE_REGISTRATION),
        ("NHS\u00a0943\u2013476\u20135919", Entity.UK_NHS),
        (f"NHS {wide('9434765919')}", Entity.UK_NHS),
        ("NHS 943\u200b4765919", Entity.UK_NHS),
        ("NHS 943\n476\t5919", Entity.UK_NHS),
        ("NHS ٩٤٣٤٧٦٥٩١٩", Entity.UK_NHS),
    ],
)
def test_identifiers_within_text(text: str, entity: Entity) -> None:
    seen = examine(text, in_text=IN_TEXT(""))
    assert seen is not None
    assert entity in seen.found


@pytest.mark.parametrize(
    "text", ["Violence and sexual offences", "Investigation complete; no suspect identified", "A12", "2024-01-05", "-0.1275"]
)
def test_ordinary_cells_hold_nothing(text: str) -> None:
    seen = examine(text, in_text=IN_TEXT("description"))
    assert seen is not None
    assert seen.found == frozenset()


@pytest.mark.parametrize("text", ["Mr Quatermain", "seen by Dr. Who", "Sarah Jones", "JONES, Sarah", "told Sarah Jones to wait"])
def test_names_of_people(text: str) -> None:
    assert names_a_person(text)


@pytest.mark.parametrize("text", ["Public order", "Essex Police", "Accident and Emergency", "drugs", "On or near Mill Lane"])
def test_names_of_things(text: str) -> None:
    assert not names_a_person(text)


@given(st.integers(0, 999_999_999))
def test_nhs_check_digit_as_published(stem: int) -> None:
    digits = f"{stem:09}"
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    for last in range(10):
        number = f"{digits}{last}"
        valid = last == (0 if check == 11 else check) and len(set(number)) > 1
        assert bool(ids.nhs_number(number)) is valid


@pytest.mark.parametrize("text", ["H801200001001", "h801200001001"])
def test_upn_check_letter(text: str) -> None:
    assert ids.upn(text) == "H801200001001"
    assert not ids.upn("A801200001001")


@pytest.mark.parametrize(
    ("text", "out"), [("SW1A 2AA", "SW1A"), ("m11ae", "M1"), ("CM1", "CM1"), ("EC1A 1BB", "EC1A"), ("12345", ""), ("", "")]
)
def test_outward_codes(text: str, out: str) -> None:
    assert ids.outward(text) == out


@pytest.mark.parametrize(
    ("name", "data"),
    [("NHS number", False), ("age", False), ("DIAG_4_01", False), ("2019", True), ("-1.5", True), ("SW1A 2AA", True), ("2019-01-01", True)],
)
def test_names_that_are_data(name: str, data: bool) -> None:
    assert ids.looks_like_data(name) is data


def test_a_cell_nobody_could_read_says_so() -> None:
    def gives_up(_text: str, *, context: str, only: Collection[Entity]) -> list[Span]:
        raise WithheldError

    assert in_text_of(gives_up)("")("943 476 5919") == {Entity.UNREADABLE}


@pytest.mark.parametrize(
    "trap",
    [
        "a.a.a.",
        "1-",
        "aaaa@",
        "@@@@",
        "http://aaa",
        "::::",
        "0700 ",
        "9434765919",
        "AB12",
        "GB82WEST",
        "Mr ",
        "Aa-",
        "4111 ",
        "(((",
        "SW1A ",
        "SW1A 2AA ",
        "943 476 5919 ",
        "a@b.co ",
        "192.168.0.1 ",
        "fe80::",
        "020 7946 0958 ",
        "A1:",
    ],
)
@pytest.mark.timeout(30)  # quadratic patterns take minutes here; how fast the others are, the benchmarks say
def test_a_cell_built_to_be_slow_is_not(trap: str) -> None:
    text = (trap * 70_000)[: 64 * 1024]
    examine(text, in_text=IN_TEXT("notes"))
