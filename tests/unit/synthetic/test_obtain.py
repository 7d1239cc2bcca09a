"""Serving a copy: to its project, of the open version, the same rows for everyone, never more than was stored."""

from __future__ import annotations

import datetime as dt

import pytest

from enclave.catalogue.dataset import VersionState
from enclave.governance.open_project import open_project
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.synthetic.obtain import obtain
from enclave.synthetic.preview import preview
from enclave.synthetic.rows import MARK
from enclave.synthetic.standing import standing
from enclave.terms.canonical import canonical_bytes
from enclave.terms.errors import NotAllowedError, NotFoundError, ResearcherError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from tests.factories.copies import TENTH, Studio
from tests.factories.tables import SCHEMA


@pytest.fixture(scope="module")
def fitted() -> Studio:
    studio = Studio()
    studio.fit()
    return studio


def test_without_a_copy_the_refusal_says_how_to_get_one() -> None:
    studio = Studio()
    with pytest.raises(NotFoundError) as none:
        studio.obtain()
    assert none.value.rule == "Y-05"
    assert "ask for one" in none.value.instead
    assert 'e.dummy("police.incidents")' in none.value.instead
    studio.request()
    with pytest.raises(NotFoundError) as waiting:
        studio.obtain()
    assert waiting.value.rule == "Y-07"


def test_rows_are_those_of_the_declared_size_whatever_the_data(fitted: Studio) -> None:
    rows, report = fitted.obtain()
    assert rows.count == report.rows == SCHEMA.size != len(fitted.rows)
    assert fitted.obtain(rows=7)[0].count == 7


@pytest.mark.parametrize("rows", [0, -3, 1_000_001])
def test_a_copy_has_one_to_a_million_rows(fitted: Studio, rows: int) -> None:
    with pytest.raises(ResearcherError) as caught:
        fitted.obtain(rows=rows)
    assert caught.value.rule == "Y-04"


def test_everyone_on_the_project_gets_the_same_rows(fitted: Studio) -> None:
    first, again = fitted.obtain(by="rosa")[0].shown(), fitted.obtain(by="ravi")[0].shown()
    assert first == again
    other = fitted.obtain(seed="2")[0].shown()
    assert other != first
    assert fitted.obtain(seed="2")[0].shown() == other


def test_two_fits_of_the_same_data_differ() -> None:
    """Sampling is seeded, noise is not."""
    copies = [Studio(), Studio()]
    for studio in copies:
        studio.fit()
    one, two = (studio.obtain()[0].shown() for studio in copies)
    assert one != two


def test_serving_costs_nothing_and_touches_no_data(fitted: Studio) -> None:
    before = fitted.spent()
    fitted.rows.append(None)  # type: ignore[arg-type] - an engine that looked would fail
    fitted.obtain()
    fitted.rows.pop()
    assert fitted.spent() == before == [TENTH.rho] * 3


def test_every_shown_value_is_public(fitted: Studio) -> None:
    rows = fitted.obtain(rows=5_000)[0]
    shown = rows.shown()
    assert shown.pop(MARK) == list(range(1, 5_001))
    for column in SCHEMA.columns:
        values = shown[column.name]
        assert column.missing or None not in values
        low, high = column.bounds
        assert all(low <= column.physical(value) <= high for value in values if value is not None)


