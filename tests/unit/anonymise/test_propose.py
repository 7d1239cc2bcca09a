"""Proposals: what becomes public is never taken from the data."""

from __future__ import annotations

import io
import json

import pytest

from enclave.anonymise.columns.dictionary import read_dictionary
from enclave.anonymise.columns.profile import described, propose_again
from enclave.anonymise.columns.proposal import Proposal
from enclave.anonymise.columns.propose import propose
from enclave.anonymise.published.code_book import CodeBook, code_books
from enclave.anonymise.reading.facts import ColumnFacts
from enclave.anonymise.reading.parse import read_profile
from enclave.catalogue.declaration import Declaration, LinkRole, Treatment
from enclave.terms.errors import AgencyError
from enclave.terms.schema import Kind, Unit
from tests.factories.uploads import csv_bytes, declaration
from tests.fakes.memory_anonymise import parse_here

DICTIONARY = json.dumps(
    {
        "fields": [
            {"name": "Minutes", "title": "Minutes in department", "type": "integer", "constraints": {"minimum": 0, "maximum": 1440}},
            {"name": "department", "type": "string", "constraints": {"enum": ["Majors", "Minors", "Resus"], "required": True}},
            {"name": "arrived", "type": "yearmonth", "format": "%Y-%m-%d", "constraints": {"minimum": "2024-01", "maximum": "2024-12"}},
            {"name": "sex", "type": "string", "categories": [{"value": "M", "label": "Male"}, {"value": "F", "label": "Female"}]},
            {"name": "dob", "type": "date", "format": "%d/%m/%Y"},
            {"name": "cost", "type": "number", "constraints": {"minimum": 0, "maximum": 99.99}},
            {"name": "strange", "type": "geojson"},
            "nonsense",
        ]
    }
).encode()


def facts(content: bytes) -> tuple[ColumnFacts, ...]:
    return read_profile(parse_here, io.BytesIO(content), size=len(content), tick=lambda _rows: None).columns


def by_header(proposals: list[Proposal]) -> dict[str, Proposal]:
    return {one.header: one for one in proposals}


def test_without_a_word_from_anyone_nothing_public_is_proposed() -> None:
    found = by_header(propose(facts(csv_bytes()), unit=Unit.PERSON))
    assert [one.header for one in found.values() if one.public] == ["sex"]  # the published list, whole
    assert found["department"].kind is Kind.CATEGORY
    assert found["department"].public is None
    assert not found["minutes"].ready
    assert found["nhs_number"].link_as is LinkRole.NHS_NUMBER
    assert found["note"].treatment is Treatment.DROP
    assert found["dob"].link_as is LinkRole.BIRTH_DATE
    assert found["arrived"].treatment is Treatment.MONTH
    assert found["arrived"].format == "%Y-%m-%d"
    assert all(one.reason.endswith(".") for one in found.values())


def test_what_is_public_does_not_depend_on_the_cells() -> None:
    one = propose(facts(csv_bytes([("", "Ann", "B", "", "F", "", "2024-01-01", "Majors", "5", "")] * 3)), unit=Unit.PERSON)
    other = propose(facts(csv_bytes([("", "Bob", "C", "", "M", "", "2019-07-01", "Other", "99", "")] * 3)), unit=Unit.PERSON)
    assert [proposal.public for proposal in one] == [proposal.public for proposal in other]


@pytest.mark.parametrize(
    ("dates", "written"),
    [
        (["13/02/1990", "01/03/1991"], "%d/%m/%Y"),
        (["02/13/1990", "03/01/1991"], "%m/%d/%Y"),
        (["01/02/1990", "03/04/1991"], ""),
        (["1990-02-01"], "%Y-%m-%d"),
        (["5 May 1990"], "%d %B %Y"),
        (["5 June 1990"], "%d %B %Y"),
        (["often"], ""),
    ],
)
def test_a_date_format_is_proposed_only_where_no_other_fits(dates: list[str], written: str) -> None:
    rows = [("", "Ann", "Bell", date, "F", "", "2024-01-01", "Majors", "5", "") for date in dates]
    dob = by_header(propose(facts(csv_bytes(rows)), unit=Unit.PERSON))["dob"]
    assert dob.format == written
    assert dob.ready is bool(written)
    assert ("Declare how its dates are written" in dob.reason) is not bool(written)


