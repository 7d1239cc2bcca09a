"""From a profiled file to a published version, as an officer clicks it; nothing public ever comes from the data."""

from __future__ import annotations

import json
import re

import pytest

from enclave.catalogue.upload import UploadState
from tests.factories.house import ATTENDANCES, CANARY, INCIDENTS, INCIDENTS_CSV, House, incidents_plan, send

HEADERS = [plan.header for plan in incidents_plan().columns]


@pytest.fixture
def upload(house: House) -> int:
    """A file of another agency's first dataset: no last declaration helps."""
    number = send(house, ATTENDANCES, INCIDENTS_CSV, by="hugo")
    house.work_off()
    return number


def place(header: str) -> int:
    return HEADERS.index(header)


def chosen(**other: str) -> dict[str, str]:
    """The first form, as most of it is proposed."""
    made = {f"treatment-{place(header)}": "keep" for header in ("outcome", "district", "age")}
    made |= {f"treatment-{place('month')}": "month", f"format-{place('month')}": "%d/%m/%Y", f"treatment-{place('note')}": "drop"}
    return made | other


def typed(**other: str) -> dict[str, str]:
    """The second form."""
    made: dict[str, str] = {}
    for header, kind, low, high, categories in (
        ("district", "category", "", "", "N = North\nS = South"),
        ("outcome", "category", "", "", "charged\nnone"),
        ("age", "integer", "0", "110", ""),
        ("month", "month", "2023-05", "2026-04", ""),
    ):
        fields = {
            "name": header,
            "label": header.capitalize(),
            "kind": kind,
            "low": low,
            "high": high,
            "unit": "",
            "categories": categories,
            "missing": "yes",
        }
        made |= {f"{field}-{place(header)}": text for field, text in fields.items()}
    return made | other


def test_the_whole_way(visit, house, upload) -> None:
    hugo = visit("hugo")
    first = hugo.get(f"/uploads/{upload}/columns")
    assert "First names" in first.text
    assert "Dates of birth" in first.text
    assert hugo.post(f"/uploads/{upload}/columns", chosen()).headers["location"] == f"/uploads/{upload}/bounds"
    assert hugo.post(f"/uploads/{upload}/bounds", typed()).headers["location"] == f"/uploads/{upload}/size"
    assert (
        hugo.post(f"/uploads/{upload}/size", {"size": "20,000", "rows_per_person": "3"}).headers["location"] == f"/uploads/{upload}/confirm"
    )
    last = hugo.get(f"/uploads/{upload}/confirm").text
    assert "about 20,000 rows" in last
    assert "at most 3 rows of one person" in last
    assert "forename (first name)" in last
    assert "note. None of this is stored." in last or "note" in last
    saved = hugo.get(f"/uploads/{upload}/plan.json")
    assert saved.json()["format"] == "enclave-plan/2"
    for _ in range(2):  # a double click declares once
        assert hugo.post(f"/uploads/{upload}/confirm").headers["location"] == f"/uploads/{upload}"
    assert "Taking names out, linking and measuring the risk" in hugo.get(f"/uploads/{upload}").text
    house.work_off()
    assert hugo.get(f"/uploads/{upload}").headers["location"] == f"/uploads/{upload}/risk"
    assert "How easily could people be picked out?" in hugo.get(f"/uploads/{upload}/risk").text
    for _ in range(2):  # a double click publishes once
        assert hugo.post(f"/uploads/{upload}/risk").headers["location"] == f"/uploads/{upload}"
    house.work_off()
    done = hugo.get(f"/uploads/{upload}").text
    assert "Version 1 is published" in done
    report = hugo.get(f"/datasets/{ATTENDANCES}/versions/1").text
    assert "Rows in the file" in report
    for page in (first.text, last, done, report):
        assert CANARY not in page
        assert "Quatermain" not in page


