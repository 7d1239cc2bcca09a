"""The fakes keep the promises tests lean on."""

from __future__ import annotations

import threading

import pytest

from enclave.audit.chain import first_break
from enclave.audit.events import Event
from enclave.catalogue.ports import CatalogueWork
from enclave.governance.agreement import AgreementState
from enclave.governance.ports import GovernanceWork
from enclave.identity.ports import IdentityWork
from enclave.jobs.job import JobKind, JobState
from enclave.privacy.ledger import of_dataset
from enclave.privacy.ports import PrivacyWork
from enclave.terms.loss import PrivacyLoss
from tests.fakes.memory_work import Crashed, MemoryEnclave

EVENT = Event(kind="test.happened", by=None, subject="test:1")


def test_an_exception_leaves_neither_row_nor_event() -> None:
    enclave = MemoryEnclave()
    with enclave.begin() as work:
        work.jobs.ask(kind=JobKind.PROFILE_UPLOAD, subject="upload:1", parameters={"upload": 1})
    with pytest.raises(KeyError):
        _write_and_fail(enclave)
    with enclave.begin() as work:
        assert work.agencies.all() == []
        assert [job.state for job in work.jobs.latest(9)] == [JobState.WAITING]
    assert enclave.log.head()[0] == 0


def test_events_join_one_chain_when_the_block_ends() -> None:
    enclave = MemoryEnclave()
    with enclave.begin() as work:
        work.record(EVENT)
        assert enclave.log.head()[0] == 0
    with enclave.begin() as work:
        work.record(EVENT)
        work.record(EVENT)
    assert enclave.log.kinds() == ["test.happened"] * 3
    assert first_break(enclave.log.entries()) is None
    assert [entry.sequence for entry in enclave.log.entries(after=1)] == [2, 3]


def test_a_crash_at_commit_leaves_no_trace_and_happens_once() -> None:
    enclave = MemoryEnclave()
    enclave.fail_next_commit()
    for attempt in range(2):
        try:
            with enclave.begin() as work:
                work.agencies.add(slug="police", name="Police")
                work.record(EVENT)
        except Crashed:
            assert attempt == 0
    assert enclave.log.head()[0] == 1


def test_a_transaction_inside_a_transaction_is_a_mistake() -> None:
    enclave = MemoryEnclave()
    with pytest.raises(RuntimeError, match="inside another"), enclave.begin(), enclave.begin():
        pass
    with enclave.begin() as work:
        assert work.datasets.all() == []


def test_threads_take_turns() -> None:
    enclave = MemoryEnclave()

    def found(number: int) -> None:
        with enclave.begin() as work:
            work.agencies.add(slug=f"agency_{number}", name="An agency")
            work.record(EVENT)

    threads = [threading.Thread(target=found, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with enclave.begin() as work:
        assert len({agency.id for agency in work.agencies.all()}) == 20
    assert first_break(enclave.log.entries()) is None


def test_it_is_a_work_of_every_room() -> None:
    """Checked by mypy; at run time only that the names are there."""
    enclave = MemoryEnclave()
    with enclave.begin() as work:
        identity: IdentityWork = work
        governance: GovernanceWork = work
        catalogue: CatalogueWork = work
        assert identity.accounts.people() == []
        assert not governance.agreements.move(1, old=AgreementState.DRAFT, new=AgreementState.SIGNING)
        assert catalogue.uploads.of_dataset(1) == []
        privacy: PrivacyWork = work
        privacy.ledgers.open(of_dataset(1), PrivacyLoss(rho=10))
        assert privacy.ledgers.debit([of_dataset(1)], PrivacyLoss(rho=11)) == of_dataset(1)
        assert privacy.ledgers.debit([of_dataset(1)], PrivacyLoss(rho=10)) is None


def _write_and_fail(enclave: MemoryEnclave) -> None:
    with enclave.begin() as work:
        work.agencies.add(slug="police", name="Police")
        work.jobs.move(1, state=JobState.RUNNING, percent=5)
        work.record(EVENT)
        raise KeyError
