"""Identifying columns are recognised in files nobody here shaped; what is left is told apart well enough to propose something."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.column_class import IDENTIFYING, ColumnClass
from enclave.anonymise.columns import context
from enclave.anonymise.columns.classify import Classified
from enclave.anonymise.columns.context import classify
from enclave.anonymise.columns.header_words import spelled
from enclave.anonymise.columns.profile import described
from enclave.anonymise.entities import Entity
from enclave.anonymise.identifiers import exact as ids
from enclave.anonymise.ports import PROFILE_TASK
from enclave.anonymise.published.code_book import code_books
from enclave.anonymise.reading.facts import ColumnFacts
from enclave.anonymise.reading.parse import TableFacts, read_profile
from enclave.terms.schema import Unit
from tests.factories import column_truth
from tests.factories.column_truth import score
from tests.factories.licensed import COMMITTED, wider
from tests.fakes.memory_anonymise import parse_here, run_task


def classes(content: bytes) -> dict[str, Classified]:
    last = run_task(PROFILE_TASK, io.BytesIO(content))[-1]
    assert isinstance(last, dict)
    columns = last["profile"]["columns"]  # type: ignore[index,call-overload]
    return {one.facts.header: one for one in classify([ColumnFacts.from_json(body, books=code_books()) for body in columns])}  # type: ignore[union-attr]


def facts_of(content: bytes) -> TableFacts:
    return read_profile(parse_here, io.BytesIO(content), size=len(content), tick=lambda _rows: None)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue().encode()


@pytest.mark.parametrize("name", column_truth.COMMITTED)
def test_recall_on_the_extracts(name: str) -> None:
    scored = score(classes((COMMITTED / name).read_bytes()), column_truth.COMMITTED[name])
    assert scored.recall >= 0.99
    assert scored.renamed == ()
    assert set(scored.alarms) <= {"new_conditions", "reason", "description"}  # many different texts in few rows


@pytest.mark.parametrize("name", column_truth.WIDER)
def test_recall_on_whole_files(name: str) -> None:
    scored = score(classes(wider(name).read_bytes()), column_truth.WIDER[name])
    assert scored.recall >= 0.99
    assert scored.renamed == ()
    # Lists of codes that hardly repeat, and of diagnoses in words: kept from researchers until somebody says otherwise.
    assert {alarm for alarm in scored.alarms if not alarm.endswith("_CONCAT")} <= {"new_conditions"}


def test_a_mock_of_accident_and_emergency() -> None:
    found = classes((COMMITTED / "ae_odi_mock" / "hospital_ae_data.csv").read_bytes())
    assert found["Gender"].kind is ColumnClass.SEX
    assert found["Arrival Time"].kind is ColumnClass.EVENT_DATE
    assert found["Age"].kind is ColumnClass.MEASURE


def test_street_crime_has_one_identifier_and_two_published_lists() -> None:
    found = classes(wider("police_street/2018-10-essex-street.csv").read_bytes())
    assert [header for header, one in found.items() if one.kind in IDENTIFYING] == ["Crime ID"]
    assert found["Longitude"].kind is ColumnClass.GEOGRAPHY  # nobody's details stand beside it
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
ULNS = [number for number in map(str, range(1_000_000_000, 1_000_001_000)) if ids.uln(number)]
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
        (ULNS, ColumnClass.ULN),
        (["MORGA657054SM9IJ", "MORGA753116SM9IJ"] * 9, ColumnClass.DRIVING_LICENCE),
        ([f"AB{number} XYZ" for number in range(51, 75)], ColumnClass.VEHICLE_REGISTRATION),
        (["GB82WEST12345698765432"] * 9, ColumnClass.BANK_DETAILS),
        (["4111 1111 1111 1111"] * 9, ColumnClass.BANK_DETAILS),
        ([f"20-00-00 557799{number}" for number in range(10, 60)], ColumnClass.BANK_DETAILS),
        ([f"@jane_{number}" for number in range(60)], ColumnClass.HANDLE),
        ([f"10.0.0.{number}" for number in range(60)], ColumnClass.IP_ADDRESS),
        ([f"00:1B:44:11:3A:{number}" for number in range(10, 60)], ColumnClass.DEVICE),
        ([f"https://example.org/people/{number}" for number in range(60)], ColumnClass.URL),
        ([f"999-{number}-6866" for number in range(10, 60)], ColumnClass.PERSON_KEY),
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
        ("Hospital ID", range(3000, 3020), ColumnClass.LOCAL_NUMBER),
        ("Hospital ID", [3001, 3002] * 500, ColumnClass.CATEGORY),
        ("patientsurname", ["Qx", "Yz"] * 30, ColumnClass.SURNAME),
        ("patFirstName", ["Qx", "Yz"] * 30, ColumnClass.FORENAME),
        ("dtbirth", ["03041980"] * 20, ColumnClass.BIRTH_DATE),
        ("personbirthdate", ["19800403"] * 20, ColumnClass.BIRTH_DATE),
        ("HOMEPOSTCODE", ["ZZ", "YY"] * 30, ColumnClass.POSTCODE),
        ("nhsno", ["123456789"] * 20, ColumnClass.NHS_NUMBER),
        ("crimerefno", ["7788991"] * 20, ColumnClass.CRIME_REFERENCE),
        ("contactemail", ["none given"] * 20, ColumnClass.EMAIL),
        ("mobno", range(7_700_900_100, 7_700_900_190), ColumnClass.PHONE),
        ("DateOfDeath", ["2020-04-03", ""] * 20, ColumnClass.DEATH_DATE),
        ("uln", ["999999"] * 20, ColumnClass.ULN),
        ("UPRN", ["10023456789"] * 20, ColumnClass.UPRN),
        ("passport_no", ["X19277260"] * 20, ColumnClass.PASSPORT),
        ("drivingLicenceNumber", ["S99984236"] * 20, ColumnClass.DRIVING_LICENCE),
        ("vehicle_reg", ["P123 ABC"] * 20, ColumnClass.VEHICLE_REGISTRATION),
        ("sortcode", ["20-00-00"] * 20, ColumnClass.BANK_DETAILS),
        ("account number", ["55779911"] * 20, ColumnClass.BANK_DETAILS),
        ("twitter_handle", ["janedoe"] * 20, ColumnClass.HANDLE),
        ("deviceid", ["A1B2C3D4E5"] * 20, ColumnClass.DEVICE),
        ("PNCID", ["2001/1234567"] * 20, ColumnClass.CRIME_REFERENCE),
        ("diagnosis_code", [f"F{number}" for number in range(100, 140)] * 2, ColumnClass.CATEGORY),
        ("procedure", [f"W{number}" for number in range(100, 190)], ColumnClass.CATEGORY),
        ("REASONCODE", list(range(44_465_007, 44_465_047)) * 9, ColumnClass.CATEGORY),
        ("housing_type", ["flat", "house"] * 30, ColumnClass.CATEGORY),
        ("driving distance", range(300), ColumnClass.MEASURE),
        ("account_balance", range(300), ColumnClass.MEASURE),
        ("street_lighting", ["yes", "no"] * 30, ColumnClass.YES_NO),
    ],
)
def test_names_and_cells_together(header: str, values: Iterable[object], kind: ColumnClass) -> None:
    assert classes(table([header, "other"], [(value, "x") for value in values]))[header].kind is kind


def beside(header: str, values: Sequence[object], **others: Sequence[object]) -> ColumnClass:
    """The class of a column with others beside it."""
    return classes(table([header, *others], zip(values, *others.values(), strict=True)))[header].kind


LIVES = [f"{year}-03-04" for year in range(1930, 2020)]
STREETS = [f"{number} High Street" for number in range(90)]
ONE_DAY = ["2024-01-05"] * 90
EVENTS = [f"{2020 + number % 4}-03-04" for number in range(90)]
PLAIN = ["a", "b"] * 45
MANY = [f"Q{letter}{other}" for letter in "abcdefghij" for other in "abcdefghi"]


@pytest.mark.parametrize(
    ("header", "values", "others", "kind"),
    [
        ("name", PLAIN, {"colour": PLAIN}, ColumnClass.CATEGORY),
        ("name", PLAIN, {"dob": LIVES}, ColumnClass.FULL_NAME),
        ("line1", PLAIN, {"postcode": ["ZZ1", "ZZ2"] * 45}, ColumnClass.ADDRESS),
        ("line1", PLAIN, {"colour": PLAIN}, ColumnClass.CATEGORY),
        ("account", [f"5577{number}" for number in range(1000, 1090)], {"sort code": ["20-00-00"] * 90}, ColumnClass.BANK_DETAILS),
        ("latitude", [f"51.{number}" for number in range(90)], {"address": STREETS}, ColumnClass.COORDINATES),
        ("latitude", [f"51.{number}" for number in range(90)], {"colour": PLAIN}, ColumnClass.GEOGRAPHY),
        ("date1", LIVES, {"surname": MANY}, ColumnClass.BIRTH_DATE),
        ("date1", LIVES, {"colour": PLAIN}, ColumnClass.EVENT_DATE),
        ("date1", LIVES, {"surname": MANY, "dob": LIVES}, ColumnClass.EVENT_DATE),
        ("admission date", LIVES, {"surname": MANY}, ColumnClass.EVENT_DATE),
        ("date1", EVENTS, {"surname": MANY}, ColumnClass.EVENT_DATE),
    ],
)
def test_what_neighbours_say(header: str, values: Sequence[object], others: dict[str, Sequence[object]], kind: ColumnClass) -> None:
    assert beside(header, values, **others) is kind


def test_published_statistics_are_about_areas_and_not_about_people() -> None:
    found = classes(wider("education/exclusions_by_reason.csv").read_bytes())
    assert context.is_statistics(list(found.values()))
    assert not [header for header, one in found.items() if one.kind in IDENTIFYING]
    kinds = {one.kind for header, one in found.items() if header.startswith(("perm_", "fixed_"))}
    assert kinds == {ColumnClass.MEASURE}  # although x stands for small counts


def test_suppression_marks_tell_statistics_without_the_usual_columns() -> None:
    rows = [(f"E0700{number:04}", "c" if number % 9 == 0 else number, "x" if number % 7 == 0 else 3 * number) for number in range(300)]
    content = table(["area code", "pupils", "absent"], rows)
    body = described(facts_of(content), unit=Unit.ROW, last=None)
    assert context.NOTE in body["notes"]
    assert [one["class"] for one in body["columns"]] == ["geography", "measure", "measure"]


@pytest.mark.parametrize("name", ["police_register", "social_care_assessments"])
def test_records_of_people_are_not_statistics(name: str) -> None:
    assert not context.is_statistics(list(classes((COMMITTED / "synthea_agencies" / f"{name}.csv").read_bytes()).values()))


def test_one_nhs_number_in_a_hundred_thousand_rows_is_found_with_its_row() -> None:
    rows = ["open" if number % 2 else "closed" for number in range(100_000)]
    rows[77_776] = "943 476 5919"
    found = classes(table(["status", "n"], ((row, 1) for row in rows)))["status"]
    assert found.stray == {Entity.UK_NHS: 1}
    assert found.facts.places == {Entity.UK_NHS: (77_777,)}


def test_only_the_first_twenty_rows_are_named_however_many_there_are() -> None:
    found = classes(table(["status", "n"], (("9434765919" if number % 3 == 0 else "open", number) for number in range(30_000))))["status"]
    assert found.kind is ColumnClass.CATEGORY
    assert found.stray == {Entity.UK_NHS: 10_000}
    assert found.facts.places[Entity.UK_NHS] == tuple(range(1, 60, 3))


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=60))
def test_any_run_of_letters_is_spelled_without_loss(word: str) -> None:
    assert len(spelled(word).replace(" ", "")) >= len(word) or any(short in word for short in ("license", "addr"))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("patientsurname", " patient surname "),
        ("dtbirth", " date birth "),
        ("HomeAddrLine1", " home address line 1 "),
        ("homepostcode", " home postcode "),
        ("reason", " reason "),
        ("LSOA01", " lsoa01 "),
        ("DIAG_4_CONCAT", " diag 4 concat "),
        ("assessment", " assessment "),
    ],
)
def test_words_of_a_name(header: str, words: str) -> None:
    assert spelled(header) == words


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
