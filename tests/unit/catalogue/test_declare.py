"""A declaration fits its file, its dataset and its cadence, or is refused by rule; made once, it stands once."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from enclave.catalogue.dataset import Cadence
from enclave.catalogue.declaration import Declaration, LinkRole, Treatment
from enclave.catalogue.declare import declare
from enclave.catalogue.draft import draft_of, keep_draft
from enclave.catalogue.upload import STEPS, Upload, UploadState, step
from enclave.catalogue.weighing import Limits, Weighing
from enclave.jobs.job import JobKind
from enclave.terms.errors import EnclaveError, NotFoundError
from enclave.terms.schema import Column, Kind
from tests.factories.uploads import declaration
from tests.fakes.crashing import CrashAt
from tests.fakes.memory_work import Crashed
from tests.unit.catalogue.conftest import Desk
from tests.unit.catalogue.test_receive import mortal

DAY = dt.date(2026, 3, 31)


def refused(desk: Desk, upload: Upload, plan: Declaration) -> str:
    with pytest.raises(EnclaveError) as error:
        declare(by=desk.olive, upload=upload.id, declaration=plan, ports=desk.ports)
    assert desk.found(upload.id).state is upload.state
    return error.value.rule


def test_a_declared_upload_is_prepared_once(desk: Desk) -> None:
    upload = desk.profiled()
    assert declare(by=desk.olive, upload=upload.id, declaration=declaration(), ports=desk.ports).state is UploadState.PREPARING
    assert refused(desk, desk.found(upload.id), declaration()) == "C-10"
    with desk.enclave.begin() as work:
        assert [job.kind for job in work.jobs.of(f"upload:{upload.id}")] == [JobKind.PREPARE_UPLOAD, JobKind.PROFILE_UPLOAD]
    assert desk.enclave.log.kinds().count("upload.declared") == 1


def test_another_agencys_officer_finds_no_upload(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        declare(by=desk.hugo, upload=desk.profiled().id, declaration=declaration(), ports=desk.ports)


def test_columns_are_those_of_the_file_in_their_order(desk: Desk) -> None:
    upload, plan = desk.profiled(), declaration()
    assert refused(desk, upload, replace(plan, columns=plan.columns[::-1])) == "C-11"
    assert refused(desk, upload, replace(plan, columns=plan.columns[1:])) == "C-11"


def test_what_does_not_fit_the_privacy_unit_is_refused(desk: Desk) -> None:
    plan = declaration()
    nobody = replace(plan, columns=tuple(replace(one, link_as=None) for one in plan.columns))
    assert refused(desk, desk.profiled(), nobody) == "C-12"
    assert refused(desk, desk.profiled(), replace(plan, size=12)) == "C-12"


@pytest.mark.parametrize(
    ("rejected", "tolerated", "passes"), [(0, 0, True), (1, 0, False), (1, 99, False), (1, 100, True), (50, 5000, True)]
)
def test_rejected_rows_are_left_out_only_where_that_was_declared(desk: Desk, rejected: int, tolerated: int, *, passes: bool) -> None:
    upload, plan = desk.profiled(rejected=rejected), replace(declaration(), tolerated_rejects=tolerated)
    if passes:
        declare(by=desk.olive, upload=upload.id, declaration=plan, ports=desk.ports)
    else:
        assert refused(desk, upload, plan) == "C-17"


@pytest.mark.parametrize("share", [{"tolerated_rejects": 5001}, {"tolerated_rejects": -1}, {"tolerated_drift": 10_001}])
def test_no_more_than_half_may_be_tolerated(share: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="tolerated"):
        replace(declaration(), **share)  # type: ignore[arg-type]


@pytest.mark.parametrize("cadence", Cadence)
def test_a_snapshot_and_nothing_else_has_a_day(cadence: Cadence) -> None:
    desk = Desk(cadence=cadence)
    plan, dated = declaration(), replace(declaration(), as_of=DAY)
    good, bad = (dated, plan) if cadence is Cadence.SNAPSHOT else (plan, dated)
    assert refused(desk, desk.profiled(), bad) == "C-18"
    declare(by=desk.olive, upload=desk.profiled().id, declaration=good, ports=desk.ports)
    assert Declaration.from_json(good.as_json()) == good


def test_a_dataset_that_grows_keeps_a_place_for_every_row_it_has() -> None:
    desk, plan = Desk(cadence=Cadence.APPEND), declaration()
    narrow = replace(
        plan,
        columns=tuple(
            replace(one, public=replace(one.public, high=100)) if one.public and one.header == "minutes" else one for one in plan.columns
        ),
    )
    first = desk.profiled()
    with desk.enclave.begin() as work:
        name, unit = desk.dataset.name, desk.dataset.population.unit
        schema = plan.schema(name=name, label="Crime", row="one crime", unit=unit, attribution="")
        work.datasets.add_version(dataset=desk.dataset.id, upload=first.id, schema=schema)
    assert refused(desk, desk.profiled(), narrow) == "C-45"
    declare(by=desk.olive, upload=desk.profiled().id, declaration=plan, ports=desk.ports)


def test_killed_between_any_two_steps_it_is_declared_or_not_and_can_be_done_again() -> None:
    for at in (1, 2):  # one transaction: it begins and it commits
        for after in (False, True):
            desk = Desk()
            upload = desk.profiled()
            with pytest.raises(Crashed):
                declare(by=desk.olive, upload=upload.id, declaration=declaration(), ports=mortal(desk, CrashAt(at=at, after=after)))
            if desk.found(upload.id).state is UploadState.DECLARING:
                declare(by=desk.olive, upload=upload.id, declaration=declaration(), ports=desk.ports)
            assert desk.found(upload.id).state is UploadState.PREPARING
            assert desk.enclave.log.kinds().count("upload.declared") == 1
            with desk.enclave.begin() as work:
                assert len(work.jobs.of(f"upload:{upload.id}")) == 2


def test_a_draft_is_a_note_and_no_act(desk: Desk) -> None:
    upload, before = desk.profiled(), desk.enclave.log.head()
    keep_draft(by=desk.olive, upload=upload.id, draft={"size": "20,000"}, ports=desk.ports)
    assert draft_of(desk.found(upload.id)) == {"size": "20,000"}
    assert desk.enclave.log.head() == before
    declare(by=desk.olive, upload=upload.id, declaration=declaration(), ports=desk.ports)
    with pytest.raises(EnclaveError) as error:
        keep_draft(by=desk.olive, upload=upload.id, draft={}, ports=desk.ports)
    assert error.value.rule == "C-10"


def test_every_step_has_its_own_event_or_the_same_meaning() -> None:
    for one in STEPS:
        assert step(one.old, one.new) is one
    with pytest.raises(ValueError, match="does not go"):
        step(UploadState.PUBLISHED, UploadState.RECEIVING)


WEIGHED = Weighing(quasi=("sex",), population=1_000_000, limits=Limits(alone=100, average=500))


def _published_as_weighed(desk: Desk) -> None:
    upload = desk.profiled()
    with desk.enclave.begin() as work:
        plan = replace(declaration(), weighing=WEIGHED)
        for old, new in itertools.pairwise((UploadState.DECLARING, UploadState.PREPARING, UploadState.PUBLISHING, UploadState.PUBLISHED)):
            assert work.uploads.move(upload.id, old=old, new=new, declaration=plan)


def test_what_was_said_about_risk_holds_for_the_same_columns(desk: Desk) -> None:
    _published_as_weighed(desk)
    made = declare(by=desk.olive, upload=desk.profiled().id, declaration=declaration(), ports=desk.ports)
    assert made.declaration is not None
    assert made.declaration.weighing == WEIGHED


def test_other_columns_are_weighed_anew_and_no_limit_lets_them_pass(desk: Desk) -> None:
    """A birth date kept to the day instead of the year: nobody has looked at what that tells."""
    _published_as_weighed(desk)
    day = Column(name="born", label="Born", kind=Kind.DATE, low=0, high=20_000)
    columns = tuple(
        replace(one, treatment=Treatment.KEEP, public=day) if one.link_as is LinkRole.BIRTH_DATE else one for one in declaration().columns
    )
    made = declare(by=desk.olive, upload=desk.profiled().id, declaration=replace(declaration(), columns=columns), ports=desk.ports)
    assert made.declaration is not None
    assert made.declaration.weighing == Weighing(population=1_000_000)
