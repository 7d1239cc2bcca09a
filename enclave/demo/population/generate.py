"""Generate the population: five agencies' files, and the truth beside them.

The same ``people`` and ``seed`` give the same bytes (with the same numpy: its generators may change between releases). Memory is that of
one block, whatever the number of people.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from enclave.demo.population import care, gp, hospital, police, schools
from enclave.demo.population.abuse import NEVER, first_reports
from enclave.demo.population.arrays import Ints
from enclave.demo.population.burglary import burglaries
from enclave.demo.population.days import ISO, written
from enclave.demo.population.identifiers import nhs_number, nhs_serials
from enclave.demo.population.people import BLOCK, Block, block
from enclave.demo.population.register import Part
from enclave.demo.population.truth import RegisterTally, Truth

REGISTERS: dict[str, tuple[str, ...]] = {
    police.DATASET: police.HEADER,
    hospital.DATASET: hospital.HEADER,
    gp.DATASET: gp.HEADER,
    care.DATASET: care.HEADER,
    schools.DATASET: schools.HEADER,
}
PEOPLE = 5_000
SEED = 2_026
MOST_PEOPLE = 10_000_000


def generate(*, people: int = PEOPLE, seed: int = SEED, files: Path, truth: Path) -> Truth:
    """Write ``files/AGENCY.DATASET.csv`` for each register, and ``truth/links.csv``, ``people.csv`` and ``effects.json``.

    A link is one row per record: dataset, row number in its file (the first after the header is 1), person.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError("a population has between one and ten million people")
    files.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    found = Truth(people=people, seed=seed, registers={name: RegisterTally() for name in REGISTERS})
    serials = nhs_serials(seed)
    with ExitStack() as stack:
        writer = _Writer.opened(stack, files, truth)
        for one in blocks(people=people, seed=seed):
            numbers = _nhs_numbers(one, serials)
            writer.people(one, numbers)
            for part in _parts(one, numbers, found):
                writer.add(part, first=one.first, row=found.registers[part.dataset].rows)
                found.registers[part.dataset].add(part)
    (truth / "effects.json").write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
    return found


def blocks(*, people: int, seed: int) -> Iterator[Block]:
    """The population block by block."""
    for number, first in enumerate(range(0, people, BLOCK)):
        yield block(number=number, first=first, size=min(BLOCK, people - first), seed=seed)


def _parts(one: Block, numbers: list[str], found: Truth) -> Iterator[Part]:
    first = first_reports(one)
    attended, seen = hospital.attendances(one, first), gp.contacts(one, first)
    breakins, terms = burglaries(one), schools.terms(one)
    absent = schools.pupils(one, terms)
    rows = police.involved(one, first=first, breakins=breakins, absent=absent)
    found.abuse_victims += int((first != NEVER).sum())
    found.emergency.add(one, first, attended)
    found.general_practice.add(one, first, seen)
    found.absence.add(one, absent, police.young_suspects(one, rows), *schools.sessions(one, terms))
    found.burglary.add(one, breakins)
    yield police.part(one, rows)
    yield hospital.part(one, attended, first, numbers)
    yield gp.part(one, seen, numbers)
    yield care.part(one, care.referrals(one))
    yield schools.part(one, terms)


def _nhs_numbers(one: Block, serials: Ints) -> list[str]:
    own = serials[one.first : one.first + one.size].tolist()
    return [nhs_number(serial) for serial in own] + [""] * (one.size - len(own))


@dataclass(frozen=True, kw_only=True)
class _Writer:
    registers: dict[str, TextIO]
    links: TextIO
    persons: TextIO

    @classmethod
    def opened(cls, stack: ExitStack, files: Path, truth: Path) -> _Writer:
        """All files, with their headers."""

        def started(path: Path, header: tuple[str, ...]) -> TextIO:
            handle = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            handle.write(",".join(header) + "\n")
            return handle

        return cls(
            registers={name: started(files / f"{name}.csv", header) for name, header in REGISTERS.items()},
            links=started(truth / "links.csv", ("dataset", "row", "person")),
            persons=started(truth / "people.csv", ("person", "forename", "surname", "born", "female", "postcode", "nhs_number")),
        )

    def add(self, part: Part, *, first: int, row: int) -> None:
        """Append one block's rows and their links; ``row`` rows are there already."""
        csv.writer(self.registers[part.dataset], lineterminator="\n").writerows(zip(*part.columns, strict=True))
        persons = (part.person + first).tolist()
        self.links.writelines(f"{part.dataset},{place},{person}\n" for place, person in enumerate(persons, start=row + 1))

    def people(self, one: Block, numbers: list[str]) -> None:
        """Append who the people of a block truly are."""
        born = [written(ISO)[day] for day in one.born.tolist()]
        persons = [str(one.first + person) for person in np.arange(one.size).tolist()]
        female = [str(value) for value in one.female.astype(np.int64).tolist()]
        columns = (persons, one.forenames, one.surnames, born, female, one.postcodes, numbers)
        csv.writer(self.persons, lineterminator="\n").writerows(zip(*columns, strict=True))
