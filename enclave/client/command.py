"""``enclave query`` in a cell: the same question as ``e.query``, for people who prefer a command line. Standard library only."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from enclave.client.connection import Connection
from enclave.terms.errors import EnclaveError, ResearcherError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``query``; exit code 1 and one sentence on standard error when it is refused."""
    asked = _parser().parse_args(arguments)
    try:
        body = _ask(asked)
    except EnclaveError as refused:
        print(refused, file=sys.stderr)
        return 1
    print(json.dumps(body, indent=1) if asked.json else _text(body))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="enclave", description="Ask the enclave from a notebook.")
    commands = parser.add_subparsers(required=True)
    query = commands.add_parser("query", help="answer a question in SQL")
    query.add_argument("sql")
    wish = query.add_mutually_exclusive_group()
    wish.add_argument("--rho", help="what it may cost, as rho")
    wish.add_argument("--epsilon", type=float, help="what it may cost, as epsilon")
    wish.add_argument("--within", help="how exact: the 95%% error of the worst cell, or 5%% of what a cell is expected to hold")
    query.add_argument("--dry-run", action="store_true", help="cost and error only, for nothing")
    query.add_argument("--json", action="store_true")
    return parser


def _ask(asked: argparse.Namespace) -> dict[str, Any]:
    wish = {name: value for name in ("rho", "epsilon", "within") if (value := getattr(asked, name)) is not None}
    if "within" in wish and not wish["within"].endswith("%"):
        wish["within"] = _number(wish["within"])
    place = "/api/previews" if asked.dry_run else "/api/queries"
    body: dict[str, Any] = Connection.here().post(place, {"sql": asked.sql, **wish})
    return body


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ResearcherError(
            rule="Q-16",
            sentence="Say how exact or how costly the answer should be, in one way.",
            instead="Give --within a number above zero, or a percentage like 5%.",
        ) from None


def _text(body: dict[str, Any]) -> str:
    if "rows" not in body:
        widths = ", ".join(f"{name} ± {width:,.4g}" for name, width in body["half_widths"] if width is not None)
        return "\n".join([f"cost {body['rho']}; worst cell {widths}; {body['left']['words']}", *body["advice"]])
    lines = ["\t".join(heading["name"] for heading in body["headings"])]
    lines += ["\t".join(_cell(cell, error) for cell, error in zip(row["cells"], row["errors"], strict=True)) for row in body["rows"]]
    return "\n".join([*lines, f"spent {body['spent']}; {body['left']['words']}"])


def _cell(cell: Any, error: float | None) -> str:  # noqa: ANN401 - JSON
    shown = "" if cell is None else str(cell)
    return f"{shown} ± {error:.4g}" if error is not None else shown
