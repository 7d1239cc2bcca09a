"""A model of names that a site has on its own machine, in place of the one shipped or beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from enclave.anonymise.entities import Entity
from enclave.anonymise.presidio_detector import Named, named_by
from enclave.anonymise.text.span import NameModel, Span

_ENTITIES = {
    **dict.fromkeys(("PERSON", "PER", "B-PER", "I-PER", "NAME"), Entity.PERSON),
    **dict.fromkeys(("LOCATION", "LOC", "GPE", "FAC"), Entity.LOCATION),
}


@dataclass(frozen=True)
class LocalModel:
    """A ``NameModel`` over what Presidio's engines say; labels that are neither people nor places are left out."""

    named: Callable[[str], list[Named]]

    def spans(self, text: str) -> Sequence[Span]:
        """The names in one text."""
        found = [(_ENTITIES.get(label), start, end, min(1.0, max(0.0, score))) for label, start, end, score in self.named(text)]
        return [Span(start=start, end=end, entity=entity, score=score) for entity, start, end, score in found if entity and start < end]

    def spans_many(self, texts: Sequence[str]) -> list[Sequence[Span]]:
        """The names in each of many texts."""
        return [self.spans(text) for text in texts]


def local_model(folder: Path, *, transformer: Path | None = None) -> NameModel:
    """A spaCy pipeline saved with ``to_disk`` in ``folder``, or a transformer's folder over it. Raises ``OperatorError`` for a mere name."""
    return LocalModel(named_by(folder, transformer=transformer))
