"""How well the default tokens find people again, on records whose truth is known and whose errors nobody here made up."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from enclave.anonymise.identity import Identity, Reader
from enclave.anonymise.tokens import Tokeniser
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment
from tests.factories.licensed import COMMITTED, wider
from tests.fakes.memory_anonymise import MemoryPeople

ROLES = {
    "first_name": LinkRole.FORENAME,
    "last_name": LinkRole.SURNAME,
    "date_of_birth": LinkRole.BIRTH_DATE,
    "sex": LinkRole.SEX,
    "postcode": LinkRole.POSTCODE,
}
READER = Reader([ColumnPlan(header=name, treatment=Treatment.DROP, link_as=role, format="%Y-%m-%d") for name, role in ROLES.items()])


def records(folder: Path, files: Sequence[str], links: str) -> tuple[list[Identity], list[str]]:
    """One record for every person an agency knows, and who they truly are."""
    with (folder / links).open() as file:
        truth = {row["local_id"]: row["true_person_id"] for row in csv.DictReader(file)}
    found: dict[str, Identity] = {}
    for name in files:
        with (folder / name).open() as file:
            for row in csv.DictReader(file):
                found.setdefault(row["local_id"], READER.read([row[header] for header in ROLES]))
    return list(found.values()), [truth[number] for number in found]


def quality(groups: Sequence[object], truth: Sequence[str]) -> tuple[float, float]:
    """Recall and precision over pairs of records."""
    together: defaultdict[object, Counter[str]] = defaultdict(Counter)
    for group, person in zip(groups, truth, strict=True):
        together[group][person] += 1
    right = sum(_pairs(count) for people in together.values() for count in people.values())
    return right / sum(map(_pairs, Counter(truth).values())), right / max(1, sum(_pairs(people.total()) for people in together.values()))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def measure(name: str, identities: Sequence[Identity], truth: Sequence[str]) -> tuple[float, float]:
    tokeniser = Tokeniser(b"k" * 32)
    tokens = [tokeniser.tokens(who) for who in identities]
    people = iter(MemoryPeople().assign(1, [one for one in tokens if one]))
    linked = quality([next(people) if one else ("nobody", place) for place, one in enumerate(tokens)], truth)
    exact = quality([(who.forename, who.surname, who.born, who.born is None and place) for place, who in enumerate(identities)], truth)
    print(f"{name}: {len(truth)} records; tokens recall {linked[0]:.3f} precision {linked[1]:.4f}; exact name and date {exact[0]:.3f}")
    assert linked[0] > exact[0] + 0.2
    return linked


def test_four_agencies_without_a_shared_number() -> None:
    files = ("ae_attendances.csv", "gp_consultations.csv", "police_register.csv", "social_care_assessments.csv")
    recall, precision = measure("synthea agencies", *records(COMMITTED / "synthea_agencies", files, "links.csv"))
    assert recall >= 0.90
    assert precision >= 0.99


def test_two_agencies_of_lancashire() -> None:
    folder = wider("synthea_gb/TRUTH_links.csv").parent
    recall, precision = measure("synthea gb", *records(folder, ("ae_diagnoses.csv", "gp_conditions.csv"), "TRUTH_links.csv"))
    assert recall >= 0.90
    assert precision >= 0.99
