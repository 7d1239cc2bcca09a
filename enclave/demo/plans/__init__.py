"""What each demo agency declares about its file: treatments, public bounds and lists, as JSON that any agency could have saved.

The lists are public (police.uk's categories, the agencies' own code books); none was read off the data.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from enclave.catalogue.declaration import Declaration
from enclave.terms.names import DatasetName
from enclave.terms.schema import one_figure

HERE = Path(__file__).parent
WRITTEN_FOR = 5_000


def plan(name: DatasetName, *, people: int | None = None) -> Declaration:
    """The declaration of a dataset. The declared size grows with a generated population of ``people``; other datasets have the size they have."""
    found = Declaration.from_json(json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))
    if people is None:
        return found
    return replace(found, size=one_figure(max(1, found.size * people // WRITTEN_FOR)))
