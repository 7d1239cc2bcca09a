"""The only question an engine can be asked, and the only answer it gives: exact integers, which live in memory for one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from enclave.privacy.aggregate import BoundedAggregate


class Engine(Protocol):
    """Counts exactly. Only ``release`` may call it."""

    def exact(self, aggregate: BoundedAggregate) -> Sequence[Sequence[int]]:
        """One vector per measure, each with ``aggregate.cells`` integers, in the row-major order of the keys (missing last in each key)."""

    def present(self, aggregate: BoundedAggregate, least: int) -> Mapping[int | None, int]:
        """The one measure of ``aggregate`` for each value of its one, open key where it is ``least`` at least."""
