"""After a restored backup: what was forgotten is debited again, once; where the journal cannot vouch, nothing answers until two have looked."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.adapters.journal import FileJournal
from enclave.governance.appoint import appoint
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.privacy.ledger import of_dataset
from enclave.privacy.recover import Recovered, recover
from enclave.privacy.release import reserve
from enclave.privacy.thaw import thaw
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError, EnclaveError, NotAllowedError
from enclave.terms.loss import PrivacyLoss
from tests.privacy.test_release import TENTH, Setting

CHEAP = [PrivacyLoss.costing(price) for price in ("0.01", "0.02", "0.04", "0.08")]


def come_back(here: Setting, records: list[dict[str, Json]] | None = None) -> Recovered:
    """The worker starts."""
    return recover(remembered=lambda: copy.deepcopy(here.journal.records if records is None else records), ports=here.ports)


@settings(max_examples=20, deadline=None)
@given(before=st.sets(st.sampled_from(CHEAP)), after=st.sets(st.sampled_from(CHEAP)), then=st.sets(st.sampled_from(CHEAP)))
def test_a_restored_backup_forgets_no_spending(before: set[PrivacyLoss], after: set[PrivacyLoss], then: set[PrivacyLoss]) -> None:
    """Whatever was answered before the backup, after it, and again after the restore, every reserve is in the ledgers once."""
    here = Setting()
    for loss in sorted(before, key=lambda one: one.rho):
        here.release(here.request(loss))
    backup, last = here.enclave.tables.snapshot(), dict(here.enclave.tables.last)
    for loss in sorted(after - before, key=lambda one: one.rho):
        here.release(here.request(loss))
    reserves = len(here.journal.records)
    here.enclave.tables.restore(backup)
    here.enclave.tables.last.clear()
    here.enclave.tables.last.update(last)  # a restored database gives the same numbers anew
    forgotten = reserves - len({record["charge"] for record in here.journal.records if _known(here, record)})
    assert come_back(here) == Recovered(debited=forgotten, frozen=False)
    assert come_back(here) == Recovered(debited=0, frozen=False)
    here.enclave.clock.move(seconds=1)
    for loss in sorted(then, key=lambda one: one.rho):
        here.release(here.request(loss))
    assert come_back(here) == Recovered(debited=0, frozen=False)
    unique = {json.dumps(record, sort_keys=True) for record in here.journal.records}
    total = sum(json.loads(record)["rho"] for record in unique)
    assert here.spent() == [total] * 3


def _known(here: Setting, record: dict[str, Json]) -> bool:
    with here.enclave.begin() as work:
        return (record["charge"], record["question"]) in {(number, question) for number, question, _ in work.charges.names()}


def test_what_does_not_fit_any_more_fills_the_ledger(here: Setting) -> None:
    here.release(here.request(PrivacyLoss.costing("0.4")))
    (record,) = here.journal.records
    twice = [record, {**record, "question": "f" * 64, "rho": int(str(record["rho"])) * 3}]
    assert come_back(here, twice) == Recovered(debited=1, frozen=False)
    with here.enclave.begin() as work:
        ledger = work.ledgers.get(of_dataset(here.world.table.dataset))
    assert ledger is not None
    assert ledger.left.rho == 0
    assert ledger.spent.rho == int(str(record["rho"])) * 4, "nothing that was spent is cut off by a cap"
    with pytest.raises(EnclaveError, match="0 left"):
        here.release(here.request(PrivacyLoss.costing("0.45")))


@pytest.mark.parametrize("journal", ["gone", "damaged", "older"])
def test_a_journal_that_cannot_vouch_freezes_until_two_custodians_have_looked(here: Setting, journal: str) -> None:
    here.release()
    here.enclave.clock.move(seconds=1)
    here.release(here.request(PrivacyLoss.costing("0.12")))
    if journal == "damaged":

        def broken() -> list[dict[str, Json]]:
            raise ValueError

        assert recover(remembered=broken, ports=here.ports).frozen
    else:
        assert come_back(here, [] if journal == "gone" else here.journal.records[:1]).frozen
    with pytest.raises(NotAllowedError) as refused:
        here.release(here.request(PrivacyLoss.costing("0.2")))
    assert refused.value.rule == "P-20"
    people, dataset = here.world.people, here.world.table.dataset
    chris = _second_custodian(here)
    for stranger in ("rosa", "olga", "cyril", "gina"):
        with pytest.raises(EnclaveError):
            thaw(by=people[stranger], dataset=dataset, ports=here.ports)
    assert not thaw(by=people["carol"], dataset=dataset, ports=here.ports)
    with pytest.raises(ConflictError):
        thaw(by=people["carol"], dataset=dataset, ports=here.ports)
    with pytest.raises(NotAllowedError):
        here.release(here.request(PrivacyLoss.costing("0.2")))
    assert thaw(by=chris, dataset=dataset, ports=here.ports)
    assert here.release(here.request(PrivacyLoss.costing("0.2"))).spent.rho
    with pytest.raises(ConflictError):
        thaw(by=chris, dataset=dataset, ports=here.ports)


def _second_custodian(here: Setting):  # type: ignore[no-untyped-def]
    from enclave.adapters.signing import ed25519_holds
    from tests.factories.world import person

    made = person(here.enclave.begin, "chris")
    ports = GovernancePorts(begin=here.enclave.begin, clock=here.enclave.clock, signature_holds=ed25519_holds)
    agency = here.world.agencies["police"].id
    appoint(by=here.world.people["gina"], grant=Grant(person=made.id, role=Role.CUSTODIAN, agency=agency), ports=ports)
    return made


def test_a_reserve_that_crashed_before_the_journal_freezes_nothing(here: Setting) -> None:
    """Between the reserve and the journal no data was touched, so nothing was answered."""
    with here.enclave.begin() as work:
        work.charges.add(
            project=here.world.project.id,
            person=here.world.people["rosa"].id,
            purpose="query",
            question="a" * 64,
            asked={},
            loss=PrivacyLoss.costing("0.1"),
            keys=[of_dataset(here.world.table.dataset)],
        )
    assert come_back(here) == Recovered(debited=0, frozen=False)


def test_the_file_on_disk_says_what_recovery_reads(here: Setting, tmp_path: Path) -> None:
    here.release()
    journal = FileJournal(tmp_path / "reserves.jsonl")
    for record in here.journal.records:
        journal.append(record)
    assert recover(remembered=journal.records, ports=here.ports) == Recovered(debited=0, frozen=False)
    with (tmp_path / "reserves.jsonl").open("ab") as file:
        file.write(b"{not json}\n")
    assert recover(remembered=journal.records, ports=here.ports).frozen


@pytest.fixture
def here() -> Setting:
    return Setting()


def restored(here: Setting, backup: object, name: str = "one") -> Recovered:
    """A backup put back, and the worker's next start."""
    here.enclave.tables.restore(copy.deepcopy(backup))  # type: ignore[arg-type]
    return recover(remembered=lambda: copy.deepcopy(here.journal.records), ports=here.ports, restored=name)


