"""The structure-only copy: public facts in, random rows out, no data and no price."""

from __future__ import annotations

import pytest

from enclave.synthetic.dummy import dummy, obtain_dummy
from enclave.terms.errors import NotFoundError
from tests.factories.copies import Studio
from tests.factories.tables import SCHEMA


class NoData:
    def exact(self, aggregate: object) -> list[list[int]]:
        raise AssertionError("data was touched")


def test_it_needs_no_data_and_costs_nothing() -> None:
    studio = Studio(engine=NoData())
    rows, report = obtain_dummy(by=studio.world.people["ravi"], project=1, dataset=SCHEMA.name, ports=studio.ports)
    assert rows.count == SCHEMA.size
    assert report.loss.rho == 0
    assert studio.spent() == [0, 0, 0]
    assert rows.shown() == dummy(schema=SCHEMA, version=1, rows=SCHEMA.size)[0].shown()


def test_only_people_who_may_ask_the_dataset_get_it() -> None:
    studio = Studio(engine=NoData())
    with pytest.raises(NotFoundError):
        obtain_dummy(by=studio.world.people["mallory"], project=1, dataset=SCHEMA.name, ports=studio.ports)


def test_it_says_what_it_is() -> None:
    rows, report = dummy(schema=SCHEMA, version=3, rows=10)
    assert report.method == "structure only"
    assert rows.watermark == report.watermark
    assert "SYNTHETIC" in report.watermark
    assert "public schema alone" in report.watermark
    assert report.as_json()["describes"] is None
    assert "structure" in report.do_not_trust[0]


def test_every_public_value_turns_up() -> None:
    shown = dummy(schema=SCHEMA, version=1, rows=5_000)[0].shown()
    assert set(shown["district"]) == {"north", "south", "east", None}
    assert set(shown["flag"]) == {True, False, None}
    assert set(shown["age"]) == set(range(21))
    assert 300 < shown["day"].count(None) < 700
    assert min(value for value in shown["cost"] if value is not None) >= -5
    assert max(value for value in shown["cost"] if value is not None) <= 10
