"""An identifier in a kept column: found whatever its spelling, blanked whatever was declared, and its place told to the agency alone."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.cell.fate import Fate
from enclave.anonymise.cell.fold import fold
from enclave.anonymise.cell.stray import CERTAIN, is_stray
from enclave.anonymise.cell.whole import filling
from enclave.anonymise.entities import Entity
from enclave.anonymise.identifiers import check_digits
from enclave.anonymise.treating.treat import Treated, treaters
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.terms.schema import Category, Column, Kind
from tests.fakes.memory_anonymise import MemoryLookups

# Published examples, or made by the published rule; none belongs to a person.
KNOWN = {
    Entity.UK_NHS: ("943 476 5919", "943-476-5919", "9434765919", "9434765919.0", "9,434,765,919", "9.434765919E+09", "00009434765919"),
    Entity.UK_ULN: ("1000000388",),
    Entity.UK_UPN: ("H801200001001", "h801200001001"),
    Entity.UK_NINO: ("AB123456C", "AB 12 34 56 C"),
    Entity.UK_POSTCODE: ("SW1A 2AA", "sw1a2aa"),
    Entity.UK_DRIVING_LICENCE: ("MORGA657054SM9IJ", "morga753116sm9ij", "BO999611018A99AA"),
    Entity.UK_VEHICLE_REGISTRATION: ("AB51 ABC", "ab12cde"),
    Entity.PHONE_NUMBER: ("07700 900123", "+44 7700 900123", "447700900123", "(020) 7946 0958"),
    Entity.CRIME_REFERENCE: ("CR/012345/24", "42/1234/24"),
    Entity.POLICE_REFERENCE: ("2003/0062845E", "03/62845E", "20030062845E", "265416/21G"),
    Entity.CREDIT_CARD: ("4111 1111 1111 1111", "4111111111111111", "378282246310005"),
    Entity.IBAN_CODE: ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
    Entity.UK_BANK_ACCOUNT: ("20-00-00 55779911",),
    Entity.EMAIL_ADDRESS: ("jane.doe@example.org",),
    Entity.USER_NAME: ("@jane_doe",),
    Entity.URL: ("https://example.org/jane", "www.example.org"),
    Entity.IP_ADDRESS: ("192.168.0.1", "2001:db8::8a2e:370:7334"),
    Entity.MAC_ADDRESS: ("00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7"),
    Entity.US_SSN: ("999-76-6866",),
}


@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, texts in KNOWN.items() for text in texts])
def test_a_cell_that_is_an_identifier(entity: Entity, text: str) -> None:
    assert entity in filling(fold(text))
    assert is_stray(text, declared=False)
    assert is_stray(text, declared=True) is bool(filling(fold(text)) & CERTAIN)


@pytest.mark.parametrize(
    "text",
    [
        "9434765917",
        "0000000000",
        "1000000387",
        "A801200001001",
        "GB123456C",
        "MORGA693054SM9IJ",
        "4111111111111112",
        "GB82WEST12345698765431",
        "10:30:15",
        "1.2.3",
        "2024-01-05 10:30:15",
        "2024-01-05",
        "12-03-24",
        "E01015677",
        "F321",
        "0652",
        "33.512328767123286",
        "-76.67878313321814",
        "36717451094017",
        "Urgent care clinic (environment)",
        "Acetaminophen 21.7 MG/ML / Dextromethorphan Hydrobromide 1 MG/ML",
        "1e99",
        "",
        "@",
    ],
)
def test_a_cell_that_is_not(text: str) -> None:
    assert not filling(fold(text))


@pytest.mark.parametrize("text", ["2003/0062845F", "265416/21H"])
def test_a_police_reference_whose_letter_is_wrong_is_only_a_reference(text: str) -> None:
    assert filling(text) == {Entity.CRIME_REFERENCE}


@given(st.text(max_size=400))
def test_any_text_can_be_asked(text: str) -> None:
    assert filling(text) <= set(Entity)


@given(st.integers(0, 999_999_999))
def test_one_learner_number_in_ten(stem: int) -> None:
    right = [last for last in range(10) if check_digits.uln(f"{stem:09}{last}")]
    total = sum(int(digit) * weight for digit, weight in zip(f"{stem:09}", range(10, 1, -1), strict=True))
    assert right == ([] if total % 11 == 0 else [10 - total % 11])


@given(st.from_regex(r"\d{12,18}", fullmatch=True))
def test_one_last_digit_satisfies_luhn(stem: str) -> None:
    assert sum(check_digits.luhn(f"{stem}{last}") for last in range(10)) == 1


@given(st.integers(0, 99), st.integers(0, 9_999_999))
def test_one_letter_fits_a_police_number(year: int, serial: int) -> None:
    assert sum(check_digits.police(f"{year:02}{serial:07}", letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1


COSTS = ColumnPlan(
    header="cost", treatment=Treatment.KEEP, public=Column(name="cost", label="Cost", kind=Kind.INTEGER, low=0, high=99_999_999_999)
)


def treated_alone(plan: ColumnPlan, cells: pa.StringArray) -> Treated:
    ((_, treat),) = treaters(Declaration(columns=(plan,), size=1, rows_per_person=1), lookups=MemoryLookups())
    return treat([cells])


def test_an_nhs_number_within_the_declared_bounds_is_blanked_all_the_same() -> None:
    treated = treated_alone(COSTS, pa.array(["5", "9434765919", "9434765917", "", "9434765919"]))
    assert treated.missing.tolist() == [False, True, False, True, True]
    assert treated.values[~treated.missing].tolist() == [5, 9_434_765_917]
    assert treated.fates == {Fate.KEPT: 2, Fate.QUARANTINED: 2, Fate.EMPTY: 1}
    assert treated.stray.tolist() == [1, 4]


def test_a_declared_list_does_not_let_a_certain_identifier_through() -> None:
    codes = tuple(Category(code=code) for code in ("open", "9434765919", "E1 6AN"))
    plan = ColumnPlan(header="c", treatment=Treatment.KEEP, public=Column(name="c", label="C", kind=Kind.CATEGORY, categories=codes))
    treated = treated_alone(plan, pa.array(["open", "9434765919", "E1 6AN", "E1 6AA", "closed"]))
    # A unit postcode is somebody's code list too: declared it stays, undeclared it is an identifier and not only unlisted.
    assert treated.fates == {Fate.KEPT: 2, Fate.QUARANTINED: 2, Fate.UNLISTED: 1}
    assert treated.stray.tolist() == [1, 3]


def test_a_postcode_that_becomes_its_outward_code_is_no_stray() -> None:
    outward = Column(name="area", label="Area", kind=Kind.CATEGORY, categories=(Category(code="SW1A"), Category(code="M1")))
    plan = ColumnPlan(header="postcode", treatment=Treatment.OUTWARD, public=outward)
    treated = treated_alone(plan, pa.array(["SW1A 2AA", "943 476 5919"]))
    assert treated.fates == {Fate.KEPT: 1, Fate.QUARANTINED: 1}
