"""Asking for a copy: by members, once, and only what can be paid. The worker then fits it or says why not."""

from __future__ import annotations

import datetime as dt

import pytest

from enclave.audit.chain import first_break
from enclave.catalogue.dataset import VersionState
from enclave.jobs.job import JobKind, JobState
from enclave.privacy.aggregate import BoundedAggregate
from enclave.synthetic.copies import STEPS, CopyState, step
from enclave.synthetic.run_fit import run_fit
from enclave.terms.errors import BudgetError, NotAllowedError, NotFoundError, OperatorError, ResearcherError
from enclave.terms.loss import PrivacyLoss
from tests.factories.copies import TENTH, Studio


@pytest.fixture
def studio() -> Studio:
    return Studio()


class Broken:
    def exact(self, aggregate: BoundedAggregate) -> list[list[int]]:
        raise ValueError("person 17 costs 987654")


def test_asking_twice_asks_once(studio: Studio) -> None:
    first, second = studio.request(), studio.request(by="rosa")
    assert first == second
    assert first.state is CopyState.ASKED
    with studio.enclave.begin() as work:
        (job,) = work.jobs.of(first.subject)
    assert (job.kind, job.parameters) == (JobKind.FIT_SYNTHETIC, {"copy": first.id})
    assert studio.enclave.log.kinds().count("synthetic.asked") == 1
    assert studio.spent() == [0, 0, 0]


def test_the_worker_fits_what_was_asked(studio: Studio) -> None:
    copy = studio.request()
    studio.work_off()
    with studio.enclave.begin() as work:
        found, (job,) = work.copies.by_id(copy.id), work.jobs.of(copy.subject)
    assert found is not None
    assert (found.state, job.state) == (CopyState.FITTED, JobState.DONE)
    assert studio.spent() == [TENTH.rho] * 3
    assert studio.enclave.log.kinds()[-4:] == ["synthetic.asked", "privacy.reserved", "privacy.settled", "synthetic.fitted"]
    assert first_break(studio.enclave.log.entries()) is None


def test_what_is_fitted_is_not_asked_again(studio: Studio) -> None:
    copy = studio.request()
    studio.work_off()
    for loss in (TENTH, PrivacyLoss.costing("0.05")):
        assert studio.request(loss).id == copy.id
    assert studio.request(loss).state is CopyState.FITTED
    with studio.enclave.begin() as work:
        assert work.jobs.unfinished() == []


def test_a_better_copy_is_another_one(studio: Studio) -> None:
    first = studio.request()
    studio.work_off()
    second = studio.request(PrivacyLoss.costing("0.2"))
    studio.work_off()
    assert second.id != first.id
    assert studio.spent() == [TENTH.rho * 3] * 3
    _, report = studio.obtain()
    assert report.loss == PrivacyLoss.costing("0.2")


def test_what_cannot_be_paid_is_refused_at_once(studio: Studio) -> None:
    with pytest.raises(BudgetError) as caught:
        studio.request(PrivacyLoss.costing("0.6"))
    assert (caught.value.details["remaining"], caught.value.details["requested"]) == ("0.5", "0.6")
    with studio.enclave.begin() as work:
        assert work.jobs.unfinished() == []
        assert work.copies.of(project=1, version=1) == []


def test_a_price_that_buys_nothing_is_refused(studio: Studio) -> None:
    with pytest.raises(ResearcherError) as caught:
        studio.request(PrivacyLoss.costing("0.0009"))
    assert caught.value.rule == "Y-02"
    assert "0.001" in caught.value.instead


def test_strangers_and_ended_agreements_are_refused(studio: Studio) -> None:
    with pytest.raises(NotFoundError):
        studio.request(by="mallory")
    with pytest.raises(NotFoundError):
        studio.request(by="olga")
    studio.enclave.clock.now = dt.datetime(2041, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(NotAllowedError):
        studio.request()


def test_a_version_closed_meanwhile_ends_the_job_with_a_sentence_and_costs_nothing(studio: Studio) -> None:
    copy = studio.request()
    with studio.enclave.begin() as work:
        work.datasets.move_version(studio.world.table.version, old=VersionState.OPEN, new=VersionState.CLOSED)
    studio.work_off()
    with studio.enclave.begin() as work:
        found, (job,) = work.copies.by_id(copy.id), work.jobs.of(copy.subject)
    assert found is not None
    assert (found.state, job.state) == (CopyState.REFUSED, JobState.FAILED)
    assert "newer version" in job.sentence
    assert studio.spent() == [0, 0, 0]
    assert studio.enclave.log.kinds()[-1] == "synthetic.refused"


def test_a_refused_copy_can_be_asked_for_again(studio: Studio) -> None:
    copy = studio.request()
    table = studio.world.table
    with studio.enclave.begin() as work:
        work.datasets.move_version(table.version, old=VersionState.OPEN, new=VersionState.CLOSED)
    studio.work_off()
    version = studio.enclave.tables["versions"]
    version[table.version] = _opened(version[table.version])
    with pytest.raises(NotFoundError, match="newer version"):
        studio.obtain()
    assert studio.request() == copy
    studio.work_off()
    assert studio.obtain()[0].count > 0
    assert studio.enclave.log.kinds().count("synthetic.asked") == 2


def test_a_failed_fit_is_paid_and_done_again_for_nothing(studio: Studio) -> None:
    copy = studio.request()
    studio.work_off(studio.with_engine(Broken()))
    with studio.enclave.begin() as work:
        (job,) = work.jobs.of(copy.subject)
    assert job.state is JobState.FAILED
    assert "987654" not in job.sentence
    assert studio.spent() == [TENTH.rho] * 3
    with pytest.raises(NotFoundError, match="could not be completed") as caught:
        studio.obtain()
    assert caught.value.rule == "Y-06"
    studio.request()
    studio.work_off()
    assert studio.obtain()[0].count > 0
    assert studio.spent() == [TENTH.rho] * 3


def test_a_paid_fit_is_asked_again_even_when_the_budget_is_gone(studio: Studio) -> None:
    whole = PrivacyLoss.costing("0.5")
    studio.request(whole)
    studio.work_off(studio.with_engine(Broken()))
    assert studio.spent() == [whole.rho] * 3
    studio.request(whole)
    studio.work_off()
    assert studio.obtain()[1].loss == whole


def test_success_and_failure_end_at_the_same_moment(studio: Studio) -> None:
    studio.request()
    studio.work_off(studio.with_engine(Broken()))
    studio.request()
    studio.work_off()
    broken, good = studio.time.waited
    assert broken == good > 0


def test_there_is_nothing_to_run_for_an_unknown_copy(studio: Studio) -> None:
    with pytest.raises(NotFoundError) as caught:
        run_fit(copy=99, ports=studio.ports)
    assert caught.value.rule == "Y-03"


def test_an_operator_error_leaves_the_copy_to_be_tried_again(studio: Studio) -> None:
    copy = studio.request()
    with pytest.raises(OperatorError):
        run_fit(copy=copy.id, ports=studio.with_engine(Broken()))
    run_fit(copy=copy.id, ports=studio.ports)
    run_fit(copy=copy.id, ports=studio.ports)
    assert studio.enclave.log.kinds().count("synthetic.fitted") == 1


def test_states_move_along_the_table_only() -> None:
    for old in CopyState:
        for new in CopyState:
            if any((one.old, one.new) == (old, new) for one in STEPS):
                assert step(old, new).event.startswith("synthetic.")
            else:
                with pytest.raises(ValueError, match="does not go"):
                    step(old, new)


def _opened(version):
    from dataclasses import replace

    return replace(version, state=VersionState.OPEN)
