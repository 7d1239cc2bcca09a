"""What a question comes to: a preview for nothing, or an answer with its error bars, price and receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from enclave.terms.canonical import Json
from enclave.terms.chart import ChartSpec, Mark, Series

Cell: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One column of an answer: a public key, or a measure with error bars. ``labels`` says in plain words what a key's codes mean."""

    name: str
    label: str
    measure: bool
    unit: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        labels: dict[str, Json] = dict(self.labels)
        return {"name": self.name, "label": self.label, "measure": self.measure, "unit": self.unit, "labels": labels}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of an answer. ``errors`` has one 95 % half-width per cell, ``None`` for keys and for what has no interval."""

    cells: tuple[Cell, ...]
    errors: tuple[float | None, ...]

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.errors):
            raise ValueError("one error per cell")


@dataclass(frozen=True, kw_only=True)
class Left:
    """What remains for a dataset after this answer, as decimal strings of rho, and what that means in words."""

    project: str
    dataset: str
    population: str
    words: str

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {"project": self.project, "dataset": self.dataset, "population": self.population, "words": self.words}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A differentially private answer.

    ``loss`` is what the answer cost when it was bought and ``spent`` what was charged now ("0" when it was already paid), both rho as
    decimal strings; ``epsilon`` is the loss at delta 10^-6. Every numeric cell is noised; keys and shape are public.
    """

    dataset: str
    version: int
    question: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    loss: str
    epsilon: float
    spent: str
    left: Left
    receipt: dict[str, Json]
    protects: str
    notes: tuple[str, ...] = ()

    def chart(self) -> ChartSpec | None:
        """The picture people would rather look at: the first measure over the first key (series by the second key), if there is a key."""
        keys = [i for i, heading in enumerate(self.headings) if not heading.measure]
        measures = [i for i, heading in enumerate(self.headings) if heading.measure]
        if not keys or not measures or len(keys) > 2:
            return None
        first, measure = keys[0], measures[0]
        labels = _distinct([_text(row.cells[first]) for row in self.rows])
        groups = _distinct([_text(row.cells[keys[1]]) if len(keys) == 2 else "" for row in self.rows])
        if len(labels) > 60 or len(groups) > 8:
            return None
        series = tuple(self._series(group, labels, first, keys[1] if len(keys) == 2 else None, measure) for group in groups)
        heading = self.headings[measure]
        mark = Mark.LINE if self.headings[first].unit in {"month", "date", "year"} else Mark.BAR
        return ChartSpec(
            mark=mark, title=self.dataset, x_label=self.headings[first].label, y_label=heading.label, labels=labels, series=series
        )

    def _series(self, group: str, labels: tuple[str, ...], first: int, second: int | None, measure: int) -> Series:
        found = {
            _text(row.cells[first]): (row.cells[measure], row.errors[measure])
            for row in self.rows
            if second is None or _text(row.cells[second]) == group
        }
        pairs = [found.get(label, (None, None)) for label in labels]
        return Series(
            label=group,
            values=tuple(float(value) if isinstance(value, int | float) else None for value, _ in pairs),
            half_widths=tuple(error for _, error in pairs),
        )

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        chart = self.chart()
        return {
            "dataset": self.dataset,
            "version": self.version,
            "question": self.question,
            "headings": [heading.as_json() for heading in self.headings],
            "rows": [{"cells": list(row.cells), "errors": list(row.errors)} for row in self.rows],
            "loss": self.loss,
            "epsilon": self.epsilon,
            "spent": self.spent,
            "left": self.left.as_json(),
            "receipt": self.receipt,
            "protects": self.protects,
            "notes": list(self.notes),
            "chart": chart.as_json() if chart else None,
        }


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a question would cost and how good the answer would be. Free, and a function of public facts and the ledger alone.

    ``rho`` is the price ("0" when the project already holds the answer); ``half_widths`` are the 95 % half-widths of each measure's worst
    cell, in the measure's own unit (``None`` for an average, whose error depends on the answer); ``expected_cell`` is declared size divided
    by cells.
    """

    dataset: str
    question: str
    rho: str
    epsilon: float
    already_paid: bool
    affordable: bool
    cells: int
    expected_cell: float
    half_widths: tuple[tuple[str, float | None], ...]
    left: Left
    advice: tuple[str, ...]
    protects: str

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {
            "dataset": self.dataset,
            "question": self.question,
            "rho": self.rho,
            "epsilon": self.epsilon,
            "already_paid": self.already_paid,
            "affordable": self.affordable,
            "cells": self.cells,
            "expected_cell": self.expected_cell,
            "half_widths": [[name, width] for name, width in self.half_widths],
            "left": self.left.as_json(),
            "advice": list(self.advice),
            "protects": self.protects,
        }


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _distinct(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
