"""One dataset as a researcher may know it: public facts only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Dataset:
    """What ``e.dataset("agency.name")`` returns."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.name: str = body["name"]
        self.label: str = body["label"]
        self.row: str = body["row"]
        self.size: int = body["size"]
        self.protects: str = body["protects"]
        self.version: int = body["version"]

    def schema(self) -> pd.DataFrame:
        """Every public column: name, plain label, type, bounds or categories, whether values may be missing."""
        import pandas as pd

        rows = [
            {
                "column": column["name"],
                "label": column["label"],
                "type": column["kind"],
                "values": _values(column),
                "unit": column["unit"],
                "missing allowed": column["missing"],
            }
            for column in self.body["columns"]
        ]
        return pd.DataFrame(rows)

    def categories(self, column: str) -> dict[str, str]:
        """Codes and plain labels of a category column."""
        found = next((one for one in self.body["columns"] if one["name"] == column), None)
        if found is None:
            raise KeyError(f"{self.name} has no column {column!r}")
        return {code: label or code for code, label in found["categories"]}

    def __repr__(self) -> str:
        return f"{self.name}: {self.label}. One row is {self.row[:1].lower()}{self.row[1:]}; about {self.size:,} rows. {self.protects}"


def _values(column: dict[str, Any]) -> str:
    if column["kind"] == "category":
        codes = [code for code, _ in column["categories"]]
        return ", ".join(codes[:6]) + (f", … {len(codes)} in all" if len(codes) > 6 else "")
    if column["kind"] == "boolean":
        return "true, false"
    low, high = column["shown_bounds"]
    return f"{low} to {high}"
