"""Numbers look right, check right, and can belong to nobody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.demo.population import identifiers

# Royal Mail's 124 areas, Channel Islands and Isle of Man included.
_AREAS = """
AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GX GY
HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR
RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_AREAS.split())


@pytest.mark.parametrize("number", ["9434765919", "9876543210", "4505577104"])
def test_published_nhs_numbers_check(number: str) -> None:
    assert identifiers.nhs_check_digit(number[:9]) == int(number[9])


def test_every_test_nhs_number_is_there_once_and_valid() -> None:
    serials = identifiers.nhs_serials(seed=3)
    assert len(set(serials.tolist())) == len(serials) == 909_091
    for serial in serials[:2_000].tolist():
        number = identifiers.nhs_number(serial)
        assert re.fullmatch(r"999\d{7}", number)
        assert identifiers.nhs_check_digit(number[:9]) == int(number[9])


def test_serials_depend_on_the_seed() -> None:
    assert identifiers.nhs_serials(seed=3).tolist() != identifiers.nhs_serials(seed=4).tolist()


def check_letter(digits: str) -> str:
    """The Department's rule, written down a second time."""
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[sum((place + 2) * int(digit) for place, digit in enumerate(digits)) % 23]


def test_the_department_s_own_example() -> None:
    assert check_letter("801200005001") == "B"


@given(serial=st.integers(0, 10_000_000), year=st.integers(2000, 2030))
def test_pupil_numbers_check_and_name_no_authority(serial: int, year: int) -> None:
    number = identifiers.pupil_number(serial, year=year)
    assert re.fullmatch(r"[A-HJ-NP-RT-Z]199\d{9}", number)
    assert number[0] == check_letter(number[1:])


@given(number=st.integers(0, 10**9))
def test_telephones_are_from_ofcom_s_drama_ranges(number: int) -> None:
    assert re.fullmatch(r"07700 900\d{3}|01632 960\d{3}", identifiers.telephone(number))


@given(unit=st.integers(0, 10**7), outward=st.sampled_from([f"CX{number}" for number in range(1, 13)]))
def test_postcodes_are_shaped_right_in_an_area_that_is_not_there(unit: int, outward: str) -> None:
    code = identifiers.postcode(outward, unit)
    assert re.fullmatch(r"[A-PR-UWYZ][A-HK-Y]\d{1,2} \d[ABD-HJLNP-UW-Z]{2}", code)
    assert code[:2] not in AREAS


def test_postcodes_differ_within_an_area() -> None:
    assert len({identifiers.postcode("CX1", unit) for unit in range(3_600)}) == 3_600