def test_permission_is_checked_again(fitted: Studio) -> None:
    with pytest.raises(NotFoundError):
        fitted.obtain(by="mallory")
    with pytest.raises(NotFoundError):
        fitted.obtain(by="olga")
    now, fitted.enclave.clock.now = fitted.enclave.clock.now, dt.datetime(2041, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(NotAllowedError):
        fitted.obtain()
    fitted.enclave.clock.now = now


def test_another_project_does_not_see_the_copy() -> None:
    studio = Studio()
    studio.fit()
    governance = GovernancePorts(begin=studio.enclave.begin, clock=studio.enclave.clock, signature_holds=lambda **_: True)
    other = open_project(
        by=studio.world.people["gina"],
        slug="other",
        title="Other",
        purpose="Other",
        benefit="Other",
        agreement=studio.world.agreement.id,
        datasets=(SCHEMA.name,),
        ends=dt.date(2039, 1, 1),
        ports=governance,
    )
    with studio.enclave.begin() as work:
        work.grants.add(Grant(person=studio.world.people["mallory"].id, role=Role.RESEARCHER, project=other.id))
    with pytest.raises(NotFoundError) as caught:
        obtain(by=studio.world.people["mallory"], project=other.id, dataset=SCHEMA.name, ports=studio.ports)
    assert caught.value.rule == "Y-05"


def test_a_closed_version_serves_no_copy() -> None:
    studio = Studio()
    studio.fit()
    with studio.enclave.begin() as work:
        work.datasets.move_version(studio.world.table.version, old=VersionState.OPEN, new=VersionState.CLOSED)
    with pytest.raises(NotFoundError) as caught:
        studio.obtain()
    assert caught.value.rule == "Y-01"


def test_a_new_version_needs_a_new_copy_from_the_same_budget() -> None:
    studio = Studio()
    studio.fit()
    with studio.enclave.begin() as work:
        work.datasets.move_version(studio.world.table.version, old=VersionState.OPEN, new=VersionState.CLOSED)
        upload = work.uploads.add(dataset=studio.world.dataset.id, person=studio.world.people["olga"].id, expected=1)
        work.datasets.add_version(dataset=studio.world.dataset.id, upload=upload.id, schema=SCHEMA)
    with pytest.raises(NotFoundError):
        studio.obtain()
    studio.fit()
    assert studio.obtain()[1].version == 2
    assert studio.spent() == [TENTH.rho * 2] * 3


def test_the_report_tells_method_price_unit_and_limits(fitted: Studio) -> None:
    report = fitted.obtain()[1]
    text = " ".join((*report.sentences, *report.do_not_trust))
    for words in ("SYNTHETIC", "epsilon 2.1", "at most 3 rows of each person", "12 of 15 pairs", "three or more columns", "e.query("):
        assert words in text
    assert {trust.columns for trust in report.columns} == {(column.name,) for column in SCHEMA.columns}
    assert len(report.pairs) == 12
    assert report.receipt["charge"] == 1
    assert report.as_json()["watermark"] == report.watermark


def test_the_report_depends_on_the_stored_result_alone(fitted: Studio) -> None:
    """Other data, the same stored tables: the same rows and the same report, byte for byte."""
    with fitted.enclave.begin() as work:
        settlement = work.charges.settlement(1)
    other = Studio(rows=[])
    copy = other.fit()
    other.enclave.tables["settlements"][copy.charge] = settlement
    (rows, report), (same_rows, same_report) = fitted.obtain(), other.obtain()
    assert rows.shown() == same_rows.shown()
    assert repr(report.as_json()) == repr(same_report.as_json())


def test_errors_in_the_report_follow_from_scale_and_shape(fitted: Studio) -> None:
    report = fitted.obtain()[1]
    scale = report.columns[0].half_width / 1.959963984540054
    for trust in report.columns:
        assert trust.half_width == pytest.approx(1.959963984540054 * scale)
    flag, age = (next(one for one in report.columns if one.columns == (name,)) for name in ("flag", "age"))
    assert flag.misplaced < age.misplaced or age.misplaced == 1


def test_a_preview_is_free_and_public() -> None:
    studio, empty = Studio(), Studio(rows=[])
    offers = [
        preview(by=one.world.people["ravi"], project=one.world.project.id, dataset=SCHEMA.name, loss=loss, ports=one.ports)
        for one in (studio, empty)
        for loss in (None, TENTH, PrivacyLoss.costing("0.6"))
    ]
    assert offers[:3] == offers[3:]
    assert [offer.affordable for offer in offers[:3]] == [True, True, False]
    assert offers[0].loss == PrivacyLoss.costing("0.125")
    assert offers[0].pairs == 12
    assert studio.spent() == [0, 0, 0]
    assert offers[1].as_json()["rho"] == "0.1"


def test_a_preview_promises_what_the_report_then_says(fitted: Studio) -> None:
    offer = preview(by=fitted.world.people["ravi"], project=1, dataset=SCHEMA.name, loss=TENTH, ports=fitted.ports)
    assert offer.already_paid
    assert offer.as_json()["rho"] == "0"
    assert [one.half_width for one in offer.columns] == [one.half_width for one in fitted.obtain()[1].columns]


def test_a_preview_says_the_error_of_every_pair_before_anyone_pays(fitted: Studio) -> None:
    """Fifteen pairs of six columns; each at the noise the report then tells, and no larger than the largest promised."""
    offer = preview(by=fitted.world.people["ravi"], project=1, dataset=SCHEMA.name, loss=TENTH, ports=fitted.ports)
    promised = {trust.columns: trust for trust in offer.each_pair}
    assert len(promised) == len(offer.each_pair) == 15
    for trust in fitted.obtain()[1].pairs:
        assert promised[trust.columns].half_width == trust.half_width
    much = PrivacyLoss.costing("400")
    rich = preview(by=fitted.world.people["ravi"], project=1, dataset=SCHEMA.name, loss=much, ports=fitted.ports)
    errors = {trust.columns: trust.misplaced for trust in rich.each_pair}
    assert errors["district", "flag"] < errors["age", "cost"] < promised["age", "cost"].misplaced


def test_where_a_copy_stands() -> None:
    studio = Studio()
    assert standing(by=studio.world.people["rosa"], project=1, dataset=SCHEMA.name, ports=studio.ports) is None
    studio.request()
    found = standing(by=studio.world.people["rosa"], project=1, dataset=SCHEMA.name, ports=studio.ports)
    assert found is not None
    assert found.job is not None
    with pytest.raises(NotFoundError):
        standing(by=studio.world.people["rosa"], project=1, dataset=DatasetName(agency="police", dataset="nothing"), ports=studio.ports)


def test_what_is_stored_is_canonical(fitted: Studio) -> None:
    with fitted.enclave.begin() as work:
        settlement = work.charges.settlement(1)
    assert settlement is not None
    assert canonical_bytes(settlement.noised)
