"""What an agency hears of other registers: a band of its whole self, once a year, in which nobody can be found."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.linkage.bands import LEAST_PEOPLE, SCALE, Band, band_of
from enclave.anonymise.ports import Draft, PublicTable
from enclave.anonymise.publishing import known_elsewhere as module
from enclave.anonymise.publishing.known_elsewhere import drawn_band, known_elsewhere
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.deep import draws
from tests.factories.uploads import Desk, csv_bytes, declaration

DRAFT = Draft(name="d", sha256="0" * 64, size=1)


@pytest.mark.parametrize(
    ("share", "band"), [(0.0, Band.NONE), (0.1, Band.FEW), (0.5, Band.SOME), (0.85, Band.MOST), (1.0, Band.NEARLY_ALL)]
)
def test_bands_say_how_many_roughly(share: float, band: Band) -> None:
    """Ten thousand people: the nearest edge is ten standard deviations of the noise away, so that the false alarm is below 1e-20."""
    assert band_of(int(10_000 * share), 10_000) is band


def test_a_small_list_hears_nothing() -> None:
    assert band_of(LEAST_PEOPLE - 1, LEAST_PEOPLE - 1) is None


def test_one_name_at_the_edge_is_lost_in_the_noise() -> None:
    """The attack: a list of people known to be there, just below an edge, and one more. With and without that one the bands come as often.

    Two binomial counts of n draws whose chances differ by at most 1 / (30 sqrt(2 pi)) = 0.0133: their difference is below n * 0.0133 plus
    seven standard deviations (of at most sqrt(n / 2)), with a false alarm below 1e-10.
    """
    people, edge, n = 2_000, 100, draws(400)
    without, with_one = (Counter(band_of(edge - 1 + more, people) for _ in range(n)) for more in (0, 1))
    assert set(without) == {Band.NONE, Band.FEW}
    assert abs(without[Band.NONE] - with_one[Band.NONE]) < n * 0.0133 + 7 * (n / 2) ** 0.5
    assert SCALE >= 30


def table(persons: range) -> PublicTable:
    return PublicTable(person=np.array(persons, dtype=np.int64), rank=np.ones(len(persons), dtype=np.int32), columns=())


class Two:
    """Two agencies of one population, each with a version; the first is about to publish another."""

    def __init__(self, mine: range, theirs: range) -> None:
        self.desk = Desk()
        first = self.publish()
        self.desk.files.tables[first] = table(mine)
        with self.desk.enclave.begin() as work:
            agency = work.agencies.add(slug="police", name="Police")
            own = work.datasets.by_id(self.desk.dataset)
            assert own is not None
            self.own = own
            self.other = work.datasets.add(
                name=DatasetName(agency="police", dataset="crimes"), agency=agency.id, population=own.population, label="", row="", attribution="",
                cadence=own.cadence,
            ).id  # fmt: skip
        self.theirs = theirs

    def publish(self, dataset: int | None = None) -> int:
        self.desk.dataset = dataset or self.desk.dataset
        upload = self.desk.upload(csv_bytes())
        profile(upload=upload, ports=self.desk.ports())
        self.desk.go_through(upload, declaration())
        return upload

    def other_publishes(self) -> None:
        self.desk.files.tables[self.publish(self.other)] = table(self.theirs)
        self.desk.dataset = self.own.id

    def band(self, draft: range) -> dict[str, Json] | None:
        self.desk.files.drafts["d"] = table(draft)
        upload = self.desk.upload(csv_bytes())
        drawn = drawn_band(self.desk.found(upload), self.own, DRAFT, self.desk.ports())
        with self.desk.enclave.begin() as work:
            return known_elsewhere(self.own, drawn, work, clock=self.desk.enclave.clock).get("known_elsewhere")


def test_nothing_is_said_without_another_agency_or_of_few_people() -> None:
    two = Two(range(2_000), range(2_000))
    assert two.band(range(2_000)) is None
    two.other_publishes()
    assert two.band(range(999)) is None
    said = two.band(range(2_000))
    assert said is not None
    assert said["band"] == Band.NEARLY_ALL.value


def test_a_band_stands_for_a_year_whatever_is_uploaded(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(range(2_000), range(10_000, 12_000))
    two.other_publishes()
    monkeypatch.setattr(module, "band_of", lambda known, people: Band.SOME)
    published = two.publish()
    stored = two.desk.found(published).report or {}
    assert stored["known_elsewhere"] == {"band": Band.SOME.value, "on": two.desk.enclave.clock().date().isoformat()}
    monkeypatch.setattr(module, "band_of", lambda known, people: Band.MOST)
    for draft in (range(2_000), range(10_000, 12_000)):
        assert two.band(draft) == stored["known_elsewhere"]
    now = two.desk.enclave.clock() + dt.timedelta(days=366)
    monkeypatch.setattr(two.desk.enclave, "clock", lambda: now)
    said = two.band(range(2_000))
    assert said is not None
    assert said["band"] == Band.MOST.value


def test_whether_there_are_people_enough_for_a_band_does_not_depend_on_who_was_removed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack: a thousand people in all, one of whom a list may have removed from the agency's other dataset."""
    counted = []
    for left in (1_000, 999):
        with monkeypatch.context() as patched:
            two = Two(range(left), range(1))
            two.other_publishes()
            two.desk.files.drafts["d"] = table(range(500))
            patched.setattr(module, "band_of", lambda known, people: (known, people))
            counted.append(drawn_band(two.desk.found(1), replace(two.own, id=99), DRAFT, two.desk.ports()))
    assert counted == [(1, 500), (1, 500)]


def test_rows_about_nobody_have_no_band() -> None:
    desk = Desk(unit=Unit.ROW)
    with desk.enclave.begin() as work:
        dataset = work.datasets.by_id(desk.dataset)
    assert dataset is not None
    assert drawn_band(desk.found(desk.upload(csv_bytes())), dataset, DRAFT, desk.ports()) is None
