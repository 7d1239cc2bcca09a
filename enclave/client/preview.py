"""What a question would cost and how good it would be, before anything is spent."""

from __future__ import annotations

from html import escape
from typing import Any


class Preview:
    """What ``e.preview`` returns; it cost nothing."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.rho: str = body["rho"]
        self.epsilon: float = body["epsilon"]
        self.affordable: bool = body["affordable"]
        self.already_paid: bool = body["already_paid"]
        self.cells: int = body["cells"]
        self.expected_cell: float = body["expected_cell"]
        self.error: dict[str, float | None] = dict(body["half_widths"])
        self.advice: list[str] = body["advice"]
        self.left: dict[str, str] = body["left"]

    def _lines(self) -> list[str]:
        price = (
            "nothing: your project has already paid for it" if self.already_paid else f"privacy loss {self.rho} (epsilon {self.epsilon})"
        )
        errors = "; ".join(f"{name} ± {width:,.4g}" for name, width in self.error.items() if width is not None)
        return [
            f"Cost: {price}. {self.left['words'].capitalize()}.",
            f"95 % error of the worst cell: {errors}. {self.cells:,} cells, about {self.expected_cell:,.0f} rows each if spread evenly.",
            *self.advice,
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in self._lines()) + "</ul>"
