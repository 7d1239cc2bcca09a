"""The population as files: the same bytes for the same seed, within its limits, every cell as its agency writes it."""

from __future__ import annotations

import datetime as dt
import hashlib
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.demo.population import identifiers
from enclave.demo.population.generate import REGISTERS, generate
from enclave.demo.population.people import BLOCK
from tests.factories.demo_population import Population

BIRTHS = {
    "essex_police.incidents": ("date_of_birth", "%d/%m/%Y"),
    "anglia_hospital.attendances": ("dob", "%Y-%m-%d"),
    "anglia_gp.contacts": ("dob", "%d-%m-%Y"),
    "anglia_care.referrals": ("date_of_birth", "%d.%m.%Y"),
    "anglia_schools.pupil_terms": ("dob", "%d/%m/%Y"),
}
NOTES = {"essex_police.incidents": "note", "anglia_hospital.attendances": "clinical_note", "anglia_gp.contacts": "note"}


def _digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*.*"))}


def test_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        generate(people=600, seed=seed, files=tmp_path / name / "files", truth=tmp_path / name / "truth")
    one, two, other = (_digests(tmp_path / name) for name in ("one", "two", "other"))
    assert len(one) == 8
    assert one == two
    assert all(one[path] != other[path] for path in one)


def test_a_block_does_not_depend_on_what_follows(tmp_path: Path) -> None:
    generate(people=BLOCK, files=tmp_path / "short", truth=tmp_path / "short_truth")
    generate(people=BLOCK + 40, files=tmp_path / "long", truth=tmp_path / "long_truth")
    for name in REGISTERS:
        assert (tmp_path / "long" / f"{name}.csv").read_bytes().startswith((tmp_path / "short" / f"{name}.csv").read_bytes())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_any_small_population_works(people: int, seed: int, tmp_path: Path) -> None:
    truth = generate(people=people, seed=seed, files=tmp_path / "files", truth=tmp_path / "truth")
    lines = (tmp_path / "truth" / "people.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == people + 1
    links = (tmp_path / "truth" / "links.csv").read_text(encoding="utf-8").splitlines()
    assert len(links) - 1 == sum(tally.rows for tally in truth.registers.values())


@pytest.mark.parametrize("people", [0, 10_000_001])
def test_impossible_sizes_are_refused(people: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ten million"):
        generate(people=people, files=tmp_path, truth=tmp_path)


def test_it_stays_within_the_demo_s_limits(population: Population) -> None:
    tallies = population.truth.registers
    assert 75_000 < sum(tally.rows for tally in tallies.values()) <= 150_000
    written = sum(bool(row[column]) for name, column in NOTES.items() for row in population.rows(name))
    assert 5_000 < written <= 15_000
    assert written == sum(tally.notes for tally in tallies.values())


def test_rows_per_person_are_few_for_most_and_many_for_some(population: Population) -> None:
    spread = {name: tally.as_json()["rows_per_person"] for name, tally in population.truth.registers.items()}
    for name, one in spread.items():
        assert 1 <= one["p50"] <= 12, name
    assert 100 <= spread["anglia_gp.contacts"]["max"] <= 400
    assert spread["anglia_gp.contacts"]["p99"] >= 6 * spread["anglia_gp.contacts"]["p50"]
    assert spread["anglia_schools.pupil_terms"]["max"] == 12


def test_the_tallies_are_the_files(population: Population) -> None:
    for name, tally in population.truth.registers.items():
        assert tally.rows == len(population.rows(name)) == len(population.links(name))
        people = population.links(name)
        each = [people.count(person) for person in list(dict.fromkeys(people))[:50]]
        assert max(each) <= tally.as_json()["rows_per_person"]["max"]
        assert tally.as_json()["people"] == len(set(people))


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_births_read_as_declared_and_nobody_is_older_or_younger_than_life(population: Population, name: str) -> None:
    column, form = BIRTHS[name]
    years = [dt.datetime.strptime(row[column], form).year for row in population.rows(name) if row[column]]  # noqa: DTZ007
    assert len(years) > 0.9 * len(population.rows(name))
    assert min(years) >= 1920
    assert max(years) <= 2021


def test_numbers_are_mostly_valid_and_always_of_nobody(population: Population) -> None:
    for name, bad_share in (("anglia_hospital.attendances", 0.02), ("anglia_gp.contacts", 0.006)):
        numbers = [row["nhs_number"].replace(" ", "") for row in population.rows(name) if row["nhs_number"]]
        assert all(number.startswith("999") and len(number) == 10 for number in numbers)
        bad = sum(identifiers.nhs_check_digit(number[:9]) != int(number[9]) for number in numbers)
        assert 0 < bad <= bad_share * len(numbers)


def test_notes_tell_on_people(population: Population) -> None:
    """Otherwise nothing would be proven by taking them out."""
    people = population.people()
    for name, column in NOTES.items():
        rows = list(zip(population.rows(name), population.links(name), strict=True))
        named = [person for row, person in rows if people[person]["surname"] in row[column]]
        written = sum(bool(row[column]) for row, _ in rows)
        assert len(named) > 0.4 * written
        assert any("07700" in row[column] for row, _ in rows)


def test_memory_does_not_grow_with_the_population(tmp_path: Path) -> None:
    peaks = []
    for people in (BLOCK, 3 * BLOCK):
        tracemalloc.start()
        generate(people=people, files=tmp_path / "files", truth=tmp_path / "truth")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.25 * peaks[0]
