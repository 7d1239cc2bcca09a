"""Which columns of a file hold free text to be read, and whom the file names: what the jail must know to redact them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave.anonymise.column_class import IDENTIFYING, ColumnClass
from enclave.catalogue.declaration import Declaration
from enclave.terms.canonical import Json

if TYPE_CHECKING:
    import pyarrow as pa

# A million names are some 20 MB on their way into the jail. Beyond it the row's own values and the name model have to do.
MOST_KNOWN = 1_000_000
_SAY_NOTHING = frozenset({ColumnClass.FREE_TEXT, ColumnClass.PERSON_KEY})


@dataclass(frozen=True, kw_only=True)
class Texts:
    """``columns`` are redacted; ``own`` say whom a row is about; ``known`` are all values of those. Places count from 0."""

    columns: tuple[int, ...]
    own: tuple[int, ...]
    known: tuple[str, ...] = ()

    def as_params(self) -> dict[str, Json]:
        """What the jail is told."""
        return {"texts": list(self.columns), "own": list(self.own), "known": list(self.known)}


def texts_of(declaration: Declaration, profile: dict[str, Json]) -> Texts | None:
    """What a declaration asks to be read, or ``None``. Whom a row is about is said by linking columns and by those that look identifying."""
    if not declaration.texts:
        return None
    links = {place for place, plan in enumerate(declaration.columns) if plan.link_as}
    return Texts(columns=tuple(declaration.texts), own=tuple(sorted((links | _identifying(profile)) - declaration.texts.keys())))


def known_in(batches: Iterable[Sequence[pa.StringArray]], texts: Texts) -> tuple[str, ...]:
    """Every different value of the columns that say who somebody is, up to ``MOST_KNOWN``. Takes all batches."""
    seen: dict[str, None] = {}
    for batch in batches:
        for place in texts.own:
            if len(seen) < MOST_KNOWN:
                seen.update(dict.fromkeys(text for text in batch[place].unique().to_pylist() if text.strip()))
    return tuple(seen)[:MOST_KNOWN]


def _identifying(profile: dict[str, Json]) -> set[int]:
    columns = profile.get("columns")
    classes = {kind.value for kind in IDENTIFYING - _SAY_NOTHING}
    listed = columns if isinstance(columns, list) else []
    return {place for place, column in enumerate(listed) if isinstance(column, dict) and column.get("class") in classes}
