"""The three studies find in the files what the parameters put there. The files are read afresh: the truth file is not believed."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.generate import generate
from enclave.demo.population.places import NEIGHBOURHOODS
from tests.factories.demo_population import Population

FIRST, LAST = dt.date(2022, 1, 1), dt.date(2025, 12, 31)


def _day(text: str, form: str) -> dt.date:
    return dt.datetime.strptime(text, form).date()  # noqa: DTZ007


def _reports(population: Population) -> dict[int, dt.date]:
    first: dict[int, dt.date] = {}
    for row, person in zip(population.rows("essex_police.incidents"), population.links("essex_police.incidents"), strict=True):
        if (row["crime_type"], row["role"]) == ("Domestic abuse", "Victim"):
            day = _day(row["incident_date"], "%d/%m/%Y")
            first[person] = min(day, first.get(person, day))
    return first


def _ratio(population: Population, dataset: str, column: str, form: str) -> float:
    """Contacts a day before the first report, over contacts a day of the same people at other times."""
    first, window = _reports(population), dt.timedelta(days=EFFECTS.abuse_days)
    before, otherwise = 0, 0
    for row, person in zip(population.rows(dataset), population.links(dataset), strict=True):
        if person in first:
            day = _day(row[column], form)
            inside = max(FIRST, first[person] - window) <= day < first[person]
            before, otherwise = before + inside, otherwise + (not inside)
    spans = [(day - max(FIRST, day - window)).days for day in first.values()]
    whole = ((LAST - FIRST).days + 1) * len(first)
    return (before / sum(spans)) / (otherwise / (whole - sum(spans)))


def test_contacts_rise_before_abuse_is_reported(population: Population) -> None:
    assert 120 < len(_reports(population)) < 400
    emergency = _ratio(population, "anglia_hospital.attendances", "arrival_date", "%Y-%m-%d")
    practice = _ratio(population, "anglia_gp.contacts", "contact_date", "%d-%m-%Y")
    assert emergency == pytest.approx(EFFECTS.abuse_emergency, rel=0.2)
    assert practice == pytest.approx(EFFECTS.abuse_gp, rel=0.1)
    truth = population.truth.as_json()["abuse"]
    assert truth["emergency"]["ratio"] == pytest.approx(emergency, rel=1e-3)
    assert truth["gp"]["ratio"] == pytest.approx(practice, rel=1e-3)
    assert truth["victims"] == len(_reports(population))


def test_absent_pupils_are_suspects_more_often(population: Population) -> None:
    missed: Counter[int] = Counter()
    possible: Counter[int] = Counter()
    for row, person in zip(population.rows("anglia_schools.pupil_terms"), population.links("anglia_schools.pupil_terms"), strict=True):
        missed[person] += int(row["sessions_missed"])
        possible[person] += int(row["sessions_possible"])
    born = {int(one["person"]): dt.date.fromisoformat(one["born"]) for one in population.people()}
    suspects: Counter[int] = Counter()
    for row, person in zip(population.rows("essex_police.incidents"), population.links("essex_police.incidents"), strict=True):
        if (row["crime_type"], row["role"]) == ("Anti-social behaviour", "Suspect"):
            suspects[person] += 1
    teenagers = [person for person in possible if 2008 <= born[person].year <= 2013]
    absent = [person for person in teenagers if missed[person] >= EFFECTS.persistent * possible[person]]
    others = [person for person in teenagers if missed[person] < EFFECTS.persistent * possible[person]]
    ratio = (sum(suspects[one] for one in absent) / len(absent)) / (sum(suspects[one] for one in others) / len(others))
    assert 0.05 < len(absent) / len(teenagers) < 0.3
    assert 2.2 < ratio < 6.5
    assert population.truth.as_json()["absence"]["ratio"] == pytest.approx(EFFECTS.absence_antisocial, rel=0.3)


def test_burglaries_follow_place_season_and_each_other(population: Population) -> None:
    rows = [row for row in population.rows("essex_police.incidents") if (row["crime_type"], row["role"]) == ("Burglary", "Victim")]
    truth = population.truth.as_json()["burglary"]
    assert len(rows) == truth["burglaries"]
    months = Counter(_day(row["incident_date"], "%d/%m/%Y").month for row in rows)
    assert [months[month] for month in range(1, 13)] == truth["by_month_of_year"]
    winter, summer = sum(months[month] for month in (11, 12, 1, 2)), sum(months[month] for month in (5, 6, 7, 8))
    assert winter > 1.4 * summer
    homes = truth["homes_by_neighbourhood"]
    rates = {name: count / homes[name] for name, count in truth["by_neighbourhood"].items() if homes[name] >= 100}
    many = [rates[place.name] for place in NEIGHBOURHOODS if place.burglary >= 1.5 and place.name in rates]
    few = [rates[place.name] for place in NEIGHBOURHOODS if place.burglary <= 0.6 and place.name in rates]
    assert sum(many) / len(many) > 2 * sum(few) / len(few)
    assert truth["knox_ratio"] > 2
    assert truth["share_near_repeats"] == pytest.approx(EFFECTS.near_repeat, abs=0.07)


def test_neighbours_are_burgled_soon_after(population: Population) -> None:
    """Two break-ins in one neighbourhood lie within a fortnight more often than those of neighbourhoods in different districts do."""
    days: defaultdict[str, list[int]] = defaultdict(list)
    for row in population.rows("essex_police.incidents"):
        if (row["crime_type"], row["role"]) == ("Burglary", "Victim") and row["postcode"]:
            days[row["postcode"]].append(_day(row["incident_date"], "%d/%m/%Y").toordinal())
    close = pairs = 0
    for one in days.values():
        for place, day in enumerate(one):
            for other in one[place + 1 :]:
                pairs += 1
                close += abs(day - other) <= EFFECTS.near_repeat_days
    assert close / pairs > 2 * (2 * EFFECTS.near_repeat_days + 1) / (LAST - FIRST).days


def test_effects_sharpen_with_more_people(tmp_path: Path) -> None:
    generate(people=15_000, seed=5, files=tmp_path / "files", truth=tmp_path / "truth")
    truth = json.loads((tmp_path / "truth" / "effects.json").read_text(encoding="utf-8"))
    assert truth["abuse"]["gp"]["ratio"] == pytest.approx(truth["parameters"]["abuse_gp"], rel=0.05)
    assert truth["abuse"]["emergency"]["ratio"] == pytest.approx(truth["parameters"]["abuse_emergency"], rel=0.1)
    assert truth["absence"]["ratio"] == pytest.approx(truth["parameters"]["absence_antisocial"], rel=0.2)
