"""The one way a number gets out: charged once, answered once, whatever crashes and whoever races."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from enclave.audit.chain import first_break
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_json
from enclave.privacy.key import domain_of
from enclave.privacy.ledger import of_dataset, of_population, of_project
from enclave.privacy.measure import CountRows
from enclave.privacy.mechanisms import scale_for
from enclave.privacy.ports import PrivacyPorts
from enclave.privacy.release import MINIMUM, MOST_A_DAY, Released, Request, release
from enclave.privacy.sensitivity import l2_squared
from enclave.terms.canonical import Json
from enclave.terms.errors import BudgetError, EnclaveError, NotAllowedError, NotFoundError, OperatorError
from enclave.terms.loss import PrivacyLoss
from tests.factories.world import World, make_world
from tests.fakes.memory_work import Crashed, MemoryEnclave

ROWS = [{"person": 1, "rank": 1, "district": 0, "flag": 1, "age": 5, "cost": 10, "day": 0, "month": 0}] * 7
TENTH = PrivacyLoss.costing("0.1")


class FakeSigner:
    def sign(self, claims: dict[str, Json]) -> str:
        return f"signed:{claims['number']}"


@dataclass
class FakeJournal:
    records: list[dict[str, Json]] = field(default_factory=list)

    def append(self, record: dict[str, Json]) -> None:
        self.records.append(record)


@dataclass
class CrashAt:
    """Dies at the n-th call of any port, before or after the call did its work."""

    at: int
    after: bool
    calls: int = 0

    def around(self, call: Any, *arguments: Any) -> Any:
        self.calls += 1
        if self.calls == self.at and not self.after:
            raise Crashed
        result = call(*arguments)
        if self.calls == self.at:
            raise Crashed
        return result


class Setting:
    """An enclave with one question to ask it."""

    def __init__(self) -> None:
        self.enclave = MemoryEnclave()
        self.world: World = make_world(begin=self.enclave.begin, clock=self.enclave.clock, quarantine=self.enclave.quarantine)
        self.journal = FakeJournal()
        self.ports = PrivacyPorts(
            begin=self.enclave.begin,
            clock=self.enclave.clock,
            engine=ReferenceEngine(lambda _: ROWS),
            journal=self.journal,
            signer=FakeSigner(),
        )
        self.aggregate = BoundedAggregate(
            table=self.world.table, measures=(CountRows(),), keys=(domain_of(schema=self.world.table.schema, column="district"),)
        )

    def request(self, loss: PrivacyLoss = TENTH, aggregate: BoundedAggregate | None = None) -> Request:
        asked = aggregate or self.aggregate
        scale = scale_for(loss.exact_rho, l2_squared=l2_squared(asked, asked.measures[0]))
        return Request(
            project=self.world.project.id,
            table=self.world.table,
            purpose="query",
            mechanism="discrete Gaussian",
            question=aggregate_json(asked),
            loss=loss,
            program=lambda measurer: [list(vector) for vector in measurer.gaussian(asked, [scale])],
        )

    def release(self, request: Request | None = None, *, by: str = "rosa", ports: PrivacyPorts | None = None) -> Released:
        return release(by=self.world.people[by], request=request or self.request(), ports=ports or self.ports)

    def spent(self) -> list[int]:
        table = self.world.table
        keys = (of_population(table.population), of_dataset(table.dataset), of_project(self.world.project.id, table.dataset))
        with self.enclave.begin() as work:
            found = [work.ledgers.get(key) for key in keys]
        return [ledger.spent.rho if ledger else 0 for ledger in found]


@pytest.fixture
def here() -> Setting:
    return Setting()


def test_a_release_is_charged_to_population_dataset_and_share(here: Setting) -> None:
    released = here.release()
    assert released.spent == TENTH
    assert here.spent() == [TENTH.rho] * 3
    assert [record["charge"] for record in here.journal.records] == [released.settlement.charge]
    assert released.settlement.token == f"signed:{released.settlement.number}"


def test_the_same_question_again_is_free_and_gives_the_same_answer(here: Setting) -> None:
    first = here.release()
    for by, loss in (("rosa", TENTH), ("ravi", TENTH), ("rosa", PrivacyLoss.costing("0.05"))):
        again = here.release(here.request(loss), by=by)
        assert again.settlement == first.settlement
        assert again.spent.rho == 0
    assert here.spent() == [TENTH.rho] * 3


def test_a_better_answer_is_bought_anew(here: Setting) -> None:
    first, better = here.release(), here.release(here.request(PrivacyLoss.costing("0.2")))
    assert better.settlement.noised != first.settlement.noised or better.settlement.number != first.settlement.number
    assert here.spent() == [TENTH.rho + PrivacyLoss.costing("0.2").rho] * 3
    assert here.release().settlement == better.settlement


def test_too_little_left_is_refused_before_anything_is_touched(here: Setting) -> None:
    engine = ReferenceEngine(lambda _: pytest.fail("data was touched"))
    with pytest.raises(BudgetError) as caught:
        here.release(here.request(PrivacyLoss.costing("0.6")), ports=replace(here.ports, engine=engine))
    assert caught.value.rule == "P-01"
    assert caught.value.details["remaining"] == "0.5"
    assert caught.value.details["requested"] == "0.6"
    assert here.spent() == [0, 0, 0]
    assert here.journal.records == []


def test_a_cap_can_be_spent_to_the_last_unit_and_no_further(here: Setting) -> None:
    here.release(here.request(PrivacyLoss.costing("0.5")))
    with pytest.raises(BudgetError):
        here.release(here.request(MINIMUM, BoundedAggregate(table=here.world.table, measures=(CountRows(),))))


def test_strangers_and_old_versions_are_refused(here: Setting) -> None:
    with pytest.raises(NotFoundError):
        here.release(by="mallory")
    old = replace(here.request(), table=replace(here.world.table, version=99))
    with pytest.raises(NotFoundError):
        here.release(old)
    here.enclave.clock.now = dt.datetime(2041, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(NotAllowedError):
        here.release()
    assert here.spent() == [0, 0, 0]


def test_permission_is_checked_again_before_a_stored_answer_is_served(here: Setting) -> None:
    here.release()
    here.enclave.clock.now = dt.datetime(2041, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(NotAllowedError):
        here.release()


def test_the_daily_number_is_kept(here: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enclave.privacy.release.MOST_A_DAY", 1)
    assert MOST_A_DAY > 100
    here.release()
    with pytest.raises(BudgetError, match="daily"):
        here.release(here.request(PrivacyLoss.costing("0.11")))


@pytest.mark.parametrize("error", [ValueError("person 17 has 3 rows"), ZeroDivisionError(), MemoryError(), OverflowError("cost 987654")])
def test_every_failure_after_the_reserve_says_and_costs_the_same(here: Setting, error: Exception) -> None:
    class Broken:
        def exact(self, aggregate: BoundedAggregate) -> Sequence[Sequence[int]]:
            raise error

    with pytest.raises(EnclaveError) as caught:
        here.release(ports=replace(here.ports, engine=Broken()))
    assert isinstance(caught.value, OperatorError)
    assert caught.value.rule == "P-04"
    assert caught.value.__cause__ is None
    assert here.spent() == [TENTH.rho] * 3
    assert here.release().spent.rho == 0
    assert here.spent() == [TENTH.rho] * 3


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_port_call_charges_once_and_answers_once(after: bool) -> None:
    crashed = 0
    for at in range(1, 40):
        here, crash = Setting(), CrashAt(at=at, after=after)
        fragile = _fragile(here, crash)
        try:
            first = here.release(ports=fragile)
        except Crashed:
            crashed += 1
            assert here.spent() in ([0, 0, 0], [TENTH.rho] * 3)
            visible = here.release()
        else:
            assert crash.calls < at
            assert here.release().settlement == first.settlement
            break
        assert here.release().settlement == visible.settlement
        assert here.spent() == [TENTH.rho] * 3
        with here.enclave.begin() as work:
            assert len(work.charges.of_project(here.world.project.id)) == 1
        assert here.journal.records
        assert first_break(here.enclave.log.entries()) is None
    assert crashed >= 8


def _fragile(here: Setting, crash: CrashAt) -> PrivacyPorts:
    class Engine:
        def exact(self, aggregate: BoundedAggregate) -> Sequence[Sequence[int]]:
            return crash.around(here.ports.engine.exact, aggregate)

    class Journal:
        def append(self, record: dict[str, Json]) -> None:
            crash.around(here.journal.append, record)

    class Signer:
        def sign(self, claims: dict[str, Json]) -> str:
            return crash.around(here.ports.signer.sign, claims)

    class Begin:
        """Entering and committing a transaction are two calls."""

        def __call__(self) -> Any:
            return _Fragile(here, crash)

    return PrivacyPorts(begin=Begin(), clock=here.ports.clock, engine=Engine(), journal=Journal(), signer=Signer())


class _Fragile:
    def __init__(self, here: Setting, crash: CrashAt) -> None:
        self._inner = here.enclave.begin()
        self._crash = crash

    def __enter__(self) -> Any:
        self._crash.calls += 1
        if self._crash.calls == self._crash.at and not self._crash.after:
            raise Crashed
        work = self._inner.__enter__()
        if self._crash.calls == self._crash.at:
            self._inner.__exit__(Crashed, died := Crashed(), None)
            raise died
        return work

    def __exit__(self, *problem: Any) -> Any:
        if problem[0] is not None:
            return self._inner.__exit__(*problem)
        self._crash.calls += 1
        if self._crash.calls == self._crash.at and not self._crash.after:
            died = Crashed()
            self._inner.__exit__(Crashed, died, None)
            raise died
        result = self._inner.__exit__(None, None, None)
        if self._crash.calls == self._crash.at:
            raise Crashed
        return result


def test_whoever_finishes_second_discards_their_draw(here: Setting) -> None:
    """The engine of the first is slow; the second asks the same meanwhile, and finishes first."""
    outcomes: list[Released] = []

    class Slow:
        def exact(self, aggregate: BoundedAggregate) -> Sequence[Sequence[int]]:
            if not outcomes:
                outcomes.append(here.release())
            return here.ports.engine.exact(aggregate)

    slow = here.release(ports=replace(here.ports, engine=Slow()))
    assert slow.settlement == outcomes[0].settlement
    assert here.spent() == [TENTH.rho] * 3


def test_a_program_cannot_spend_more_than_was_reserved(here: Setting) -> None:
    greedy = replace(here.request(), program=lambda measurer: [list(v) for v in measurer.gaussian(here.aggregate, [0.5])])
    with pytest.raises(OperatorError):
        here.release(greedy)


def test_nothing_exact_is_ever_stored(here: Setting) -> None:
    released = here.release(here.request(PrivacyLoss.costing("0.000001")))
    assert released.settlement.noised != [[7, 0, 0, 0]]
    with here.enclave.begin() as work:
        charge = work.charges.of_project(here.world.project.id)[0]
    assert set(charge.asked) == {"version", "contribution", "where", "keys", "measures"}


def test_a_stop_during_the_step_keeps_the_answer_back_until_it_is_lifted(here: Setting) -> None:
    """An emergency stop acts within seconds even on a question that had begun; what was paid is not lost."""
    table, police = here.world.table, here.world.agencies["police"]

    def stopping(_: object) -> list[dict[str, int]]:
        with here.enclave.begin() as work:
            work.stops.add(agency=police.id, person=here.world.people["olga"].id, reason="A leak.", at=here.enclave.clock())
        return ROWS

    with pytest.raises(NotAllowedError) as refused:
        here.release(ports=replace(here.ports, engine=ReferenceEngine(stopping)))
    assert refused.value.rule == "G-23"
    assert here.spent() == [TENTH.rho] * 3
    with pytest.raises(NotAllowedError):
        here.release()
    with here.enclave.begin() as work:
        standing = work.stops.standing(police.id)
        assert standing is not None
        assert work.stops.lift(standing.id, by=here.world.people["carol"].id, at=here.enclave.clock())
        stored = work.charges.find(project=here.world.project.id, question=here.request().digest, at_least=TENTH.rho)
    assert stored is not None
    released = here.release()
    assert released.settlement == stored[1]
    assert released.spent.rho == 0
    assert released.settlement.number
    assert here.spent() == [TENTH.rho] * 3
    assert table.schema.name.agency == "police"
