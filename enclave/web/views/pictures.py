"""Geometry of small pictures that the server draws: bars and one curve, in units of an SVG view box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT = 560, 200, 24
TOP = 20


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its left edge, width, top and height, with what it says and how much."""

    x: float
    width: float
    y: float
    height: float
    words: str
    count: str


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A line through points: ``points`` for ``polyline``, and each point's place with its words."""

    points: str
    marks: tuple[tuple[float, float, str, str], ...]


def bars(counts: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """Bars side by side, the highest as high as there is room."""
    most = max((count for _, count in counts), default=0) or 1
    step = WIDTH / max(len(counts), 1)
    room = HEIGHT - FOOT - TOP
    made = []
    for place, (words, count) in enumerate(counts):
        height = max(room * count / most, 1.5 if count else 0)
        top = round(HEIGHT - FOOT - height, 1)
        made.append(
            Bar(x=round(place * step + 6, 1), width=round(step - 12, 1), y=top, height=round(height, 1), words=words, count=f"{count:,}")
        )
    return tuple(made)


def curve(shares: Sequence[tuple[str, float]]) -> Curve:
    """A curve through shares between nothing and all, evenly spaced."""
    step = WIDTH / max(len(shares), 1)
    room = HEIGHT - FOOT - TOP
    marks = tuple(
        (round((place + 0.5) * step, 1), round(TOP + room * (1 - share), 1), words, f"{share:.0%}".replace("%", " %"))
        for place, (words, share) in enumerate(shares)
    )
    return Curve(points=" ".join(f"{x},{y}" for x, y, _, _ in marks), marks=marks)
