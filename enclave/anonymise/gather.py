"""Read a file's cells into what a version needs: integers for the public columns, keyed tokens for whom each row is about.

The integers of the whole table are held in memory (nine bytes a cell), identities only as tokens of different people; the text itself is
gone batch by batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.identity import Reader
from enclave.anonymise.ports import PublicColumn
from enclave.anonymise.stray import MOST_PLACES
from enclave.anonymise.tokens import Tokeniser, Tokens
from enclave.anonymise.treat import Fate, treat
from enclave.catalogue.declaration import Declaration

_SEEN_MOST = 1_000_000


@dataclass(kw_only=True)
class Gathered:
    """``records`` are the different identities as tokens; ``record_of`` gives each row's place among them, -1 where it has none.

    ``stray`` names by column the first rows (from 1) whose cell was quarantined.
    """

    columns: tuple[PublicColumn, ...]
    fates: dict[str, dict[str, int]]
    stray: dict[str, list[int]]
    records: list[Tokens]
    record_of: Integers
    rows: int


def gather(
    batches: Iterator[Sequence[pa.StringArray]], declaration: Declaration, *, tokeniser: Tokeniser | None, tick: Callable[[int], None]
) -> Gathered:
    """Take every batch (one Arrow string array a column); ``tick`` hears the rows so far. Without a tokeniser nobody is identified."""
    kept = _Kept(declaration)
    people = _People(declaration, tokeniser) if tokeniser else None
    rows = 0
    for batch in batches:
        kept.take(batch)
        if people:
            people.take(batch)
        rows += len(batch[0])
        tick(rows)
    return Gathered(
        columns=kept.columns(),
        fates=kept.fates(),
        stray=kept.stray(),
        records=people.records() if people else [],
        record_of=people.record_of() if people else np.zeros(rows, dtype=np.int64),
        rows=rows,
    )


class _Kept:
    """The public columns, growing."""

    def __init__(self, declaration: Declaration) -> None:
        self._plans = [(place, plan) for place, plan in enumerate(declaration.columns) if plan.public]
        self._values: list[list[Integers]] = [[] for _ in self._plans]
        self._missing: list[list[Mask]] = [[] for _ in self._plans]
        self._fates: list[Counter[Fate]] = [Counter() for _ in self._plans]
        self._stray: list[list[int]] = [[] for _ in self._plans]
        self._rows = 0

    def take(self, batch: Sequence[pa.StringArray]) -> None:
        growing = zip(self._plans, self._values, self._missing, self._fates, self._stray, strict=True)
        for (place, plan), values, missing, fates, stray in growing:
            treated = treat(plan, batch[place])
            values.append(treated.values)
            missing.append(treated.missing)
            fates.update(treated.fates)
            stray += [self._rows + row + 1 for row in treated.stray[: MOST_PLACES - len(stray)].tolist()]
        self._rows += len(batch[0])

    def columns(self) -> tuple[PublicColumn, ...]:
        return tuple(
            PublicColumn(column=plan.public, values=np.concatenate(values), missing=np.concatenate(missing))
            for (_, plan), values, missing in zip(self._plans, self._values, self._missing, strict=True)
            if plan.public
        )

    def stray(self) -> dict[str, list[int]]:
        return {plan.public.name: rows for (_, plan), rows in zip(self._plans, self._stray, strict=True) if plan.public and rows}

    def fates(self) -> dict[str, dict[str, int]]:
        named = zip(self._plans, self._fates, strict=True)
        return {plan.public.name: {fate.value: counts[fate] for fate in Fate} for (_, plan), counts in named if plan.public}


@dataclass
class _People:
    """Identities, growing: rows of one person mostly say the same words, so each set of words is read once."""

    declaration: Declaration
    tokeniser: Tokeniser
    _places: dict[Tokens, int] = field(default_factory=dict)
    _seen: dict[bytes, int] = field(default_factory=dict)
    _rows: list[Integers] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = Reader(self.declaration.columns)

    def take(self, batch: Sequence[pa.StringArray]) -> None:
        said = list(zip(*(batch[place].to_pylist() for place in self._reader.places), strict=True))
        of_words = {words: self._place_of(words) for words in dict.fromkeys(said)}  # in order: it decides who founds a person
        self._rows.append(np.array([of_words[words] for words in said], dtype=np.int64))

    def _place_of(self, words: Sequence[str]) -> int:
        """Words seen before are known by their hash: the text itself is not kept."""
        seen = blake2b("\0".join(words).encode(), digest_size=16).digest()
        if seen not in self._seen:
            if len(self._seen) >= _SEEN_MOST:
                self._seen.clear()
            self._seen[seen] = self._place(words)
        return self._seen[seen]

    def _place(self, words: Sequence[str]) -> int:
        tokens = self.tokeniser.tokens(self._reader.read(words))
        return self._places.setdefault(tokens, len(self._places)) if tokens else -1

    def records(self) -> list[Tokens]:
        return list(self._places)

    def record_of(self) -> Integers:
        return np.concatenate(self._rows)
