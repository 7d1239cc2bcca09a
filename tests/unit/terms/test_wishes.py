"""The page of the forty wishes says nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
PAGE = CHECKOUT / "docs" / "reference" / "wishes.md"
ROWS = [re.split(r"(?<!\\)\|", line)[1:-1] for line in PAGE.read_text().splitlines() if re.match(r"\| \d", line)]


@pytest.fixture(scope="module")
def defined() -> set[str]:
    return {
        name
        for path in (CHECKOUT / "tests").rglob("test_*.py")
        for name in re.findall(r"^\s*def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }


def test_every_wish_has_its_row() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 41))
    assert {row[2].strip() for row in ROWS} == {"stands", "partly", "missing", "people"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip())
def test_what_stands_is_held_by_a_test_of_that_number(row: list[str], defined: set[str]) -> None:
    number, tests = int(row[0]), re.findall(r"`(test_\w+)`", row[4])
    assert bool(tests) == (row[2].strip() == "stands")
    for name in tests:
        assert name.startswith(f"test_wish_{number:02d}_")
        assert name in defined


def test_every_test_of_a_wish_is_about_one_of_the_forty(defined: set[str]) -> None:
    numbers = {int(name[10:12]) for name in defined if re.match(r"test_wish_\d\d_", name)}
    assert numbers <= set(range(1, 41))
