"""Draw a chart spec with matplotlib: the same spec the portal draws. Imported on first use."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#1d4f76", "#b5533c", "#4b7f52", "#8a5a9e", "#a6791f", "#3f8f96", "#6b6b6b", "#c2517a")


class Chart(Figure):  # type: ignore[misc]
    """A matplotlib figure that a notebook shows without any set-up."""

    def _repr_png_(self) -> bytes:
        drawn = io.BytesIO()
        self.savefig(drawn, format="png", dpi=100)
        return drawn.getvalue()


def draw(chart: dict[str, Any]) -> Chart:
    """Bars or lines with 95 % error bars."""
    labels, series = chart["labels"], chart["series"]
    across = chart["mark"] == "bar" and len(labels) > 8
    figure = Chart(figsize=(8, max(4, 0.35 * len(labels)) if across else 4.5), layout="constrained")
    axes = figure.subplots()
    for place, one in enumerate(series):
        _series(axes, chart["mark"], one, place, len(series), across=across)
    positions = range(len(labels))
    if across:
        axes.set_yticks(positions, labels)
        axes.invert_yaxis()
        axes.set_xlabel(chart["y_label"])
        axes.set_ylabel(chart["x_label"])
    else:
        step = max(1, len(labels) // 12)
        axes.set_xticks(
            list(positions)[::step], labels[::step], rotation=30 if len(labels) > 5 else 0, ha="right" if len(labels) > 5 else "center"
        )
        axes.set_xlabel(chart["x_label"])
        axes.set_ylabel(chart["y_label"])
    axes.set_title(f"{chart['title']} (bars show the 95 % error)")
    axes.spines[["top", "right"]].set_visible(False)
    if len(series) > 1:
        axes.legend(frameon=False)
    return figure


def _series(axes: Axes, mark: str, one: dict[str, Any], place: int, of: int, *, across: bool) -> None:
    values = [float("nan") if value is None else value for value in one["values"]]
    errors = [0.0 if error is None else error for error in one["half_widths"]]
    colour, width = COLOURS[place % len(COLOURS)], 0.8 / of
    positions = [x + (place - (of - 1) / 2) * width for x in range(len(values))]
    if mark == "line":
        axes.errorbar(range(len(values)), values, yerr=errors, label=one["label"], color=colour, marker="o", capsize=3)
    elif across:
        axes.barh(positions, values, height=width, xerr=errors, label=one["label"], color=colour, ecolor="#333333", capsize=2)
    else:
        axes.bar(positions, values, width=width, yerr=errors, label=one["label"], color=colour, ecolor="#333333", capsize=3)
