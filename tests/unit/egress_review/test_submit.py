"""Submitting: limits, names, receipts, and the same thing twice."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.egress_review.lifecycle import State
from enclave.egress_review.naming import shown_name
from enclave.egress_review.ports import EgressPorts
from enclave.egress_review.submit import MOST_A_DAY
from enclave.egress_review.withdraw import withdraw
from enclave.jobs.job import JobKind
from enclave.terms.errors import NotFoundError, ResearcherError, TooManyTriesError
from enclave.terms.submission import LARGEST_FILE
from tests.factories.office import TABLE, memory_office
from tests.fakes.memory_work import Crashed


def blobs_of(ports: EgressPorts) -> dict[str, bytes]:
    return ports.blobs.stored  # type: ignore[attr-defined, no-any-return]


def test_a_request_is_stored_with_its_bytes_its_job_and_its_event() -> None:
    office, enclave = memory_office()
    made = office.submit(files=(("Burglary 2024.CSV", TABLE), ("notes.md", b"Made for the group.\n")))
    assert (made.state, made.author, [file.name for file in made.files]) == (
        State.SUBMITTED,
        office.who("ravi").id,
        ["Burglary 2024.csv", "notes.md"],
    )
    assert made.files[0].sha256 == hashlib.sha256(TABLE).hexdigest()
    assert blobs_of(office.ports)[made.files[0].sha256] == TABLE
    with enclave.begin() as work:
        [job] = work.jobs.of(f"request:{made.id}")
    assert (job.kind, job.parameters) == (JobKind.CHECK_REQUEST, {"request": made.id})
    assert enclave.log.kinds()[-1] == "egress.submitted"


def test_the_same_again_is_the_same_request() -> None:
    office, enclave = memory_office()
    first, again = office.submit(), office.submit()
    assert again.id == first.id
    assert enclave.log.kinds().count("egress.submitted") == 1
    assert office.submit(title="Another title").id != first.id
    assert office.submit(by="rosa").id != first.id
    assert office.submit(files=(("table.csv", TABLE + b"East,90\n"),)).id != first.id


def test_after_withdrawing_the_same_can_be_submitted_again() -> None:
    office, _ = memory_office()
    first = office.submit()
    withdraw(by=office.who("ravi"), request=first.id, ports=office.ports)
    assert office.submit().id != first.id


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ((), "E-01"),
        (tuple((f"{number}.csv", TABLE) for number in range(21)), "E-01"),
        ((("empty.csv", b""),), "E-02"),
        ((("large.csv", b"x" * (LARGEST_FILE + 1)),), "E-02"),
        ((("", TABLE),), "E-03"),
        ((("n" * 256, TABLE),), "E-03"),
    ],
)
def test_limits_are_refused_before_anything_is_stored(files: tuple[tuple[str, bytes], ...], rule: str) -> None:
    office, enclave = memory_office()
    before = enclave.log.head()
    with pytest.raises(ResearcherError) as refused:
        office.submit(files=files)
    assert refused.value.rule == rule
    assert (blobs_of(office.ports), enclave.log.head()) == ({}, before)


def test_twenty_files_of_sixteen_megabytes_are_the_most() -> None:
    office, _ = memory_office()
    assert len(office.submit(files=tuple((f"{n}.csv", TABLE) for n in range(20))).files) == 20
    assert office.submit(files=(("large.csv", b"x" * LARGEST_FILE),)).files[0].size == LARGEST_FILE


@pytest.mark.parametrize("name", ["carol", "olga", "otto", "frank", "gina"])
def test_only_the_projects_own_people_submit(name: str) -> None:
    office, _ = memory_office()
    with pytest.raises(NotFoundError) as refused:
        office.submit(by=name)
    assert refused.value.rule == "G-01"
    assert blobs_of(office.ports) == {}


def test_receipts_must_be_the_projects_own() -> None:
    office, _ = memory_office()
    own, foreign = office.answer({"headings": [], "rows": []}), office.answer({"headings": [], "rows": []}, project=77)
    assert office.submit(receipts=[own, own]).receipts == (own,)
    sentences = set()
    for number in (foreign, "r-0000000000000000"):
        with pytest.raises(ResearcherError) as refused:
            office.submit(title="Another", receipts=[number])
        sentences.add((refused.value.rule, str(refused.value)))
    assert len(sentences) == 1, "whether another project has the receipt must not show"


def test_a_project_cannot_flood_the_queue() -> None:
    office, enclave = memory_office()
    for number in range(MOST_A_DAY):
        office.submit(title=f"Request {number}")
    with pytest.raises(TooManyTriesError):
        office.submit(title="One too many")
    enclave.clock.move(days=1, minutes=1)
    office.submit(title="One too many")


def test_a_crash_before_the_commit_leaves_no_request() -> None:
    office, enclave = memory_office()
    enclave.fail_at_commit = enclave.commits + 2
    with pytest.raises(Crashed):
        office.submit()
    with enclave.begin() as work:
        assert work.requests.of_project(office.world.project.id) == []
        assert work.jobs.unfinished() == []
    assert office.submit().state is State.SUBMITTED


@pytest.mark.parametrize(
    "name",
    [
        "9434765919.csv",
        "nhs_943-476-5919.csv",
        "patient_9434765919_table.csv",
        "QQ123456C.csv".replace("QQ", "AB"),
        "john.smith.csv",
        "Smith_John.png",
        "someone@example.org.csv",
        "SE1 7EH.csv",
        "case 123456789.csv",
    ],
)
def test_a_name_that_tells_is_replaced_and_blocks(name: str) -> None:
    shown, findings = shown_name(name, 3)
    assert shown.startswith("file-3")
    assert [one.rule for one in findings] == ["N01"]
    assert not any(part in f"{one.where} {one.sentence} {one.remedy}" for one in findings for part in (name, name.rpartition(".")[0]))


@pytest.mark.parametrize(
    "name", ["table 1.csv", "burglary_2024-03.csv", "burglary_202403.csv", "figure.png", "run_20240301.csv", "A&E.csv"]
)
def test_ordinary_names_are_let_through(name: str) -> None:
    shown, findings = shown_name(name, 1)
    assert findings == ()
    assert shown.rpartition(".")[2] == name.rpartition(".")[2]


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(1, 20))
@example("a..b/../../..c....csv", 1)
def test_a_shown_name_is_harmless_whatever_was_given(original: str, number: int) -> None:
    shown, _ = shown_name(original, number)
    assert 0 < len(shown) <= 80
    assert shown.isascii()
    assert shown.isprintable()
    assert not set(shown) & set("/\\:*?\"<>|%;&$`'")
    assert not shown.startswith((".", "-", " "))
    assert ".." not in shown


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.binary(min_size=1, max_size=20)), min_size=1, max_size=4))
def test_whatever_is_sent_is_stored_as_it_is(files: list[tuple[str, bytes]]) -> None:
    office, _ = memory_office()
    made = office.submit(files=tuple(files))
    assert [blobs_of(office.ports)[file.sha256] for file in made.files] == [data for _, data in files]
