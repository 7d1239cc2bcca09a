"""Records whose truth is known, as identities, from the public test data; and how good a linkage of them is."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from enclave.anonymise.link_files.link import Method, by_tokens
from enclave.anonymise.linkage.batch import batch_of
from enclave.anonymise.linkage.identity import Identity, Reader
from enclave.anonymise.linkage.tokens import Tokeniser
from enclave.anonymise.linkage.truth import Quality, quality
from enclave.catalogue.declaration import ColumnPlan, LinkRole, Treatment

KEY = b"k" * 32
_SYNTHEA = {
    "first_name": LinkRole.FORENAME, "last_name": LinkRole.SURNAME, "date_of_birth": LinkRole.BIRTH_DATE, "sex": LinkRole.SEX,
    "postcode": LinkRole.POSTCODE, "address": LinkRole.ADDRESS, "city": LinkRole.PLACE,
}  # fmt: skip
_FAKE = {
    "first_name": LinkRole.FORENAME, "surname": LinkRole.SURNAME, "dob": LinkRole.BIRTH_DATE, "city": LinkRole.PLACE, "email": LinkRole.EMAIL,
}  # fmt: skip
_HISTORICAL = {
    "full_name": LinkRole.FULL_NAME, "first_name": LinkRole.FORENAME, "surname": LinkRole.SURNAME, "dob": LinkRole.BIRTH_DATE,
    "birth_place": LinkRole.PLACE, "postcode_fake": LinkRole.POSTCODE, "gender": LinkRole.SEX, "occupation": LinkRole.OCCUPATION,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KnownTruth:
    """Identities, and who each truly is."""

    name: str
    who: list[Identity]
    truth: list[str]


def synthea(folder: Path, *, truth: str = "TRUTH_links.csv") -> KnownTruth:
    """One record for every person an agency knows; no number is used."""
    return _agencies(folder, ("ae_attendances", "gp_consultations", "police_register", "social_care_assessments"), truth)


def synthea_gb(folder: Path) -> KnownTruth:
    """Two agencies that know the same people."""
    return _agencies(folder, ("ae_diagnoses", "gp_conditions"), "TRUTH_links.csv")


def fake_1000(path: Path) -> KnownTruth:
    """A thousand records of some 250 people, a fifth of every field missing."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return KnownTruth(name="fake_1000", who=_read(rows, _FAKE), truth=[row["cluster"] for row in rows])


def historical(path: Path, *, third: int | None = None) -> KnownTruth:
    """50,000 records of some 5,000 people, ten each; or those of a third of the people (0, 1, 2)."""
    rows = [row for row in pq.read_table(path).to_pylist() if third is None or third_of(row["cluster"]) == third]
    name = "historical_50k" if third is None else f"historical_50k, third {third}"
    return KnownTruth(name=name, who=_read(rows, _HISTORICAL), truth=[row["cluster"] for row in rows])


def third_of(person: str) -> int:
    """Weights were set on the people of third 0."""
    return int(hashlib.md5(person.encode(), usedforsecurity=False).hexdigest(), 16) % 3


def linked(known: KnownTruth, method: Method = by_tokens) -> Quality:
    """How good a method is."""
    return quality(persons(known, method), known.truth)


def persons(known: KnownTruth, method: Method = by_tokens) -> list[int]:
    """Each record's person; nobody's records are somebody each."""
    batch = batch_of(known.who, Tokeniser(KEY))
    person = {place: number for number, group in enumerate(method(batch, KEY)) for place in group}
    return [person[place] if place >= 0 else -1 - row for row, place in enumerate(batch.places)]


def exact_name_and_birth(known: KnownTruth) -> Quality:
    """What joining by the same forename, surname and birth date finds."""
    whole = [(who.forename, who.surname, who.born) for who in known.who]
    return quality([one if all(one) else row for row, one in enumerate(whole)], known.truth)


def _agencies(folder: Path, files: Sequence[str], links: str) -> KnownTruth:
    with (folder / links).open(encoding="utf-8") as file:
        truth = {row["local_id"]: row["true_person_id"] for row in csv.DictReader(file)}
    found: dict[str, Mapping[str, str]] = {}
    for name in files:
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["local_id"], row)
    return KnownTruth(name=folder.name, who=_read(list(found.values()), _SYNTHEA), truth=[truth[number] for number in found])


def _read(rows: Sequence[Mapping[str, str | None]], roles: Mapping[str, LinkRole]) -> list[Identity]:
    reader = Reader([ColumnPlan(header=name, treatment=Treatment.DROP, link_as=role, format="%Y-%m-%d") for name, role in roles.items()])
    return [reader.read([row.get(name) or "" for name in roles]) for row in rows]
