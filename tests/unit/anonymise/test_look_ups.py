"""Attacks: an agency tries to learn from what it may read whether somebody is in another register or on another agency's list.

It knows the NHS number of Zebulon Quatermain, publishes a row about him that says no more, and looks whether that row goes when a list says
his name. What goes is seen by nobody; what the agency reads is compared word for word between two worlds.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.identifiers.exact import nhs_number
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.catalogue import retire
from enclave.catalogue.dataset import Cadence
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.person_list import ListKind
from enclave.catalogue.upload import UploadState
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from tests.factories.uploads import Desk, csv_bytes, declaration
from tests.unit.anonymise.test_lists import STRANGER, ZEBULON, listing, sent, versions, work_off

HIM, NAMED = "9434765919", {"forename": "Zebulon", "surname": "Quatermain", "date_of_birth": "03/04/1980", "postcode": "SW1A 2AA"}
KNOWN_TO_POLICE = (HIM, "Zebulon", "Quatermain", "03/04/1980", "M", "SW1A 2AA", "2024-01-05", "Majors", "35", "")
OTHERS = [number for start in range(4_000_000_000, 4_000_001_000, 7) if (number := nhs_number(str(start)))][:12]


def blank(number: str, minutes: str = "35") -> tuple[str, ...]:
    """A row that says an NHS number and nothing else of its person."""
    return (number, "", "", "", "M", "", "2024-01-05", "Majors", minutes, "")


def police_of(desk: Desk) -> tuple[int, int]:
    """Another agency of the population: its number and its dataset."""
    with desk.enclave.begin() as work:
        found = work.datasets.by_id(desk.dataset)
        assert found is not None
        police = work.agencies.add(slug="police", name="Police").id
        name = DatasetName(agency="police", dataset="crimes")
        made = work.datasets.add(name=name, agency=police, population=found.population, label="C", row="one", attribution="")
    return police, made.id


def published(desk: Desk, rows: list[tuple[str, ...]], *, dataset: int | None = None, plan: Declaration | None = None) -> int:
    mine, desk.dataset = desk.dataset, dataset or desk.dataset
    upload = desk.upload(csv_bytes(rows))
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, plan or declaration())
    desk.dataset = mine
    return upload


def read(desk: Desk, upload: int) -> dict[str, Json]:
    """All that the agency reads of an upload, but for random names of files."""
    found = desk.found(upload)
    said = {name: body for name, body in (found.report or {}).items() if name not in {"certificate", "file", "draft"}}
    return {"state": found.state.value, "sentence": found.sentence, **said}


def rows_of(desk: Desk) -> int:
    return len(versions(desk)[0][2])


@pytest.mark.parametrize("cadence", [Cadence.REPLACE, Cadence.APPEND])
def test_nothing_exact_tells_whether_a_list_found_somebody_through_another_register(cadence: Cadence) -> None:
    reports, left = [], []
    for known in (False, True):
        desk = Desk(cadence=cadence)
        _, register = police_of(desk)
        published(
            desk,
            [KNOWN_TO_POLICE] if known else [(OTHERS[-1], *KNOWN_TO_POLICE[1:2], "Other", "01/01/1950", *KNOWN_TO_POLICE[4:])],
            dataset=register,
        )
        first = published(desk, [*map(blank, OTHERS[:9]), blank(HIM)])
        sent(desk, listing(NAMED))
        work_off(desk)
        second = published(desk, [*map(blank, OTHERS[:10]), blank(HIM)])
        reports.append([read(desk, first), read(desk, second)])
        left.append(rows_of(desk))
    assert reports[0] == reports[1]
    assert left[0] - left[1] == (1 if cadence is Cadence.REPLACE else 2)  # he went where he could be told to be himself


def test_a_value_planted_in_a_row_does_not_tell_a_later_file_whether_the_row_is_there() -> None:
    """The planted number is what a row of the next file is called, and a draft that holds an identifier of its rows is refused."""
    ends = []
    for entry in (ZEBULON, STRANGER):
        desk = Desk(cadence=Cadence.APPEND)
        police, _ = police_of(desk)
        wide = _minutes_up_to(10**10)
        published(desk, [blank(HIM, "1234567899"), *map(blank, OTHERS[:3])], plan=wide)
        sent(desk, listing(entry), agency=police)
        work_off(desk)
        planted = ("1234567899", "Ann", "O'Brien", "17/12/1999", "F", "CM1 1AB", "2024-02-18", "Majors", "12", "")
        ends.append(read(desk, published(desk, [planted], plan=wide)))
    assert ends[0] == ends[1]
    assert ends[0]["state"] == UploadState.PUBLISHED.value


def test_a_waiting_draft_keeps_no_row_of_a_version_that_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(cadence=Cadence.APPEND)
    published(desk, [KNOWN_TO_POLICE])
    upload = desk.upload(csv_bytes([blank(OTHERS[0])]))
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, declaration())
    prepare(upload=upload, ports=desk.ports())
    assert desk.found(upload).state is UploadState.WEIGHING
    monkeypatch.setattr(retire, "check_agency_role", lambda *_args, **_more: None)
    retire.erase_dataset(by=SimpleNamespace(id=1), dataset=desk.dataset, ports=SimpleNamespace(begin=desk.enclave.begin))  # type: ignore[arg-type]
    work_off(desk)
    (draft,) = desk.files.drafts.values()
    assert len(draft.person) == 1
    assert not desk.files.tables
    desk.confirm(upload)
    publish(upload=upload, ports=desk.ports())
    assert desk.files.tables[upload].person.tolist() == draft.person.tolist()


def test_a_consent_counts_by_what_its_own_agency_knows() -> None:
    """Else the agency's list of names would ask the other register who is called so."""
    desk = Desk()
    _, register = police_of(desk)
    published(desk, [KNOWN_TO_POLICE], dataset=register)
    published(desk, [blank(HIM)])
    sent(desk, listing(NAMED), ListKind.CONSENT)
    work_off(desk)
    assert rows_of(desk) == 0
    sent(desk, listing(ZEBULON), ListKind.CONSENT)
    work_off(desk)
    published(desk, [blank(HIM)])
    assert rows_of(desk) == 1


def _minutes_up_to(high: int) -> Declaration:
    plan = declaration()
    columns = [
        replace(one, public=replace(one.public, high=high)) if one.public and one.header == "minutes" else one for one in plan.columns
    ]
    return replace(plan, columns=tuple(columns))
