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
from enclave.privacy.thaw import thaw
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError, EnclaveError, NotAllowedError
from enclave.terms.loss import PrivacyLoss
from tests.privacy.test_release import Setting

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
    assert here.spent()[:2] == [total] * 2


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
