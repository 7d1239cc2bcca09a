"""An answer in a notebook: a table with error bars, a picture, its price and its receipt."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave.client.measured import Measured

if TYPE_CHECKING:
    import pandas as pd

    from enclave.client.plot import Chart


class Result:
    """What ``e.query`` returns."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.dataset: str = body["dataset"]
        self.receipt: dict[str, Any] = body["receipt"]
        self.spent: str = body["spent"]
        self.loss: str = body["loss"]
        self.epsilon: float = body["epsilon"]
        self.left: dict[str, str] = body["left"]
        self.notes: list[str] = body["notes"]
        self.protects: str = body["protects"]
        self._headings: list[dict[str, Any]] = body["headings"]

    @property
    def columns(self) -> list[str]:
        """Names of keys and measures, in the order selected."""
        return [heading["name"] for heading in self._headings]

    @property
    def table(self) -> pd.DataFrame:
        """Keys and noised values as a pandas table."""
        import pandas as pd

        return pd.DataFrame([row["cells"] for row in self.body["rows"]], columns=self.columns)

    @property
    def error(self) -> pd.DataFrame:
        """The 95 % half-widths (±) of the measures, in the rows of ``table``; keys are repeated."""
        import pandas as pd

        rows = [
            [cell if error is None and not heading["measure"] else error for cell, error, heading in self._cells(row)]
            for row in self.body["rows"]
        ]
        return pd.DataFrame(rows, columns=self.columns)

    def __getitem__(self, name: str) -> Measured:
        """A measure with its errors, for arithmetic that carries the uncertainty along: ``r["a"] / r["b"]``."""
        place = self.columns.index(name) if name in self.columns else -1
        if place < 0 or not self._headings[place]["measure"]:
            measures = ", ".join(heading["name"] for heading in self._headings if heading["measure"])
            raise KeyError(f"there is no measure {name!r}; there is {measures}")
        rows = self.body["rows"]
        return Measured([row["cells"][place] for row in rows], [row["errors"][place] for row in rows], self._labels())

    def plot(self) -> Chart:
        """The picture of the answer, with error bars. Raises ``ValueError`` where there is nothing to draw."""
        from enclave.client.plot import draw

        if self.body["chart"] is None:
            raise ValueError("this answer has no picture: it has no groups, or too many; draw from .table and .error")
        return draw(self.body["chart"])

    def save(self, stem: str) -> list[Path]:
        """Write ``stem.csv`` (values with an error column each) and, where there is a picture, ``stem.png``: ready to be submitted.

        The files hold what is shown and nothing else: no index, no name of a program, no time.
        """
        table, error = self.table, self.error
        for heading in self._headings:
            if heading["measure"]:
                place = list(table.columns).index(heading["name"]) + 1
                table.insert(place, f"{heading['name']}_error", error[heading["name"]].round(2))
        paths = [Path(f"{stem}.csv")]
        table.to_csv(paths[0], index=False)
        if self.body["chart"] is not None:
            paths.append(Path(f"{stem}.png"))
            self.plot().savefig(paths[1], dpi=120, metadata={"Software": None})
        return paths

    def _cells(self, row: dict[str, Any]) -> list[tuple[Any, Any, dict[str, Any]]]:
        return list(zip(row["cells"], row["errors"], self._headings, strict=True))

    def _labels(self) -> list[str]:
        keys = [place for place, heading in enumerate(self._headings) if not heading["measure"]]
        return [" · ".join("missing" if row["cells"][key] is None else str(row["cells"][key]) for key in keys) for row in self.body["rows"]]

    def __repr__(self) -> str:
        price = "already paid, nothing spent" if self.spent == "0" else f"spent {self.spent}"
        return f"{self.table.to_string(index=False)}\n[{self.dataset}; {price}; {self.left['words']}]"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(heading['label'])}</th>" for heading in self._headings)
        shown = self.body["rows"][:200]
        rows = "".join("<tr>" + "".join(_cell(*cell) for cell in self._cells(row)) + "</tr>" for row in shown)
        more = f"<p>… and {len(self.body['rows']) - len(shown):,} more rows in .table</p>" if len(shown) < len(self.body["rows"]) else ""
        price = "Already paid: nothing was spent." if self.spent == "0" else f"Privacy loss spent: {escape(self.spent)}."
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"
            f"<p>± is the 95 % error. {price} {escape(self.left['words'].capitalize())}.</p><ul>{notes}</ul>"
            f"<p><small>{escape(self.protects)} Receipt {escape(str(self.receipt.get('number', '')))}.</small></p>"
        )


def _cell(cell: Any, error: Any, heading: dict[str, Any]) -> str:  # noqa: ANN401 - JSON
    if not heading["measure"]:
        label = heading["labels"].get(str(cell), "")
        shown = "<em>missing</em>" if cell is None else escape(f"{cell} – {label}" if label else str(cell))
        return f"<td style='text-align:left'>{shown}</td>"
    if cell is None:
        return "<td title='too few to say'>–</td>"
    weak = " style='color:#6b6b6b'" if error is not None and abs(cell) < error else ""
    return f"<td{weak}>{escape(_with_unit(_rounded(cell, error), heading['unit']))}{_around(error)}</td>"


def _around(error: float | None) -> str:
    return "" if error is None else f" <small>± {_rounded(error, error)}</small>"


def _rounded(number: float, error: float | None) -> str:
    """As many digits as the error leaves meaningful: two of the error's own."""
    if isinstance(number, int) or not error:
        return f"{number:,}"
    places = max(0, 1 - math.floor(math.log10(error)))
    return f"{number:,.{places}f}"


def _with_unit(number: str, unit: str) -> str:
    return f"{unit}{number}" if unit in {"£", "$", "€"} else f"{number} {unit}".strip()
