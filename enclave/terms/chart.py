"""A chart as data: the notebook and the portal draw the same spec, so what was reviewed is what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.canonical import Json


class Mark(StrEnum):
    """How values are drawn."""

    BAR = "bar"
    LINE = "line"


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line or set of bars; ``half_widths`` are the 95 % error bars, same length as ``values``."""

    label: str
    values: tuple[float | None, ...]
    half_widths: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class ChartSpec:
    """A picture of an answer: labels on one axis, values with error bars on the other."""

    mark: Mark
    title: str
    x_label: str
    y_label: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        if any(len(one.values) != len(self.labels) or len(one.half_widths) != len(self.labels) for one in self.series):
            raise ValueError("every series has one value and one error per label")

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {
            "mark": self.mark.value,
            "title": self.title,
            "x_label": self.x_label,
            "y_label": self.y_label,
            "labels": list(self.labels),
            "series": [{"label": one.label, "values": list(one.values), "half_widths": list(one.half_widths)} for one in self.series],
        }
