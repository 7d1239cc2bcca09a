"""Reviewing: who may, blind until the quorum has voted, and what decides."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.egress_review.lifecycle import State
from enclave.egress_review.reject import reject
from enclave.egress_review.release import release
from enclave.egress_review.request import Choice, Request
from enclave.egress_review.revoke import revoke
from enclave.egress_review.visibility import Act, Standing, View, see
from enclave.egress_review.withdraw import withdraw
from enclave.governance.roles import Grant, Role
from enclave.terms.errors import ConflictError, CustodianError, EnclaveError, NotAllowedError, NotFoundError
from tests.factories.office import TABLE, Office, memory_office
from tests.factories.world import terms

REVIEWERS = ("carol", "cyril", "cora")
EVERYONE = ("rosa", "ravi", "olga", "mallory", "carol", "cyril", "cora", "ivan", "frank", "gina", "otto")
REASON = "Found a mistake after all."


def look(office: Office, name: str, request: Request) -> View:
    return see(by=office.who(name), request=request.id, ports=office.ports)


def join(office: Office, name: str) -> None:
    with office.ports.begin() as work:
        work.grants.add(Grant(person=office.who(name).id, role=Role.RESEARCHER, project=office.world.project.id))


@pytest.mark.parametrize("name", EVERYONE)
def test_only_custodians_of_the_parties_from_outside_the_project_vote(name: str) -> None:
    office, _ = memory_office()
    request = office.checked()
    if name in REVIEWERS:
        assert office.vote(name, request).state is State.IN_REVIEW
        return
    with pytest.raises((NotFoundError, NotAllowedError)) as refused:
        office.vote(name, request)
    assert refused.value.rule == ("E-11" if name in {"rosa", "ravi", "ivan"} else "E-10")


@pytest.mark.parametrize("name", [name for name in EVERYONE if name not in REVIEWERS])
def test_nobody_else_releases_rejects_revokes_or_looks(name: str) -> None:
    office, _ = memory_office()
    request = office.approved()
    by = office.who(name)
    for act in (
        lambda: release(by=by, request=request.id, ports=office.ports),
        lambda: revoke(by=by, request=request.id, reason=REASON, ports=office.ports),
        lambda: reject(by=by, request=request.id, reason=REASON, ports=office.ports),
    ):
        with pytest.raises((NotFoundError, NotAllowedError)):
            act()


def test_an_author_who_left_the_project_still_does_not_review() -> None:
    office, enclave = memory_office()
    join(office, "cora")
    request = office.checked(by="cora")
    with enclave.begin() as work:
        for key in [key for key in enclave.tables["grants"] if key.person == office.who("cora").id and key.project]:
            del enclave.tables["grants"][key]
        assert all(grant.project is None for grant in work.grants.of(office.who("cora").id))
    with pytest.raises(NotAllowedError):
        office.vote("cora", request)


def test_two_approvals_decide() -> None:
    office, enclave = memory_office()
    request = office.checked()
    assert office.vote("carol", request).state is State.IN_REVIEW
    assert office.vote("cyril", request).state is State.APPROVED
    assert [entry.event.details for entry in enclave.log.entries()][-1] == {
        "quorum": 2,
        "votes": [{"person": office.who(name).id, "file": 1, "choice": "approve"} for name in ("carol", "cyril")],
    }


def test_one_person_twice_is_not_two() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request)
    assert office.vote("carol", request).state is State.IN_REVIEW


def test_any_request_for_changes_returns_it_but_not_before_the_quorum() -> None:
    office, _ = memory_office()
    request = office.checked()
    assert office.vote("carol", request, Choice.CHANGES).state is State.IN_REVIEW
    assert office.vote("cyril", request).state is State.RETURNED


def test_a_third_reviewers_half_vote_for_changes_counts() -> None:
    office, _ = memory_office()
    request = office.checked(files=(("a.csv", TABLE), ("b.csv", TABLE + b"East,90\n")))
    office.vote("cora", request, Choice.CHANGES, file=2)
    for name, file in itertools.product(("carol", "cyril"), (1, 2)):
        last = office.vote(name, request, file=file)
    assert last.state is State.RETURNED


def test_every_file_needs_every_vote() -> None:
    office, _ = memory_office()
    request = office.checked(files=(("a.csv", TABLE), ("b.csv", TABLE + b"East,90\n")))
    for name, file in (("carol", 1), ("cyril", 2), ("carol", 2)):
        assert office.vote(name, request, file=file).state is State.IN_REVIEW
    assert office.vote("cyril", request, file=1).state is State.APPROVED


def test_a_vote_may_be_changed_until_the_quorum_has_voted_and_not_after() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request, Choice.CHANGES)
    office.vote("carol", request)
    assert office.vote("cyril", request).state is State.APPROVED
    with pytest.raises(ConflictError) as refused:
        office.vote("carol", request, Choice.CHANGES)
    assert refused.value.rule == "E-12"


@pytest.mark.parametrize("comment", ["", "   ", "short"])
def test_asking_for_changes_needs_a_reason(comment: str) -> None:
    office, _ = memory_office()
    request = office.checked()
    from enclave.egress_review.vote import vote  # the office fills in a reason

    with pytest.raises(CustodianError):
        vote(by=office.who("carol"), request=request.id, file=1, choice=Choice.CHANGES, comment=comment, ports=office.ports)


def test_a_larger_quorum_is_kept() -> None:
    office, _ = memory_office(agreed=terms(reviewers=3))
    request = office.checked()
    assert [office.vote(name, request).state for name in REVIEWERS] == [State.IN_REVIEW, State.IN_REVIEW, State.APPROVED]


def test_without_a_panel_the_owner_must_be_among_them() -> None:
    office, _ = memory_office(agreed=terms(panel=False))
    request = office.checked()
    assert office.vote("cyril", request).state is State.IN_REVIEW
    assert office.vote("cora", request).state is State.IN_REVIEW, "the data are the police's, and nobody of the police has voted"
    assert office.vote("carol", request).state is State.APPROVED


def test_who_joins_the_project_after_voting_no_longer_counts() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request)
    join(office, "carol")
    assert office.vote("cyril", request).state is State.IN_REVIEW
    assert office.vote("cora", request).state is State.APPROVED


def test_an_approval_does_not_outlive_its_reviewers_independence() -> None:
    office, _ = memory_office()
    request = office.approved()
    join(office, "carol")
    with pytest.raises(ConflictError) as refused:
        release(by=office.who("cyril"), request=request.id, ports=office.ports)
    assert refused.value.rule == "E-22"


@pytest.mark.parametrize("name", EVERYONE)
def test_before_the_quorum_everybody_sees_their_own_votes_only(name: str) -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request, Choice.CHANGES)
    try:
        seen = look(office, name, request)
    except NotFoundError:
        assert name in {"olga", "mallory", "frank", "gina", "otto"}
        return
    assert {vote.person for vote in seen.votes} <= {office.who(name).id}
    assert seen.comments == ()
    assert (seen.voted, seen.quorum) == (1, 2)


def test_the_log_does_not_tell_a_vote_before_the_quorum_has_voted() -> None:
    office, enclave = memory_office()
    office.vote("carol", office.checked(), Choice.CHANGES)
    last = list(enclave.log.entries())[-1].event
    assert (last.kind, last.details) == ("egress.voted", {"file": 1})


def test_after_the_decision_reviewers_see_all_votes_and_the_author_the_words_alone() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request, Choice.CHANGES, comment="Combine the two smallest districts.")
    office.vote("cyril", request)
    assert {vote.person for vote in look(office, "cora", request).votes} == {office.who("carol").id, office.who("cyril").id}
    mine = look(office, "ravi", request)
    assert [(one.file, one.choice, one.text) for one in mine.comments] == [(1, Choice.CHANGES, "Combine the two smallest districts.")]
    assert mine.votes == ()
    assert look(office, "rosa", request).comments == ()


def test_withdrawing_does_not_uncover_votes() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request, Choice.CHANGES)
    withdraw(by=office.who("ravi"), request=request.id, ports=office.ports)
    assert look(office, "ravi", request).comments == ()
    assert look(office, "cyril", request).votes == ()


def test_what_was_returned_can_be_rejected_for_good_and_the_author_is_told() -> None:
    office, _ = memory_office()
    request = office.checked()
    office.vote("carol", request, Choice.CHANGES)
    office.vote("cyril", request)
    reject(by=office.who("carol"), request=request.id, reason="  It shows single households.  ", ports=office.ports)
    seen = look(office, "ravi", request)
    assert (seen.request.state, seen.request.reason, seen.acts) == (State.REJECTED, "It shows single households.", frozenset())


def test_findings_are_the_authors_and_the_reviewers() -> None:
    from tests.factories.office import WARN

    office, _ = memory_office()
    office.ports.scanner.scripts[TABLE] = lambda: (WARN,)  # type: ignore[attr-defined]
    request = office.checked()
    assert {name: bool(look(office, name, request).request.findings) for name in ("ravi", "rosa", "ivan", "carol")} == {
        "ravi": True,
        "rosa": False,
        "ivan": False,
        "carol": True,
    }
    assert look(office, "ivan", request).standing is Standing.MEMBER


ACTS = {
    State.IN_REVIEW: {"carol": {Act.VOTE}, "cora": {Act.VOTE}, "ravi": {Act.WITHDRAW}, "rosa": set()},
    State.APPROVED: {"carol": {Act.RELEASE, Act.REVOKE}, "cora": {Act.REVOKE}, "ravi": {Act.WITHDRAW}, "rosa": set()},
    State.RELEASED: {"carol": {Act.REVOKE}, "cora": {Act.REVOKE}, "ravi": {Act.DOWNLOAD}, "rosa": {Act.DOWNLOAD}},
    State.REVOKED: {"carol": set(), "cora": set(), "ravi": set(), "rosa": set()},
}


@pytest.mark.parametrize("state", list(ACTS))
def test_the_buttons_are_those_that_work(state: State) -> None:
    office, _ = memory_office()
    request = office.checked() if state is State.IN_REVIEW else office.approved()
    if state in {State.RELEASED, State.REVOKED}:
        release(by=office.who("carol"), request=request.id, ports=office.ports)
    if state is State.REVOKED:
        revoke(by=office.who("cora"), request=request.id, reason=REASON, ports=office.ports)
    assert {name: look(office, name, request).acts for name in ACTS[state]} == ACTS[state]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EVERYONE), st.integers(0, 3), st.sampled_from(list(Choice))), max_size=12))
def test_whatever_is_voted_approval_needs_two_independent_people_on_every_file(votes: list[tuple[str, int, Choice]]) -> None:
    office, _ = memory_office()
    request = office.checked(files=(("a.csv", TABLE), ("b.csv", TABLE + b"East,90\n")))
    standing: dict[tuple[str, int], Choice] = {}
    for name, file, choice in votes:
        try:
            office.vote(name, request, choice, file=file)
        except EnclaveError:
            continue
        standing[name, file] = choice
    state = look(office, "ravi", request).request.state
    through = [name for name in REVIEWERS if {(name, 1), (name, 2)} <= set(standing)]
    expected = State.IN_REVIEW
    if len(through) >= 2:
        expected = State.RETURNED if Choice.CHANGES in standing.values() else State.APPROVED
    assert state is expected
    assert {name for name, _ in standing} <= set(REVIEWERS)
