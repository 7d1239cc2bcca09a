"""Detectors: check digits as published, gates that lose nothing, and failure that shows."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import regex  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.anonymise import identifiers as ids
from enclave.anonymise import in_text
from enclave.anonymise.entities import Entity
from enclave.anonymise.examine import examine, names_a_person
from enclave.anonymise.fold import fold
from enclave.anonymise.gates import open_gates
from enclave.anonymise.presidio_detector import PresidioDetector, WithheldError

DETECTOR = PresidioDetector()
IN_TEXT = in_text.in_text_of(DETECTOR)


def wide(text: str) -> str:
    """In full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


ALL = tuple(DETECTOR._recognizers)

PIECES = st.one_of(
    st.text(st.sampled_from("0123456789 -./()+xAaBbZz@:,;\n"), max_size=14),
    st.sampled_from(
        [
            "943 476 5919",
            "9434765919",
            "AB 12 34 56 C",
            "SW1A 2AA",
            "sw1a2aa",
            "07700 900123",
            "+44 20 7946 0958",
            "020 7946 0958 x12",
            "jane.doe@example.org",
            "GB82 WEST 1234 5698 7654 32",
            "4111 1111 1111 1111",
            "192.168.0.1",
            "fe80::1",
            "AB1234567",
            "AB51 ABC",
            " passport ",
            " his car ",
            " reg. ",
            "and then",
        ]
    ),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=5).map("".join), st.sampled_from(["", "passport no", "vehicle registration", "postcode"]))
def test_gates_lose_nothing(text: str, context: str) -> None:
    folded = fold(text)
    asked = open_gates(folded, context)
    assert DETECTOR.find(folded, asked=asked, context=context) == DETECTOR.find(folded, asked=ALL, context=context)


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


def test_a_pattern_that_takes_too_long_withholds_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = PresidioDetector()
    recogniser: Any = detector._recognizers[Entity.UK_NHS]
    pattern = recogniser.patterns[0]
    monkeypatch.setattr(pattern, "compiled_regex", regex.compile(r"(a|aa)+$"))
    monkeypatch.setattr(pattern, "compiled_with_flags", recogniser.global_regex_flags)
    monkeypatch.setattr("presidio_analyzer.pattern_recognizer.REGEX_TIMEOUT_SECONDS", 0.05)
    with pytest.raises(WithheldError):
        detector.find("a" * 40 + "b", asked=[Entity.UK_NHS], context="")
    monkeypatch.setattr(in_text, "open_gates", lambda _text, _context: [Entity.UK_NHS])
    assert in_text.in_text_of(detector)("")("a" * 40 + "b") == {Entity.UNREADABLE}


def test_a_recogniser_that_raises_withholds_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = PresidioDetector()

    def fail(*_: object) -> None:
        raise RuntimeError("Quatermain")

    monkeypatch.setattr(detector._recognizers[Entity.UK_NHS], "analyze", fail)
    with pytest.raises(WithheldError) as withheld:
        detector.find("943 476 5919", asked=[Entity.UK_NHS], context="")
    assert "Quatermain" not in str(withheld.value)


def test_presidio_logs_nowhere(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for word in ("GB00 QUAT ERMA IN12 3456 78", "943 476 5919", "jane@quatermain.org"):
        PresidioDetector().find(word, asked=ALL, context="iban")
    assert "QUAT" not in caplog.text + "".join(capfd.readouterr())


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
