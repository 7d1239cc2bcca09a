"""Identifying columns are recognised in files nobody here shaped; what is left is told apart well enough to propose something."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from enclave.anonymise.classify import Classified, classify
from enclave.anonymise.code_book import code_books
from enclave.anonymise.column_class import IDENTIFYING, ColumnClass
from enclave.anonymise.facts import ColumnFacts
from enclave.anonymise.ports import PROFILE_TASK
from tests.factories.licensed import COMMITTED, wider
from tests.fakes.memory_anonymise import run_task

# The truth, by hand, from the sources' own descriptions of their columns.
PERSON = {
    "first_name": "forename",
    "last_name": "surname",
    "date_of_birth": "birth_date",
    "address": "address",
    "postcode": "postcode",
    "local_id": "local_number",
}
AGENCIES = {
    "ae_attendances": PERSON | {"event_id": "person_key", "national_id": "person_key"},
    "gp_consultations": PERSON | {"event_id": "person_key", "national_id": "person_key"},
    "police_register": PERSON | {"record_id": "person_key"},
    "social_care_assessments": PERSON | {"assessment_id": "person_key"},
}
ODI = {"Health Service ID": "nhs_number", "Postcode": "postcode"}
HES = {
    "artificial_hes_ae_0708_truncated": {"PSEUDO_HESID", "AEKEY", "EPIKEY"},
    "artificial_hes_apc_0102_truncated": {"PSEUDO_HESID", "AEKEY", "EPIKEY", "SUSRECID", "MYDOB"},
    "artificial_hes_op_0304_truncated": {"PSEUDO_HESID", "ATTENDKEY", "ATTENDID"},
    "patient_id_bridge": {"yas_id", "token_person_id", "cured_id"},
}


def classes(content: bytes) -> dict[str, Classified]:
    last = run_task(PROFILE_TASK, io.BytesIO(content))[-1]
    assert isinstance(last, dict)
    columns = last["profile"]["columns"]  # type: ignore[index,call-overload]
    return {one.facts.header: one for one in classify([ColumnFacts.from_json(body, books=code_books()) for body in columns])}  # type: ignore[union-attr]


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue().encode()


@pytest.mark.parametrize("agency", AGENCIES)
def test_identifiers_of_four_agencies(agency: str) -> None:
    found = classes((COMMITTED / "synthea_agencies" / f"{agency}.csv").read_bytes())
    assert {header: found[header].kind.value for header in AGENCIES[agency]} == AGENCIES[agency]
    alarms = {header for header, one in found.items() if one.kind in IDENTIFYING} - set(AGENCIES[agency])
    assert alarms <= {"new_conditions", "reason", "description"}  # many different texts in few rows


def test_identifiers_of_an_accident_and_emergency_file() -> None:
    found = classes((COMMITTED / "ae_odi_mock" / "hospital_ae_data.csv").read_bytes())
    assert {header: one.kind.value for header, one in found.items() if one.kind in IDENTIFYING} == ODI
    assert found["Gender"].kind is ColumnClass.SEX
    assert found["Arrival Time"].kind is ColumnClass.EVENT_DATE
    assert found["Age"].kind is ColumnClass.MEASURE


@pytest.mark.parametrize("agency", AGENCIES)
def test_recall_on_whole_agency_files(agency: str) -> None:
    found = classes(wider(f"synthea_agencies_a/{agency}.csv").read_bytes())
    assert {header: found[header].kind.value for header in AGENCIES[agency]} == AGENCIES[agency]


@pytest.mark.parametrize("name", HES)
def test_recall_on_hospital_episodes(name: str) -> None:
    found = classes(wider(f"hes_artificial/{name}.csv").read_bytes())
    missed = {header for header in HES[name] if found[header].kind not in IDENTIFYING}
    alarms = {header for header, one in found.items() if one.kind in IDENTIFYING} - HES[name]
    print(f"{name}: {len(HES[name])} identifiers, {len(missed)} missed; {len(alarms)} false alarms of {len(found)}: {sorted(alarms)}")
    assert not missed
    assert len(alarms) < 0.2 * len(found)


def test_street_crime_has_one_identifier_and_two_published_lists() -> None:
    found = classes(wider("police_street/2018-10-essex-street.csv").read_bytes())
    assert [header for header, one in found.items() if one.kind in IDENTIFYING] == ["Crime ID"]
    assert found["Month"].kind is ColumnClass.EVENT_DATE
    assert found["LSOA code"].kind is ColumnClass.GEOGRAPHY


FORENAMES = ["Ann", "Bob", "Sarah", "Mohammed", "Grace", "Oliver", "Priya", "Zofia", "Liam", "Owen", "Chloe", "Isla", "Noah", "Amir"]
SURNAMES = [
    "Smith",
    "Jones",
    "Khan",
    "Patel",
    "Evans",
    "Walsh",
    "Kowalski",
    "Okafor",
    "Singh",
    "Brown",
    "Taylor",
    "Nguyen",
    "Murphy",
    "Ali",
]
NINOS = [f"AB{number:06}C" for number in range(100_000, 100_060)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([f"{one} {other}" for one in FORENAMES for other in SURNAMES], ColumnClass.FULL_NAME),
        (NINOS, ColumnClass.NINO),
        ([f"07700 9{number:05}" for number in range(60)], ColumnClass.PHONE),
        ([f"person{number}@example.org" for number in range(60)], ColumnClass.EMAIL),
        ([f"CM1 {number}AB" for number in range(9)] * 9, ColumnClass.POSTCODE),
        ([f"{number} High Street, Chelmsford" for number in range(1, 99)], ColumnClass.ADDRESS),
        ([f"42/{number:05}/24" for number in range(60)], ColumnClass.CRIME_REFERENCE),
        ([f"X{number:07}" for number in range(400)], ColumnClass.PERSON_KEY),
        ([f"Patient number {number} was seen by the nurse on call and went home" for number in range(400)], ColumnClass.FREE_TEXT),
        (["2024-01-05", "2024-02-29"] * 40, ColumnClass.EVENT_DATE),
        (["yes", "no", ""] * 30, ColumnClass.YES_NO),
        (["red", "green", "amber"] * 30, ColumnClass.CATEGORY),
        ([f"{number / 7:.3f}" for number in range(300)], ColumnClass.MEASURE),
        ([f"E0100{number:04}" for number in range(300)], ColumnClass.GEOGRAPHY),
        ([""] * 20, ColumnClass.EMPTY),
    ],
)
def test_content_alone_is_enough(values: list[str], kind: ColumnClass) -> None:
    found = classes(table(["field7", "other"], [(value, "x") for value in values]))
    assert found["field7"].kind is kind


def test_forty_surnames_under_a_silent_name() -> None:
    rows = [(one, other) for one in FORENAMES * 2 for other in [*SURNAMES, "Baker", "Clarke", "Davies", "Edwards", "Foster", "Green"]]
    names = [*FORENAMES, "Harry", "Ivy", "Jack", "Kate", "Lucy", "Max"]
    found = classes(table(["f1", "f2"], [(names[place % len(names)], other) for place, (_, other) in enumerate(rows)]))
    assert found["f1"].kind is ColumnClass.FORENAME
    assert found["f2"].kind is ColumnClass.SURNAME


@pytest.mark.parametrize(
    ("header", "values", "kind"),
    [
        ("phone_calls", range(30), ColumnClass.MEASURE),
        ("School name", ["North Primary", "South Primary"] * 30, ColumnClass.CATEGORY),
        ("postcode_known", ["yes", "no"] * 30, ColumnClass.YES_NO),
        ("age_at_death", range(90), ColumnClass.MEASURE),
        ("NHS trust", ["RAJ", "RDE"] * 20, ColumnClass.CATEGORY),
        ("sex", ["M", "F"] * 20, ColumnClass.SEX),
        ("Date of Birth", ["1980-04-03", ""] * 20, ColumnClass.BIRTH_DATE),
        ("PatientDOB", ["03041980"] * 20, ColumnClass.BIRTH_DATE),
        ("NHSNumber", ["943 476 5919"] * 9, ColumnClass.NHS_NUMBER),
        ("Hospital Number", ["A12", "B13"] * 9, ColumnClass.LOCAL_NUMBER),
    ],
)
def test_names_and_cells_together(header: str, values: Iterable[object], kind: ColumnClass) -> None:
    assert classes(table([header, "other"], [(value, "x") for value in values]))[header].kind is kind


def test_one_identifier_in_ten_thousand_cells_is_reported() -> None:
    rows = [("open" if number % 2 else "closed", number) for number in range(10_000)]
    rows[7_777] = ("943 476 5919", 1)
    rows[8_888] = ("closed, says Ann Smith of ann@example.org", 2)
    found = classes(table(["status", "count"], rows))
    assert found["status"].kind is ColumnClass.CATEGORY
    assert {entity.value: count for entity, count in found["status"].stray.items()} == {"UK_NHS": 1, "EMAIL_ADDRESS": 1, "PERSON": 1}


def test_facts_hold_no_values() -> None:
    path = Path(COMMITTED / "synthea_agencies" / "police_register.csv")
    last = run_task(PROFILE_TASK, io.BytesIO(path.read_bytes()))[-1]
    said = str(last)
    rows = list(csv.reader(path.read_text().splitlines()))[1:]
    assert not [cell for row in rows for cell in row if len(cell) > 3 and cell in said]
