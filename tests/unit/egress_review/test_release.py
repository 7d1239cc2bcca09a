"""Releasing, downloading, revoking: exactly the reviewed bytes, and only while they may."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.adapters.signing import ed25519_holds
from enclave.egress_review.download import download
from enclave.egress_review.lifecycle import State
from enclave.egress_review.look import look
from enclave.egress_review.release import release
from enclave.egress_review.revoke import revoke
from enclave.egress_review.visibility import Act, see
from enclave.egress_review.withdraw import withdraw
from enclave.governance.give_notice import give_notice
from enclave.governance.ports import GovernancePorts
from enclave.governance.stop import lift, stop
from enclave.terms.errors import ConflictError, CustodianError, NotAllowedError, NotFoundError, OperatorError
from enclave.terms.person import Person
from tests.factories.office import TABLE, Office, memory_office
from tests.factories.world import terms
from tests.fakes.memory_egress import MemoryBlobs

REASON = "Found a mistake after all."


def released(office: Office, **how: object) -> int:
    request = office.approved(**how)
    return release(by=office.who("carol"), request=request.id, ports=office.ports).id


def fetch(office: Office, name: str, request: int, file: int = 1) -> bytes:
    return download(by=office.who(name), request=request, file=file, ports=office.ports).data


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=2_000))
def test_what_comes_out_is_what_was_looked_at_and_what_went_in(data: bytes) -> None:
    office, _ = memory_office()
    request = released(office, files=(("table.csv", data),))
    seen = look(by=office.who("cyril"), request=request, file=1, ports=office.ports)
    assert fetch(office, "ravi", request) == seen.data == data
    assert seen.sha256 == hashlib.sha256(data).hexdigest()


def test_nothing_comes_out_before_the_release() -> None:
    office, _ = memory_office()
    submitted = office.submit()
    with pytest.raises(ConflictError):
        fetch(office, "ravi", submitted.id)
    request = office.approved()
    with pytest.raises(ConflictError) as refused:
        fetch(office, "ravi", request.id)
    assert refused.value.rule == "E-31"


@pytest.mark.parametrize(
    ("name", "may"), [("ravi", True), ("rosa", True), ("ivan", True), ("carol", False), ("frank", False), ("olga", False), ("otto", False)]
)
def test_author_and_members_download_and_nobody_else(name: str, may: bool) -> None:
    office, _ = memory_office()
    request = released(office)
    if may:
        assert fetch(office, name, request) == TABLE
    else:
        with pytest.raises(NotFoundError):
            fetch(office, name, request)


def test_an_author_who_left_the_project_still_gets_their_own_files() -> None:
    office, enclave = memory_office()
    request = released(office)
    with enclave.begin() as work:
        for key in [key for key in enclave.tables["grants"] if key.person == office.who("ravi").id]:
            del enclave.tables["grants"][key]
        assert not work.grants.of(office.who("ravi").id)
    assert fetch(office, "ravi", request) == TABLE


def test_downloads_are_counted_and_logged() -> None:
    office, enclave = memory_office()
    request = released(office)
    fetch(office, "ravi", request)
    fetch(office, "rosa", request)
    view = see(by=office.who("carol"), request=request, ports=office.ports)
    assert [one.person for one in view.downloads] == [office.who("ravi").id, office.who("rosa").id]
    assert enclave.log.kinds()[-2:] == ["egress.downloaded", "egress.downloaded"]


def test_the_link_ends_after_thirty_days() -> None:
    office, enclave = memory_office()
    request = released(office)
    enclave.clock.move(days=29, hours=23)
    assert fetch(office, "ravi", request) == TABLE
    enclave.clock.move(hours=1)
    with pytest.raises(ConflictError):
        fetch(office, "ravi", request)
    assert Act.DOWNLOAD not in see(by=office.who("ravi"), request=request, ports=office.ports).acts


@pytest.mark.parametrize("file", [0, 2, -1])
def test_a_file_that_is_not_there_is_not_found(file: int) -> None:
    office, _ = memory_office()
    request = released(office)
    with pytest.raises(NotFoundError):
        fetch(office, "ravi", request, file)


def test_a_damaged_file_is_neither_released_nor_handed_over() -> None:
    office, enclave = memory_office()
    assert isinstance(office.ports.blobs, MemoryBlobs)
    approved = office.approved()
    office.ports.blobs.damage(approved.files[0].sha256)
    with pytest.raises(OperatorError):
        release(by=office.who("carol"), request=approved.id, ports=office.ports)
    office.ports.blobs.put(TABLE)
    release(by=office.who("carol"), request=approved.id, ports=office.ports)
    office.ports.blobs.damage(approved.files[0].sha256)
    before = enclave.log.head()
    with pytest.raises(OperatorError):
        fetch(office, "ravi", approved.id)
    with pytest.raises(OperatorError):
        look(by=office.who("carol"), request=approved.id, file=1, ports=office.ports)
    assert enclave.log.head() == before


def test_only_who_voted_releases() -> None:
    office, _ = memory_office()
    request = office.approved()
    with pytest.raises(NotAllowedError) as refused:
        release(by=office.who("cora"), request=request.id, ports=office.ports)
    assert refused.value.rule == "E-21"


def test_what_is_not_approved_is_not_released() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request)
    with pytest.raises(ConflictError) as refused:
        release(by=office.who("carol"), request=request.id, ports=office.ports)
    assert refused.value.rule == "E-23"
    once = released(office, title="Another")
    with pytest.raises(ConflictError):
        release(by=office.who("carol"), request=once, ports=office.ports)


def test_an_agreement_that_ended_lets_nothing_out() -> None:
    office, enclave = memory_office()
    request = office.approved()
    enclave.clock.move(days=366 * 20)
    with pytest.raises(ConflictError) as refused:
        release(by=office.who("carol"), request=request.id, ports=office.ports)
    assert refused.value.rule == "E-22"


def test_a_revoked_release_leaves_a_tombstone_and_no_bytes() -> None:
    office, enclave = memory_office()
    request = released(office)
    fetch(office, "rosa", request)
    revoke(by=office.who("cora"), request=request, reason=REASON, ports=office.ports)
    with pytest.raises(ConflictError):
        fetch(office, "rosa", request)
    seen = see(by=office.who("ravi"), request=request, ports=office.ports).request
    assert (seen.state, seen.reason, seen.moved_by) == (State.REVOKED, REASON, office.who("cora").id)
    assert list(enclave.log.entries())[-1].event.details == {"downloaded_by": [office.who("rosa").id]}


@pytest.mark.parametrize("reason", ["", " " * 40, "too short", "x" * 5_001])
def test_a_revocation_says_why(reason: str) -> None:
    office, _ = memory_office()
    request = released(office)
    with pytest.raises(CustodianError):
        revoke(by=office.who("carol"), request=request, reason=reason, ports=office.ports)
    assert fetch(office, "ravi", request) == TABLE


def test_only_the_author_withdraws_and_not_after_the_release() -> None:
    office, _ = memory_office()
    request = office.approved()
    for name in ("rosa", "carol", "otto"):
        with pytest.raises(NotFoundError):
            withdraw(by=office.who(name), request=request.id, ports=office.ports)
    assert withdraw(by=office.who("ravi"), request=request.id, ports=office.ports).state is State.WITHDRAWN
    assert withdraw(by=office.who("ravi"), request=request.id, ports=office.ports).state is State.WITHDRAWN
    out = released(office, title="Another")
    with pytest.raises(ConflictError):
        withdraw(by=office.who("ravi"), request=out, ports=office.ports)


@pytest.mark.parametrize("name", ["ravi", "rosa", "ivan", "frank", "otto"])
def test_only_reviewers_open_files_under_review(name: str) -> None:
    office, _ = memory_office()
    request = office.checked()
    with pytest.raises((NotFoundError, NotAllowedError)):
        look(by=office.who(name), request=request.id, file=1, ports=office.ports)


def test_reviewers_open_nothing_that_the_checks_have_not_let_through() -> None:
    office, enclave = memory_office()
    request = office.submit()
    with pytest.raises(NotFoundError):
        look(by=office.who("carol"), request=request.id, file=1, ports=office.ports)
    request = office.checked()
    look(by=office.who("carol"), request=request.id, file=1, ports=office.ports)
    assert list(enclave.log.entries())[-1].event.kind == "egress.viewed"


def _signatory(office: Office, agency: str) -> Person:
    with office.ports.begin() as work:
        return next(one for one in work.accounts.people() if one.name == f"signatory.{agency}")  # type: ignore[attr-defined]


def _governance(office: Office) -> GovernancePorts:
    return GovernancePorts(begin=office.ports.begin, clock=office.ports.clock, signature_holds=ed25519_holds)


def test_a_stop_holds_back_releases_and_downloads_until_it_is_lifted() -> None:
    office, _ = memory_office()
    out, waiting = released(office), office.approved(title="Another table")
    stop(by=office.who("olga"), agency="police", reason="A leak.", ports=_governance(office))
    for held in (lambda: fetch(office, "ravi", out), lambda: release(by=office.who("carol"), request=waiting.id, ports=office.ports)):
        with pytest.raises(NotAllowedError) as refused:
            held()
        assert refused.value.rule == "G-23"
    lift(by=_signatory(office, "police"), agency="police", ports=_governance(office))
    assert fetch(office, "ravi", out) == TABLE
    assert release(by=office.who("carol"), request=waiting.id, ports=office.ports).state is State.RELEASED


def test_after_a_notice_nothing_more_is_released_and_what_was_stays_out() -> None:
    office, enclave = memory_office(agreed=terms(notice_days=5))
    out, waiting = released(office), office.approved(title="Another table")
    by = _signatory(office, "police")
    give_notice(by=by, agreement=office.world.agreement.id, agency="police", reason="We leave.", ports=_governance(office))
    enclave.clock.move(days=6)
    with pytest.raises(NotAllowedError) as refused:
        release(by=office.who("carol"), request=waiting.id, ports=office.ports)
    assert refused.value.rule == "G-22"
    assert fetch(office, "ravi", out) == TABLE


def test_a_frozen_dataset_holds_back_its_projects_releases_and_downloads() -> None:
    office, _ = memory_office()
    out, waiting = released(office), office.approved(title="Another table")
    with office.ports.begin() as work:
        work.freezes.add(office.world.dataset.id, at=office.ports.clock())
    for held in (lambda: fetch(office, "ravi", out), lambda: release(by=office.who("carol"), request=waiting.id, ports=office.ports)):
        with pytest.raises(NotAllowedError) as refused:
            held()
        assert refused.value.rule == "P-20"
