"""``enclave anonymise``: look at a file before anyone uploads it."""

from __future__ import annotations

import json
from pathlib import Path

from enclave.terms.canonical import Json
from enclave.wiring.offline import scan


def run(path: Path, *, as_json: bool) -> int:
    """Print each column's class and proposed treatment; exit code 0."""
    found = scan(path)
    if as_json:
        print(json.dumps(found, indent=1))
        return 0
    print(f"{found['rows']:,} rows")
    columns = found["columns"]
    for column in columns if isinstance(columns, list) else []:
        if isinstance(column, dict):
            print(_line(column))
    return 0


def _line(column: dict[str, Json]) -> str:
    proposal = column.get("proposal")
    treatment = proposal.get("treatment") if isinstance(proposal, dict) else ""
    return f"{column['header']}: {column['class']} -> {treatment}. {column['reason']}"
