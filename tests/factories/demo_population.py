"""A generated population on disk, read back the way a test wants to look at it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from enclave.demo.population.truth import Truth


@dataclass(frozen=True, eq=False)
class Population:
    """Where a generated population is, and how its files read."""

    files: Path
    truth_folder: Path
    truth: Truth

    @cache  # noqa: B019 - lives as long as the session
    def rows(self, dataset: str) -> list[dict[str, str]]:
        """All rows of a register."""
        with (self.files / f"{dataset}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    @cache  # noqa: B019
    def links(self, dataset: str) -> list[int]:
        """The true person of every row."""
        return [person for name, _, person in self._links() if name == dataset]

    @cache  # noqa: B019
    def people(self) -> list[dict[str, str]]:
        """Who everyone truly is."""
        with (self.truth_folder / "people.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    def _links(self) -> Iterator[tuple[str, int, int]]:
        with (self.truth_folder / "links.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                yield row["dataset"], int(row["row"]), int(row["person"])
