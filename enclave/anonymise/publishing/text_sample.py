"""Some redacted cells of every text column, drawn so that each had the same chance, for an officer to read before anything is published."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enclave.catalogue.text_review import CELLS, PAGE, TextReview
from enclave.terms.canonical import Json

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(kw_only=True)
class TextSample:
    """Draws while the rows pass (Vitter 1985, algorithm R). ``filled`` counts the cells of a column that are not empty."""

    columns: tuple[int, ...]
    cells: dict[int, list[str]] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)

    def watching(self, batches: Iterable[Sequence[pa.StringArray]]) -> Iterator[Sequence[pa.StringArray]]:
        """The same batches."""
        for batch in batches:
            for place in self.columns:
                for text in batch[place].to_pylist():
                    if text.strip():
                        self._offer(place, text)
            yield batch

    def _offer(self, place: int, text: str) -> None:
        self.filled[place] = self.filled.get(place, 0) + 1
        drawn = self.cells.setdefault(place, [])
        if len(drawn) < CELLS:
            drawn.append(text)
        elif (at := secrets.randbelow(self.filled[place])) < CELLS:
            drawn[at] = text

    def reviews(self) -> dict[str, Json]:
        """What waits to be judged, as the upload's report holds it. A column without any text has nothing to wait for."""
        counts = {place: (self.filled.get(place, 0), len(self.cells.get(place, ()))) for place in self.columns}
        return {str(place): TextReview(filled=filled, cells=cells).as_json() for place, (filled, cells) in counts.items()}

    def page(self, place: int, page: int) -> Sequence[str]:
        """The cells of one page (from 0) of a column; none beyond the last."""
        return self.cells.get(place, [])[page * PAGE : (page + 1) * PAGE] if page >= 0 else ()

    def as_bytes(self) -> bytes:
        """To be sealed."""
        return json.dumps({"cells": self.cells, "filled": self.filled}).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> TextSample:
        """Rebuild it."""
        said = json.loads(body)
        cells = {int(place): [str(text) for text in texts] for place, texts in said["cells"].items()}
        return cls(columns=tuple(cells), cells=cells, filled={int(place): int(count) for place, count in said["filled"].items()})
