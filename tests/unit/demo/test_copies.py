"""Agencies write the same person down differently, and some more carelessly than others."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.demo.population.names import FEMALE, MALE, SHORT_FORMS, SURNAMES
from enclave.demo.population.typos import misdialled, mistyped
from tests.factories.demo_population import Population

NAMES = {
    "essex_police.incidents": ("forename", "surname"),
    "anglia_gp.contacts": ("forename", "surname"),
    "anglia_care.referrals": ("given_name", "family_name"),
    "anglia_schools.pupil_terms": ("forename", "surname"),
}


def _names(row: dict[str, str], dataset: str) -> tuple[str, str]:
    if dataset == "anglia_hospital.attendances":
        surname, _, forename = row["name"].partition(", ")
        return forename.casefold(), surname.casefold()
    first, last = NAMES[dataset]
    return row[first].casefold(), row[last].casefold()


def _wrong(population: Population, dataset: str) -> float:
    """The share of rows whose name is not the true one."""
    people = population.people()
    pairs = list(zip(population.rows(dataset), population.links(dataset), strict=True))
    true = [(people[person]["forename"].casefold(), people[person]["surname"].casefold()) for _, person in pairs]
    return sum(_names(row, dataset) != name for (row, _), name in zip(pairs, true, strict=True)) / len(pairs)


def test_some_agencies_are_more_careless_than_others(population: Population) -> None:
    wrong = {name: _wrong(population, name) for name in [*NAMES, "anglia_hospital.attendances"]}
    assert 0.03 < wrong["anglia_gp.contacts"] < 0.1
    assert wrong["anglia_gp.contacts"] < wrong["anglia_hospital.attendances"] < wrong["essex_police.incidents"] < 0.3
    assert wrong["anglia_care.referrals"] > 0.15


def test_short_forms_old_surnames_and_swapped_names_occur(population: Population) -> None:
    people = population.people()
    rows = list(zip(population.rows("essex_police.incidents"), population.links("essex_police.incidents"), strict=True))
    true = [people[person] for _, person in rows]
    written = [(row["forename"], row["surname"]) for row, _ in rows]
    assert any(first in SHORT_FORMS.get(one["forename"], ()) for (first, _), one in zip(written, true, strict=True))
    assert any(last in SURNAMES and last != one["surname"] for (_, last), one in zip(written, true, strict=True))
    assert any((last, first) == (one["forename"], one["surname"]) for (first, last), one in zip(written, true, strict=True))


def test_numbers_go_missing(population: Population) -> None:
    rows = population.rows("anglia_hospital.attendances")
    assert 0.04 < sum(not row["nhs_number"] for row in rows) / len(rows) < 0.11


def test_links_are_hard_but_not_hopeless(population: Population) -> None:
    """Joining by exact name and date of birth finds between half and nine tenths of the true pairs: worth linking properly."""
    known: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for row, person in zip(population.rows("anglia_gp.contacts"), population.links("anglia_gp.contacts"), strict=True):
        day, month, year = row["dob"].split("-")
        known[(*_names(row, "anglia_gp.contacts"), f"{year}-{month}-{day}")].add(person)
    there = {person for people in known.values() for person in people}
    rows = list(zip(population.rows("anglia_hospital.attendances"), population.links("anglia_hospital.attendances"), strict=True))
    both = [(row, person) for row, person in rows if person in there]
    found = [person in known[(*_names(row, "anglia_hospital.attendances"), row["dob"])] for row, person in both]
    assert 0.5 < sum(found) / len(found) < 0.92


def test_every_short_form_belongs_to_a_name() -> None:
    assert set(SHORT_FORMS) <= set(FEMALE) | set(MALE)
    for names in (FEMALE, MALE, SURNAMES):
        assert len(set(names)) == len(names)


@given(word=st.sampled_from(SURNAMES + FEMALE), chance=st.floats(0, 1, exclude_max=True))
def test_a_slip_is_one_slip(word: str, chance: float) -> None:
    slipped = mistyped(word, chance)
    assert slipped[0] == word[0]
    assert abs(len(slipped) - len(word)) <= 1
    assert sum(one != other for one, other in zip(slipped, word, strict=False)) <= len(word)
    if len(word) < 3:
        assert slipped == word


def test_slips_of_every_kind_occur() -> None:
    slips = {mistyped("Whitfield", place / 4_000) for place in range(4_000)}
    assert {"Whtfield", "Whiitfield", "Wihtfield", "Whutfield"} & slips
    assert {len(slip) for slip in slips} == {8, 9, 10}


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.999])
def test_a_misdialled_number_is_another_of_the_same_length(chance: float) -> None:
    wrong = misdialled("9991111113", chance)
    assert len(wrong) == 10
    assert wrong != "9991111113"
    assert wrong.startswith("999")
