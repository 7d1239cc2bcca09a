"""A dataset is registered once, by the officer of its agency, with a cadence; whether its files need asking is the officer's to say."""

from __future__ import annotations

import pytest

from enclave.catalogue.dataset import Cadence
from enclave.catalogue.register import register
from enclave.catalogue.repeat import publish_unasked
from enclave.terms.errors import EnclaveError
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.unit.catalogue.conftest import Desk


def make(desk: Desk, **changes: object) -> object:
    values: dict[str, object] = {
        "by": desk.olive,
        "name": DatasetName(agency="police", dataset="stops"),
        "label": "Stops",
        "row": "one stop",
        "unit": Unit.PERSON,
        "population": "county",
        "ports": desk.ports,
    }
    return register(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("cadence", Cadence)
def test_what_was_registered_is_there_and_in_the_log(desk: Desk, cadence: Cadence) -> None:
    made = make(desk, cadence=cadence)
    with desk.enclave.begin() as work:
        assert work.datasets.by_name(DatasetName(agency="police", dataset="stops")) == made
    last = list(desk.enclave.log.entries())[-1].event
    assert (last.kind, last.details["cadence"]) == ("dataset.registered", cadence.value)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"label": " "}, "C-15"),
        ({"row": ""}, "C-15"),
        ({"population": "The County"}, "C-15"),
        ({"name": DatasetName(agency="fire", dataset="stops")}, "C-01"),
        ({"name": DatasetName(agency="police", dataset="crime")}, "C-02"),
    ],
)
def test_what_is_refused(desk: Desk, changes: dict[str, object], rule: str) -> None:
    with pytest.raises(EnclaveError) as error:
        make(desk, **changes)
    assert error.value.rule == rule


def test_only_the_agencys_officer_registers(desk: Desk) -> None:
    for who in (desk.hugo, desk.rita):
        with pytest.raises(EnclaveError):
            make(desk, by=who)


def test_rows_that_are_nobodys_are_a_population_of_their_own(desk: Desk) -> None:
    made = make(desk, unit=Unit.ROW, population="county")
    assert made.population.slug == "police.stops"  # type: ignore[attr-defined]


def test_files_like_the_last_are_asked_about_until_the_officer_says_otherwise(desk: Desk) -> None:
    def unasked() -> bool:
        with desk.enclave.begin() as work:
            found = work.datasets.by_id(desk.dataset.id)
        assert found is not None
        return found.unasked

    assert not unasked()
    for _ in range(2):
        publish_unasked(by=desk.olive, dataset=desk.dataset.id, unasked=True, ports=desk.ports)
    assert unasked()
    publish_unasked(by=desk.olive, dataset=desk.dataset.id, unasked=False, ports=desk.ports)
    assert not unasked()
    assert [entry.event.details for entry in desk.enclave.log.entries() if entry.event.kind == "dataset.unasked"] == [
        {"unasked": True},
        {"unasked": False},
    ]
    for who in (desk.hugo, desk.rita):
        with pytest.raises(EnclaveError):
            publish_unasked(by=who, dataset=desk.dataset.id, unasked=True, ports=desk.ports)
    with pytest.raises(EnclaveError):
        publish_unasked(by=desk.olive, dataset=99, unasked=True, ports=desk.ports)
