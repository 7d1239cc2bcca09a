"""The queue: what waits, in which order, and why nothing does."""

from __future__ import annotations

from enclave.egress_review.queue import queue
from enclave.egress_review.release import release
from enclave.egress_review.request import Choice
from enclave.egress_review.visibility import Standing, of_project
from enclave.terms.submission import Severity
from tests.factories.office import TABLE, WARN, Office, memory_office

RISKY = TABLE + b"min,3\n"


def titles(office: Office, name: str) -> list[str]:
    return [line.request.form.title for line in queue(by=office.who(name), ports=office.ports).lines]


def test_risk_and_age_decide_the_order() -> None:
    office, enclave = memory_office()
    office.ports.scanner.scripts[RISKY] = lambda: (WARN, WARN)  # type: ignore[attr-defined]
    office.checked(title="Oldest")
    enclave.clock.move(hours=1)
    office.checked(title="Risky", files=(("t.csv", RISKY),))
    enclave.clock.move(hours=1)
    office.checked(title="Youngest")
    enclave.clock.move(minutes=90)
    assert titles(office, "carol") == ["Risky", "Oldest", "Youngest"]
    first = queue(by=office.who("carol"), ports=office.ports).lines[0]
    assert (first.counts, first.request.worst, first.waited.total_seconds()) == ({Severity.WARN: 2}, Severity.WARN, 2.5 * 3600)


def test_what_i_have_voted_on_goes_to_the_end_and_what_is_done_leaves() -> None:
    office, enclave = memory_office()
    first = office.checked(title="First")
    enclave.clock.move(hours=1)
    office.checked(title="Second")
    office.vote("carol", first)
    lines = queue(by=office.who("carol"), ports=office.ports).lines
    assert [(line.request.form.title, line.mine, line.voted, line.is_mine) for line in lines] == [
        ("Second", 0, 0, True),
        ("First", 1, 1, False),
    ]
    office.vote("cyril", first)
    assert titles(office, "carol")[0] == "First", "an approval waits for its release"
    release(by=office.who("carol"), request=first.id, ports=office.ports)
    assert titles(office, "carol") == ["Second"]


def test_an_empty_queue_says_why() -> None:
    office, _ = memory_office()
    why = {name: queue(by=office.who(name), ports=office.ports).why_empty for name in ("carol", "otto", "frank")}
    assert "No request waits" in why["carol"]
    assert "no custodian" in why["otto"]
    request = office.checked()
    assert "no party" in queue(by=office.who("frank"), ports=office.ports).why_empty
    assert "work in" in queue(by=office.who("ivan"), ports=office.ports).why_empty
    assert queue(by=office.who("carol"), ports=office.ports).why_empty == ""
    office.vote("carol", request)
    assert "You have voted" in queue(by=office.who("carol"), ports=office.ports).why_empty


def test_the_queue_does_not_tell_what_others_voted() -> None:
    office, _ = memory_office()
    request = office.checked()
    before = queue(by=office.who("cyril"), ports=office.ports).lines[0]
    office.vote("carol", request, Choice.CHANGES)
    after = queue(by=office.who("cyril"), ports=office.ports).lines[0]
    assert (after.voted, after.mine) == (before.voted + 1, before.mine)
    assert "changes" not in str(after).lower()


def test_a_project_lists_its_requests_for_its_own_people() -> None:
    office, _ = memory_office()
    office.checked(title="Mine")
    office.checked(title="Hers", by="rosa")

    def seen(name: str) -> list[tuple[str, Standing]]:
        views = of_project(by=office.who(name), project=office.world.project.id, ports=office.ports)
        return [(view.request.form.title, view.standing) for view in views]

    assert seen("ravi") == [("Hers", Standing.MEMBER), ("Mine", Standing.AUTHOR)]
    assert seen("carol") == seen("otto") == []