def test_row_level_data_link_nobody() -> None:
    assert not [one for one in propose(facts(csv_bytes()), unit=Unit.ROW) if one.link_as]


def test_a_dictionary_supplies_bounds_categories_and_labels() -> None:
    found = by_header(propose(facts(csv_bytes()), unit=Unit.PERSON, dictionary=read_dictionary(DICTIONARY)))
    minutes, department, arrived = (found[name].public for name in ("minutes", "department", "arrived"))
    assert minutes is not None
    assert (minutes.label, minutes.bounds) == ("Minutes in department", (0, 1440))
    assert department is not None
    assert [category.code for category in department.categories] == ["Majors", "Minors", "Resus"]
    assert department.missing is False
    assert arrived is not None
    assert arrived.bounds == (648, 659)
    assert found["dob"].format == "%d/%m/%Y"
    assert found["nhs_number"].treatment is Treatment.DROP  # a dictionary does not make an identifier public
    assert all(one.ready for one in found.values())
    plan = Declaration(columns=tuple(one.as_plan() for one in found.values()), size=10, rows_per_person=2)
    assert plan.links


def test_numbers_take_their_decimals_from_their_declared_bounds() -> None:
    content = b"cost,day\n" + b"".join(b"%d.50,2024-01-01\n" % number for number in range(200))
    cost = by_header(propose(facts(content), unit=Unit.ROW, dictionary=read_dictionary(DICTIONARY)))["cost"]
    assert cost.public is not None
    assert (cost.public.decimals, cost.public.bounds) == (2, (0, 9_999))


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"fields": []}', b'{"fields": [{"type": "string"}]}', b"\xff", b"[" * 100_000])
def test_what_is_no_dictionary_is_refused(content: bytes) -> None:
    with pytest.raises(AgencyError) as refused:
        read_dictionary(content)
    assert refused.value.rule == "U-40"


def test_a_bad_bound_leaves_the_column_undeclared() -> None:
    body = json.dumps({"fields": [{"name": "minutes", "type": "integer", "constraints": {"minimum": 9, "maximum": 1.5}}]}).encode()
    minutes = by_header(propose(facts(csv_bytes()), unit=Unit.PERSON, dictionary=read_dictionary(body)))["minutes"]
    assert minutes.public is None
    assert not minutes.ready


def test_the_saved_declaration_answers_everything_and_drift_is_told() -> None:
    content = csv_bytes(
        headers=("nhs_number", "forename", "surname", "dob", "sex", "postcode", "arrived", "department", "minutes", "remark")
    )
    table = read_profile(parse_here, io.BytesIO(content), size=len(content), tick=lambda _rows: None)
    body = described(table, unit=Unit.PERSON, last=declaration())
    assert body["drift"] == ["Column remark is new.", "Column note is gone."]
    again = by_header(propose_again(body, unit=Unit.PERSON, last=declaration(), dictionary=None))
    assert again["department"].as_plan() == declaration().columns[7]
    assert again["remark"].source == "rules"


def test_public_names_differ_and_are_never_the_enclaves_own() -> None:
    content = b"Person,rank,A b,a-b,2nd\n" + b"x,y,z,w,v\n" * 70
    assert [one.name for one in propose(facts(content), unit=Unit.ROW)] == ["person_2", "rank_2", "a_b", "a_b_2", "c_2nd"]


def test_a_stray_identifier_is_said_beside_the_proposal() -> None:
    content = b"status,n\n" + b"open,1\n" * 100 + b"943 476 5919,1\n"
    status = propose(facts(content), unit=Unit.ROW)[0]
    assert "NHS number in 1" in status.reason
    assert "943" not in status.reason


@pytest.mark.parametrize("book", code_books().values(), ids=lambda book: book.name)
def test_code_books_are_lists_with_a_source(book: CodeBook) -> None:
    codes = [category.code for category in book.categories]
    assert len(set(codes)) == len(codes) > 1
    assert book.source
