"""From upload to version, with everything around it in memory."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.audit.chain import first_break
from enclave.catalogue.dataset import VersionState
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.catalogue.upload import UploadState
from enclave.terms.errors import OperatorError
from enclave.terms.schema import EPOCH, Category, Column, Kind, Unit
from tests.factories.uploads import CANARIES, Desk, csv_bytes, declaration


def published(desk: Desk, content: bytes | None = None, plan: Declaration | None = None) -> int:
    upload = desk.upload(content or csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, plan or declaration())
    return upload


def test_an_upload_becomes_a_version_and_its_raw_bytes_go() -> None:
    desk = Desk()
    upload = published(desk)
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
        version = work.datasets.open_version(desk.dataset)
    assert found is not None
    assert found.state is UploadState.PUBLISHED
    assert version is not None
    assert version.number == 1
    assert [column.name for column in version.schema.columns] == ["born", "sex", "arrived", "department", "minutes"]
    assert desk.quarantine.parts == {}
    assert desk.enclave.log.kinds()[-3:] == ["upload.prepared", "upload.published", "upload.raw_erased"]
    assert first_break(desk.enclave.log.entries()) is None
    assert desk.percents[-1] == 100


def test_rows_of_one_person_are_one_person_and_strangers_are_left_out() -> None:
    desk = Desk()
    upload = published(desk)
    table = desk.files.tables[upload]
    assert sorted(table.person.tolist()) == [1, 1, 1, 2]
    assert list(table.person) == sorted(table.person)
    assert sorted(table.rank[table.person == 1].tolist()) == [1, 2, 3]
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.report is not None
    assert found.report["rows"] == {"in": 5, "kept": 4, "left_out": 1, "rejected": 0}
    assert found.report["people"] == 2
    assert found.report["rows_within_bound"] == 3


def test_only_what_was_declared_survives() -> None:
    desk = Desk()
    upload = published(desk)
    columns = {one.column.name: (one.values, one.missing) for one in desk.files.tables[upload].columns}
    departments, blank = columns["department"]
    assert set(departments[~blank].tolist()) <= {0, 1}
    assert blank.sum() == 1  # a name that strayed into the column
    minutes, unknown = columns["minutes"]
    assert unknown.sum() == 1  # an NHS number among the minutes, blanked and not brought to the upper bound
    assert sorted(minutes[~unknown].tolist()) == [12, 35, 120]
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.report is not None
    counts = found.report["columns"]
    assert isinstance(counts, dict)
    assert counts["department"] == {"kept": 4, "empty": 0, "outside": 0, "unlisted": 1, "unreadable": 0, "quarantined": 0}
    assert counts["minutes"]["outside"] == 1  # type: ignore[index,call-overload]
    assert counts["minutes"]["quarantined"] == 1  # type: ignore[index,call-overload]
    assert found.report["stray"] == {"minutes": [4]}
    assert counts["sex"]["kept"] == 4  # type: ignore[index,call-overload]


def test_the_profile_tells_the_agency_and_quotes_nothing() -> None:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.state is UploadState.DECLARING
    assert found.profile is not None
    assert found.profile["headers"] == [plan.header for plan in declaration().columns]
    said = json.dumps(found.profile) + json.dumps([entry.event.details for entry in desk.enclave.log.entries()])
    assert not [canary for canary in CANARIES if canary in said]
    stray = {one["header"]: one["stray"] for one in found.profile["columns"]}  # type: ignore[index,call-overload,union-attr]
    assert stray["minutes"] == {"UK_NHS": 1}


def test_next_months_file_reuses_the_declaration_and_closes_the_former_version() -> None:
    desk = Desk()
    published(desk)
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.profile is not None
    proposals = [one["proposal"] for one in found.profile["columns"]]  # type: ignore[index,call-overload,union-attr]
    assert {one["source"] for one in proposals} == {"saved"}  # type: ignore[index,call-overload]
    assert all(one["ready"] for one in proposals)  # type: ignore[index,call-overload]
    desk.go_through(upload, declaration())
    with desk.enclave.begin() as work:
        states = [(version.number, version.state) for version in work.datasets.versions(desk.dataset)]
    assert states == [(2, VersionState.OPEN), (1, VersionState.CLOSED)]
    assert set(desk.files.tables[upload].person.tolist()) == {1, 2}  # the same people as last month


def test_rows_that_are_nobodys_get_random_ids() -> None:
    desk = Desk(unit=Unit.ROW)
    upload = published(desk, plan=declaration(rows_per_person=1))
    table = desk.files.tables[upload]
    assert len(set(table.person.tolist())) == len(table.person) == 5
    assert set(table.rank.tolist()) == {1}
    assert desk.people.people == 0


def test_running_a_finished_job_again_changes_nothing() -> None:
    desk = Desk()
    upload = published(desk)
    before = desk.enclave.log.head(), dict(desk.files.tables)
    for task in (publish, prepare, profile):
        task(upload=upload, ports=desk.ports())
    assert (desk.enclave.log.head(), dict(desk.files.tables)) == before


def test_a_withdrawn_upload_is_not_published_and_its_bytes_go() -> None:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    with desk.enclave.begin() as work:
        work.uploads.move(upload, old=UploadState.PROFILING, new=UploadState.WITHDRAWN)
    profile(upload=upload, ports=desk.ports())
    publish(upload=upload, ports=desk.ports())
    assert desk.files.tables == {}
    assert desk.quarantine.parts == {}


def test_a_file_of_strangers_is_refused() -> None:
    desk = Desk()
    rows = [("", "", "", "", "", "", "2024-01-01", "Majors", "1", "")]
    upload = published(desk, csv_bytes(rows))
    assert _sentence(desk, upload) == (
        "No row says well enough whom it is about. Name the columns that hold names and dates of birth, or identifying numbers."
    )
    assert desk.files.tables == {}


def test_bytes_that_changed_since_they_were_profiled_are_refused() -> None:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, declaration())
    parts = desk.quarantine.parts[upload]
    parts[max(parts)] = parts[max(parts)].replace(b"Nobody", b"Anyone")
    prepare(upload=upload, ports=desk.ports())
    assert "not the one that was looked at" in _sentence(desk, upload)
    assert desk.files.tables == {}
    assert desk.enclave.log.kinds()[-2:] == ["upload.refused", "upload.raw_erased"]


def test_a_store_that_lost_a_part_is_the_operators_trouble_not_the_files() -> None:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    desk.quarantine.parts[upload].popitem()
    with pytest.raises(OperatorError):
        profile(upload=upload, ports=desk.ports())
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.state is UploadState.PROFILING


@pytest.mark.parametrize("code", ["ann@example.org", "AB123456C"])
def test_a_declared_list_that_holds_an_identifier_is_refused(code: str) -> None:
    desk = Desk()
    upload = published(desk, plan=_with_department(Category(code="Majors"), Category(code=code)))
    assert "Declared values become public" in _sentence(desk, upload)
    assert code not in _sentence(desk, upload)
    assert desk.files.tables == {}


def test_hospitals_named_after_people_and_long_codes_are_no_identifiers() -> None:
    desk = Desk()
    codes = ["James Cook University Hospital", "Majors", "Minors", *(str(9434765919 + number) for number in range(30))]
    upload = published(desk, plan=_with_department(*(Category(code=code) for code in codes)))
    assert upload in desk.files.tables


def _with_department(*categories: Category) -> Declaration:
    column = Column(name="department", label="Department", kind=Kind.CATEGORY, categories=categories)
    plans = [
        ColumnPlan(header=plan.header, treatment=Treatment.KEEP, public=column) if plan.header == "department" else plan
        for plan in declaration().columns
    ]
    return Declaration(columns=tuple(plans), size=10, rows_per_person=1)


def _sentence(desk: Desk, upload: int) -> str:
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.state is UploadState.REFUSED
    assert desk.quarantine.parts == {}
    return found.sentence


def test_moved_dates_keep_their_distances_and_next_months_file_moves_them_alike() -> None:
    """Through the whole pipeline: the rows of one person are moved by one number of days, in both versions."""
    desk = Desk()
    bounds = [(dt.date.fromisoformat(one) - EPOCH).days for one in ("2023-01-01", "2024-12-31")]
    column = Column(name="arrived", label="Arrived", kind=Kind.DATE, low=bounds[0], high=bounds[1])
    moved = ColumnPlan(header="arrived", treatment=Treatment.SHIFT, format="%Y-%m-%d", days=20, public=column)
    plan = replace(declaration(), columns=tuple(moved if one.header == "arrived" else one for one in declaration().columns))
    true = sorted((dt.date.fromisoformat(one) - EPOCH).days for one in ("2024-01-05", "2024-02-17", "2023-12-31"))
    shifts = []
    for _ in range(2):
        table = desk.files.tables[published(desk, plan=plan)]
        values = next(one.values for one in table.columns if one.column.name == "arrived")
        of_one = sorted(values[table.person == 1].tolist())
        shifts.append({after - before for before, after in zip(true, of_one, strict=True)})
    assert len(shifts[0]) == 1
    assert shifts[0] == shifts[1]
    assert 0 < abs(next(iter(shifts[0]))) <= 20


def test_words_for_an_empty_cell_are_empty_and_link_nobody() -> None:
    """Without them -9 minutes would be brought to the bound, and two people called UNKNOWN with one birth date would be one."""
    rows = [
        ("", "UNKNOWN", "UNKNOWN", "03/04/1980", "M", "SW1A 2AA", "2024-01-05", "Majors", "-9", ""),
        ("", "Ann", "Bell", "03/04/1980", "F", "SW1A 2AA", "2024-01-05", " NULL ", "12", ""),
    ]
    desk = Desk()
    upload = published(desk, csv_bytes(rows), replace(declaration(), blanks=("UNKNOWN", "-9", "NULL")))
    table = desk.files.tables[upload]
    assert len(table.person) == 1  # the other row says nobody
    columns = {one.column.name: (one.values.tolist(), one.missing.tolist()) for one in table.columns}
    assert columns["minutes"] == ([12], [False])
    assert columns["department"][1] == [True]
    report = desk.found(upload).report or {}
    assert report["columns"]["minutes"]["empty"] == 1  # type: ignore[index,call-overload]
