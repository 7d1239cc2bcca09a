"""A machine that drives egress review at random and knows what must never happen. Run in memory and over a real database."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from enclave.audit.chain import first_break
from enclave.audit.events import Event
from enclave.audit.work import Log
from enclave.egress_review.check import check
from enclave.egress_review.download import download
from enclave.egress_review.lifecycle import STEPS, State
from enclave.egress_review.reject import reject
from enclave.egress_review.release import release
from enclave.egress_review.request import KEPT, Choice, Request
from enclave.egress_review.revoke import revoke
from enclave.egress_review.visibility import Act, Standing, see
from enclave.egress_review.withdraw import withdraw
from enclave.terms.errors import EnclaveError
from tests.factories.office import BLOCK, WARN, Office
from tests.fakes.memory_egress import ScriptedScanner
from tests.fakes.memory_store import FakeClock

EVERYONE = st.sampled_from(["rosa", "ravi", "carol", "cyril", "cora", "ivan", "frank", "otto"])
BENCH = ("carol", "cyril", "cora")
MEMBERS = ("rosa", "ravi", "ivan")
NUMBERS = st.integers(1, 2)
REASON = "Found a mistake after all."
CONTENTS = (b"clear", b"warn", b"block", b"crash")


class Outbox(RuleBasedStateMachine):
    """Everybody tries everything; refusals are fine, breaches are not."""

    office: Office
    clock: FakeClock
    log: Log

    def __init__(self) -> None:
        super().__init__()
        self.office, self.clock, self.log = self.open()
        self.sent: dict[int, bytes] = {}
        self.standing: dict[tuple[int, str, int], Choice] = {}
        scanner = self.office.ports.scanner
        assert isinstance(scanner, ScriptedScanner)
        scanner.scripts = {b"warn": lambda: (WARN,), b"block": lambda: (BLOCK,), b"crash": _crash}

    def open(self) -> tuple[Office, FakeClock, Log]:
        """A fresh enclave."""
        raise NotImplementedError

    def attempt(self, act: Callable[[], object]) -> bool:
        """Whether it was allowed."""
        try:
            act()
        except EnclaveError:
            return False
        return True

    @initialize(contents=st.lists(st.sampled_from([b"clear", b"clear", b"warn"]), min_size=1, max_size=2, unique=True))
    def begin(self, contents: list[bytes]) -> None:
        """Something is under review from the start."""
        for content in contents:
            self.submit("ravi", content, "One title")
        for number in list(self.sent):
            self.check(number)

    @rule(by=EVERYONE, content=st.sampled_from(CONTENTS), title=st.sampled_from(["One title", "Other title"]))
    def submit(self, by: str, content: bytes, title: str) -> None:
        if len(self.sent) >= 3:
            return
        known = set(self.sent)
        if self.attempt(
            lambda: self.sent.update({self.office.submit(by=by, title=title, files=(("a.csv", content), ("b.csv", b"b"))).id: content})
        ):
            assert by in MEMBERS
        assert len(set(self.sent) - known) <= 1

    @rule(request=NUMBERS)
    def check(self, request: int) -> None:
        self.attempt(lambda: check(request=request, ports=self.office.ports))

    @rule(by=EVERYONE, request=NUMBERS, file=st.integers(0, 3), choice=st.sampled_from(list(Choice)))
    def vote(self, by: str, request: int, file: int, choice: Choice) -> None:
        before = self.state(request)
        if self.attempt(lambda: self.office.vote(by, self.request(request), choice, file=file)):
            assert before is State.IN_REVIEW
            assert by in BENCH
            self.standing[request, by, file] = choice

    @precondition(lambda self: any(self.state(number) is State.IN_REVIEW for number in self.sent))
    @rule(request=NUMBERS)
    def all_approve(self, request: int) -> None:
        for by in BENCH[:2]:
            for file in (1, 2):
                self.vote(by, request, file, Choice.APPROVE)

    @precondition(lambda self: any(self.state(number) is State.APPROVED for number in self.sent))
    @rule(by=EVERYONE)
    def let_out(self, by: str) -> None:
        for number in list(self.sent):
            self.release("carol", number)
            self.download(by, number, 1)

    @precondition(lambda self: any(self.state(number) is State.RELEASED for number in self.sent))
    @rule(by=EVERYONE, request=NUMBERS)
    def take(self, by: str, request: int) -> None:
        self.download(by, request, 1)

    @rule(by=EVERYONE, request=NUMBERS)
    def release(self, by: str, request: int) -> None:
        before = self.state(request)
        if self.attempt(lambda: release(by=self.office.who(by), request=request, ports=self.office.ports)):
            assert before is State.APPROVED
            assert {(request, by, 1), (request, by, 2)} & set(self.standing)

    @rule(by=EVERYONE, request=NUMBERS, end=st.sampled_from([reject, revoke]))
    def stop(self, by: str, request: int, end: Callable[..., Request]) -> None:
        before = self.state(request)
        if self.attempt(lambda: end(by=self.office.who(by), request=request, reason=REASON, ports=self.office.ports)):
            assert by in BENCH
            assert before in ({State.RETURNED} if end is reject else {State.APPROVED, State.RELEASED})

    @rule(by=EVERYONE, request=NUMBERS)
    def withdraw(self, by: str, request: int) -> None:
        if self.attempt(lambda: withdraw(by=self.office.who(by), request=request, ports=self.office.ports)):
            assert self.request(request).author == self.office.who(by).id

    @rule(by=EVERYONE, request=NUMBERS, file=st.integers(0, 3))
    def download(self, by: str, request: int, file: int) -> None:
        got: list[bytes] = []
        if self.attempt(lambda: got.append(download(by=self.office.who(by), request=request, file=file, ports=self.office.ports).data)):
            found = self.request(request)
            assert found.state is State.RELEASED
            assert self.clock() < found.moved + KEPT
            assert by in MEMBERS
            assert got == [self.sent[request] if file == 1 else b"b"]

    @rule(days=st.sampled_from([0.1, 1, 31]))
    def wait(self, days: float) -> None:
        self.clock.move(days=days)

    @invariant()
    def the_log_tells_the_life_of_every_request(self) -> None:
        assert first_break(self.log.entries()) is None
        events = [entry.event for entry in self.log.entries()]
        for number in self.sent:
            state = _follow([event for event in events if event.subject == f"request:{number}"])
            assert state is self.state(number)

    @invariant()
    def nothing_is_approved_without_two_independent_approvals_of_every_file(self) -> None:
        for number in self.sent:
            if self.state(number) in {State.APPROVED, State.RELEASED}:
                votes = {key[1:]: choice for key, choice in self.standing.items() if key[0] == number}
                assert set(votes.values()) == {Choice.APPROVE}
                assert sum({(name, 1), (name, 2)} <= set(votes) for name in BENCH) >= 2
                assert self.sent[number] in {b"clear", b"warn"}

    @invariant()
    def votes_stay_blind_and_strangers_see_nothing(self) -> None:
        for number in self.sent:
            for name in (*BENCH, *MEMBERS, "frank", "otto"):
                try:
                    view = see(by=self.office.who(name), request=number, ports=self.office.ports)
                except EnclaveError:
                    assert name in {"frank", "otto"}
                    continue
                assert name not in {"frank", "otto"}
                if view.request.state in {State.SUBMITTED, State.CHECKING, State.BLOCKED, State.IN_REVIEW}:
                    assert {vote.person for vote in view.votes} <= {self.office.who(name).id}
                    assert view.comments == ()
                assert view.standing is not Standing.MEMBER or view.request.findings == ()
                assert Act.DOWNLOAD not in view.acts or view.request.state is State.RELEASED

    def request(self, number: int) -> Request:
        with self.office.ports.begin() as work:
            found = work.requests.by_id(number)
        if found is None:
            raise _missing()
        return found

    def state(self, number: int) -> State | None:
        with self.office.ports.begin() as work:
            found = work.requests.by_id(number)
        return found.state if found else None


def _follow(events: list[Event]) -> State:
    """Walk the table along the logged events; anything that is no step of it fails."""
    kinds = {one.event for one in STEPS}
    state = State.DRAFT
    for event in events:
        if event.kind in kinds:
            [state] = [one.new for one in STEPS if one.old is state and one.event == event.kind]
    return state


def _missing() -> EnclaveError:
    return EnclaveError(rule="E-10", sentence="There is no such request.")


def _crash() -> tuple[()]:
    raise RuntimeError("the parser died")