def test_no_bound_and_no_list_comes_from_the_data(visit, upload) -> None:
    """The file holds "charged", "N" and ages from 20 to 79: none of them may be filled in."""
    hugo = visit("hugo")
    hugo.post(f"/uploads/{upload}/columns", chosen())
    page = hugo.get(f"/uploads/{upload}/bounds").text
    assert "charged" not in page
    values = re.findall(r'id="(?:low|high)-\d+"[^>]*value="([^"]*)"', page)
    assert not [value for value in values if value]
    assert re.search(r'id="size"[^>]*value="([^"]+)"', hugo.get(f"/uploads/{upload}/size").text) is None


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("low-age", "young", "Age: its smallest possible value has to be a whole number."),
        ("high-age", "-5", "Age: the lower bound is above the upper bound."),
        ("categories-district", "", "District: list the values it may have, one a line."),
        ("high-month", "April", "Month: its largest possible value has to be a month like 2024-12."),
        ("name-age", "Age!", "Age: a column name is lower-case letters, digits and underscores."),
        ("name-age", "outcome", "Two columns would be called outcome: rename one."),
        ("kind-outcome", "", "Outcome: say what it holds."),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_kept(visit, upload, field: str, text: str, sentence: str) -> None:
    hugo = visit("hugo")
    hugo.post(f"/uploads/{upload}/columns", chosen())
    name, _, header = field.partition("-")
    page = hugo.post(f"/uploads/{upload}/bounds", typed(**{f"{name}-{place(header)}": text}))
    assert page.status_code == 422
    assert sentence in page.text.replace("&#39;", "'")
    assert 'value="2023-05"' in hugo.get(f"/uploads/{upload}/bounds").text  # the rest is kept


@pytest.mark.parametrize(
    ("size", "most", "sentence"),
    [
        ("12,345", "3", "Round the number of rows to one figure, for example 10,000."),
        ("many", "3", "Say about how many rows there are, as a whole number."),
        ("20000", "0", "Say how many rows of one person may count, as a whole number."),
    ],
)
def test_size_and_bound_are_checked(visit, upload, size: str, most: str, sentence: str) -> None:
    hugo = visit("hugo")
    hugo.post(f"/uploads/{upload}/columns", chosen())
    hugo.post(f"/uploads/{upload}/bounds", typed())
    page = hugo.post(f"/uploads/{upload}/size", {"size": size, "rows_per_person": most})
    assert page.status_code == 422
    assert sentence in page.text


def test_a_declared_list_of_identifiers_is_refused_before_it_becomes_public(visit, house, upload) -> None:
    hugo = visit("hugo")
    hugo.post(f"/uploads/{upload}/columns", chosen())
    hugo.post(f"/uploads/{upload}/bounds", typed(**{f"categories-{place('outcome')}": "ann@example.org\nbob@example.org\njoy@example.org"}))
    hugo.post(f"/uploads/{upload}/size", {"size": "20000", "rows_per_person": "3"})
    page = hugo.post(f"/uploads/{upload}/confirm")
    assert page.status_code == 400
    assert "looks like" in page.text
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.state is UploadState.DECLARING


def test_a_data_dictionary_fills_in_what_it_says(visit, upload) -> None:
    hugo = visit("hugo")
    dictionary = {"fields": [{"name": "age", "type": "integer", "title": "Age in years", "constraints": {"minimum": 0, "maximum": 115}}]}
    answer = hugo.post(f"/uploads/{upload}/dictionary", files={"dictionary": ("d.json", json.dumps(dictionary).encode())})
    assert answer.status_code == 303
    page = hugo.get(f"/uploads/{upload}/bounds").text
    assert 'value="115"' in page
    assert 'value="Age in years"' in page


def test_last_times_choices_fill_in_everything(visit, upload) -> None:
    hugo = visit("hugo")
    plan = json.dumps(incidents_plan().as_json()).encode()
    assert hugo.post(f"/uploads/{upload}/dictionary", files={"dictionary": ("plan.json", plan)}).status_code == 303
    assert hugo.get(f"/uploads/{upload}/confirm").status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "enclave-plan/1", "columns": []}', b"\xff\xfe"])
def test_a_file_that_is_no_dictionary_changes_nothing(visit, upload, content: bytes) -> None:
    page = visit("hugo").post(f"/uploads/{upload}/dictionary", files={"dictionary": ("d.json", content)})
    assert page.status_code == 400
    assert "This is not a data dictionary." in page.text


def test_next_months_file_needs_no_typing(visit, house) -> None:
    number = send(house, INCIDENTS, INCIDENTS_CSV)
    house.work_off()
    olive = visit("olive")
    page = olive.get(f"/uploads/{number}/confirm")
    assert page.status_code == 200
    assert olive.post(f"/uploads/{number}/confirm").status_code == 303
    house.work_off()
    assert olive.post(f"/uploads/{number}/risk").status_code == 303
    house.work_off()
    assert "Version 2 is published" in olive.get(f"/uploads/{number}").text


def test_a_step_out_of_turn_leads_to_where_it_is(visit, house, upload) -> None:
    hugo = visit("hugo")
    assert hugo.get(f"/uploads/{upload}/confirm").headers["location"] == f"/uploads/{upload}/bounds"
    hugo.post(f"/uploads/{upload}/withdraw")
    assert hugo.get(f"/uploads/{upload}/columns").status_code == 409
    assert hugo.post(f"/uploads/{upload}/confirm").headers["location"] == f"/uploads/{upload}"
