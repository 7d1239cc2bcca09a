"""Populations, datasets and their versions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.names import DatasetName
from enclave.terms.schema import TableSchema, Unit


@dataclass(frozen=True, kw_only=True)
class Population:
    """One person space: all datasets whose rows carry the same internal person id. A row-level dataset is a population of its own rows."""

    id: int
    slug: str
    unit: Unit


class Cadence(StrEnum):
    """How each file makes the next version."""

    REPLACE = "replace"
    APPEND = "append"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A line of versions. Its ledger belongs to the line: renames, versions and re-uploads bring no new budget.

    ``cadence``: the next version holds only the file's rows (replace), the open version's and the file's (append), or only the file's, as
    the state of a declared day (snapshot). ``unasked``: a file like the last one is published without asking again.
    """

    id: int
    name: DatasetName
    agency: int
    population: Population
    label: str
    row: str
    attribution: str = ""
    cadence: Cadence = Cadence.REPLACE
    unasked: bool = False


class VersionState(StrEnum):
    """Open versions answer; closed ones do not; of erased ones even the key is gone."""

    OPEN = "open"
    CLOSED = "closed"
    ERASED = "erased"


TRANSITIONS: dict[VersionState, frozenset[VersionState]] = {
    VersionState.OPEN: frozenset({VersionState.CLOSED}),
    VersionState.CLOSED: frozenset({VersionState.ERASED}),
    VersionState.ERASED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Version:
    """One immutable state of a dataset, with the schema that is public about it."""

    id: int
    dataset: int
    number: int
    schema: TableSchema
    state: VersionState
    published: dt.datetime