def thawed(here: Setting) -> None:
    for by in (here.world.people["carol"], _second_custodian(here)):
        thaw(by=by, dataset=here.world.table.dataset, ports=here.ports)


def test_what_was_unanswered_in_the_backup_is_paid_again_because_it_is_answered_again(here: Setting) -> None:
    """A backup between reserve and answer: the question would be free there, and a second draw for one price averages the noise away."""
    request = here.request()
    reserve(by=here.world.people["rosa"], request=request, ports=here.ports)
    backup = here.enclave.tables.snapshot()
    here.release(request)
    for count in (1, 2):
        assert restored(here, backup, f"restore {count}") == Recovered(debited=count, frozen=True)
        assert restored_again(here, f"restore {count}") == 0
        assert here.spent() == [TENTH.rho * (1 + count)] * 3
        thawed(here)
        here.release(request)


def restored_again(here: Setting, name: str) -> int:
    """The worker died after recovering and starts again with the note still there."""
    return recover(remembered=lambda: copy.deepcopy(here.journal.records), ports=here.ports, restored=name).debited


def test_a_restore_freezes_whatever_the_journal_says_because_stops_are_not_in_it(here: Setting) -> None:
    backup = here.enclave.tables.snapshot()
    police = here.world.agencies["police"].id
    with here.enclave.begin() as work:
        work.stops.add(agency=police, person=here.world.people["olga"].id, reason="A leak.", at=here.enclave.clock())
    assert restored(here, backup) == Recovered(debited=0, frozen=True)
    with pytest.raises(NotAllowedError) as refused:
        here.release()
    assert refused.value.rule == "P-20"


def test_a_lost_journal_is_noticed_by_the_restore_though_nothing_was_settled(here: Setting) -> None:
    backup = here.enclave.tables.snapshot()
    here.release()
    here.journal.records.clear()
    assert restored(here, backup).frozen


def test_a_ledger_that_the_backup_does_not_know_is_full_when_it_opens(here: Setting) -> None:
    backup = here.enclave.tables.snapshot()
    here.release()
    assert here.enclave.tables.rows["ledgers"]
    restored(here, backup)
    assert here.spent() == [TENTH.rho] * 3
    thawed(here)
    here.enclave.clock.move(seconds=1)
    here.release(here.request(PrivacyLoss.costing("0.12")))
    assert here.spent() == [TENTH.rho + PrivacyLoss.costing("0.12").rho] * 3


def test_a_thaw_lasts_over_the_next_start(here: Setting) -> None:
    here.release()
    assert come_back(here, []).frozen
    thawed(here)
    come_back(here, [])
    assert here.release().spent.rho == 0, "frozen again for what two custodians have looked at"


def test_a_first_word_counts_for_its_own_incident_and_its_own_time(here: Setting) -> None:
    here.release()
    come_back(here, [])
    dataset, carol, chris = here.world.table.dataset, here.world.people["carol"], _second_custodian(here)
    assert not thaw(by=carol, dataset=dataset, ports=here.ports)
    restored(here, here.enclave.tables.snapshot(), "another")
    assert not thaw(by=chris, dataset=dataset, ports=here.ports), "one word for this restore"
    with here.enclave.begin() as work:
        work.grants.end(Grant(person=chris.id, role=Role.CUSTODIAN, agency=here.world.agencies["police"].id))
    assert not thaw(by=carol, dataset=dataset, ports=here.ports), "who spoke first is no custodian any more"
