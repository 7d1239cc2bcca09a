"""What every agency hands over: a header and rows, with the truth of who each row is about."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.demo.population.arrays import Ints


@dataclass(frozen=True, kw_only=True)
class Part:
    """One block's rows of one register: column by column, and the true person (number inside the block) of every row."""

    dataset: str
    header: tuple[str, ...]
    columns: tuple[list[str], ...]
    person: Ints

    def __post_init__(self) -> None:
        if len(self.header) != len(self.columns) or any(len(column) != len(self.person) for column in self.columns):
            raise ValueError("every column has one value per row")
