"""The files the demo's agencies upload: street crime unpacked, the population generated. They are the agencies' own; the enclave seals its copy.

They stay in ``HOME/demo/files`` so that anyone can upload one by hand as well; the truth about the population lies beside, in
``HOME/demo/truth``.
"""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from enclave.demo import street_crime
from enclave.demo.population.generate import PEOPLE, SEED, generate
from enclave.demo.ports import Progress, silent
from enclave.demo.world import Supply

_PACKED = Path(street_crime.__file__).parent


@dataclass(frozen=True, kw_only=True)
class Files:
    """Where an installation's files are, and how many people were asked for."""

    home: Path
    people: int = PEOPLE
    seed: int = SEED

    @property
    def folder(self) -> Path:
        """One CSV a dataset."""
        return self.home / "demo" / "files"

    @property
    def truth(self) -> Path:
        """Links, people and effects."""
        return self.home / "demo" / "truth"

    @property
    def _mark(self) -> Path:
        return self.truth / "population.json"

    def settled(self) -> Files:
        """The population that is here already, if there is one: agencies' files do not change underneath an upload."""
        if not self._mark.exists():
            return self
        body = json.loads(self._mark.read_text(encoding="utf-8"))
        return Files(home=self.home, people=int(body["people"]), seed=int(body["seed"]))

    def of(self, supply: Supply, *, progress: Progress = silent) -> Path:
        """The supply's file, made if it is not there."""
        target = self.folder / f"{supply.dataset}.csv"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if supply.force:
            _unpack(_PACKED / f"{supply.force}.csv.gz", target)
        elif not self._mark.exists():
            progress(f"generating a population of {self.people:,} people")
            generate(people=self.people, seed=self.seed, files=self.folder, truth=self.truth)
            # Last, so that a population that was cut short is generated again, to the same bytes.
            self._mark.write_text(json.dumps({"people": self.people, "seed": self.seed}), encoding="utf-8")
        return target


def _unpack(packed: Path, target: Path) -> None:
    if target.exists():
        return
    part = target.with_suffix(".part")
    with gzip.open(packed, "rb") as source, part.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    part.replace(target)
