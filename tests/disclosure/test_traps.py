"""The collected traps: each at its wanted verdict, and no alarm on what is clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enclave.egress_review.checks.kinds import BY_SUFFIX
from enclave.terms.submission import Verdict
from tests.disclosure.say import rules, verdict
from tests.factories.licensed import COMMITTED, wider

TRAPS = COMMITTED / "egress" / "traps"
ACRO = COMMITTED / "egress" / "acro"
MANIFEST = json.loads((TRAPS / "manifest.json").read_text())
WANTED = {
    "clear-candidate": {Verdict.CLEAR},
    "warn": {Verdict.REVIEW},
    "block": {Verdict.BLOCK},
    "clear iff receipt verifies": {Verdict.BLOCK},
}


def accepted(trap: dict[str, str]) -> bool:
    return Path(trap["file"]).suffix in BY_SUFFIX


@pytest.mark.parametrize("trap", [trap for trap in MANIFEST if accepted(trap)], ids=lambda trap: trap["file"])
def test_traps_of_accepted_kinds_get_their_verdict(trap: dict[str, str]) -> None:
    path = TRAPS / trap["file"]
    assert verdict(path.read_bytes(), path.suffix) in WANTED[trap["expect"]]


@pytest.mark.parametrize("trap", [trap for trap in MANIFEST if not accepted(trap)], ids=lambda trap: trap["file"])
def test_what_is_not_accepted_yet_is_blocked_with_a_way_out(trap: dict[str, str]) -> None:
    path = TRAPS / trap["file"]
    expected = {".pkl": {"F03"}, ".joblib": {"F03"}, ".zip": {"F04"}}.get(path.suffix, {"F01"})
    assert rules(path.read_bytes(), path.suffix) == expected


def test_each_trap_is_found_for_its_own_reason() -> None:
    found = {name: rules((TRAPS / name).read_bytes(), Path(name).suffix) for name in REASONS}
    assert found == REASONS


REASONS = {
    "small_cell.csv": {"T01"},
    "bom_comment_tail.csv": {"H04", "T14"},
    "pct_with_base.csv": {"T04"},
    "dp_release.csv": {"T01"},
    "base64.txt": {"H06"},
    "regression_lowdof.csv": {"R01", "T01c"},
    "table_as_csv.csv": {"F03"},
    "scatter_points.png": {"V01"},
}


def test_a_released_table_is_clear_once_its_receipt_is_named() -> None:
    answer = {
        "headings": [{"name": "age_band", "measure": False}, {"name": "", "measure": True}],
        "rows": [
            {"cells": [band, value], "errors": [None, "12.3"]} for band, value in (("18-39", "117.3"), ("40-64", "163.9"), ("65+", "6.2"))
        ],
    }
    table = (TRAPS / "dp_release.csv").read_bytes()
    assert verdict(table) is Verdict.BLOCK
    assert verdict(table, answers=(answer,)) is Verdict.CLEAR


@pytest.mark.parametrize("name", ["base", "all_same", "cell4", "dominant", "small_row"])
def test_microdata_never_leaves(name: str) -> None:
    assert "T10" in rules(wider(f"egress/table_cases/{name}.csv").read_bytes())


SMALL = {"output_0_0.csv", "output_9_0.csv"}


@pytest.mark.parametrize("path", sorted(ACRO.glob("output_*.csv")), ids=lambda path: path.name)
def test_outputs_of_acro_are_blocked_for_small_cells_and_for_nothing_else(path: Path) -> None:
    assert rules(path.read_bytes()) == ({"T01"} if path.name in SMALL else set())


def test_an_ordinary_histogram_is_clear() -> None:
    assert verdict((ACRO / "histogram_0.png").read_bytes(), ".png") is Verdict.CLEAR
