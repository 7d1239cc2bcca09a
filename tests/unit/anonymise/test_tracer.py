"""Whom an entry of a list means, by what little lists and records say; and what means nobody because thousands share it."""

from __future__ import annotations

import pytest

from enclave.anonymise.linkage.identity import Identity, Reader
from enclave.anonymise.removal.read_list import COLUMNS
from enclave.anonymise.removal.tracer import Tracer, why_unusable
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment
from enclave.catalogue.reach import beyond_lists

TRACER = Tracer(b"k" * 32)


def who(**said: str) -> Identity:
    """An identity as a list or a file with these columns says it."""
    plans = [
        ColumnPlan(
            header=name, treatment=Treatment.DROP, link_as=COLUMNS[name.replace("_", " ")], format="%d/%m/%Y" if name == "dob" else ""
        )
        for name in said
    ]
    return Reader(plans).read(list(said.values()))


def meant(entry: Identity, record: Identity) -> bool:
    return bool(set(TRACER.traces(entry)) & set(TRACER.traces(record)))


@pytest.mark.parametrize(
    ("entry", "record"),
    [
        (who(email="Zebulon.Q@example.org"), who(email="zebulon.q@EXAMPLE.org")),
        (who(mobile="07700 900123"), who(phone="+44 7700 900123")),
        (who(surname="Quatermain", phone="01245 900123"), who(name="Z Quatermane", telephone="(01245) 900 123")),
        (who(name="Zebulon Quatermain", town="Chelmsford"), who(forename="Zebulon", surname="Quatermain", city="CHELMSFORD")),
        (who(name="John Smith", town="Malton"), who(name="Smith, John", place="Malton")),
        (who(name="Zebulon Quatermain", address="12 High St"), who(name="Z. Quatermain", address="12, High Street, Chelmsford")),
        (who(name="Zeb Quatermain", postcode="CM1 1AB"), who(name="Zebulon Quatermaine", postcode="cm11ab")),
        (who(name="Bob Smith", dob="03/04/1980"), who(name="Robert Smyth", dob="04/03/1980")),
        (who(name="Bill Quatermain", town="Malton"), who(name="William Quatermain", town="Malton")),
        (who(forename="Ann", surname="Jones", maiden_name="Quatermain", dob="03/04/1980"), who(name="Ann Quatermain", dob="03/04/1980")),
    ],
)
def test_an_entry_means_the_person(entry: Identity, record: Identity) -> None:
    assert meant(entry, record)
    assert meant(record, entry)


@pytest.mark.parametrize(
    "entry",
    [
        who(email="info@example.org"),
        who(phone="01245 900123"),
        who(name="John Smith", town="London"),
        who(name="Zebulon Quatermain"),
        who(dob="03/04/1980", postcode="CM1 1AB"),
        who(name="unknown"),
    ],
)
def test_what_thousands_may_share_means_nobody_and_says_why(entry: Identity) -> None:
    assert TRACER.traces(entry) == ()
    said = why_unusable(entry, sure=False)
    assert said
    assert not any(value in said for value in (entry.email, entry.phone, entry.forename, entry.surname, entry.postcode) if value)


def test_a_stranger_is_not_meant() -> None:
    one = who(name="Zebulon Quatermain", dob="03/04/1980", postcode="CM1 1AB", email="z@example.org", mobile="07700 900123", town="Malton")
    other = who(name="Joy Park", dob="03/04/1980", postcode="CM1 1AB", email="j@example.org", mobile="07700 900124", town="Malton")
    assert not meant(one, other)


def test_no_column_of_people_is_without_a_sentence_where_lists_miss_them() -> None:
    role = LinkRole
    assert beyond_lists([role.FORENAME, role.SURNAME, None, role.BIRTH_DATE]) == ""
    assert beyond_lists([role.FULL_NAME, role.POSTCODE]) == ""
    assert "same numbers" in beyond_lists([role.NHS_NUMBER, role.BIRTH_DATE])
    assert "mobile" in beyond_lists([role.PHONE])
    assert "cannot reach" in beyond_lists([role.BIRTH_DATE, role.POSTCODE])
