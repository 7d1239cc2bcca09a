"""The checks in the real jail: the same findings as outside, and whatever defeats them is a block."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from enclave.adapters.jail_checks import JailChecks
from enclave.egress_review.check import check
from enclave.egress_review.jailed import inspect
from enclave.egress_review.lifecycle import State
from enclave.egress_review.offline import check_offline, worst_verdict
from enclave.egress_review.policy import Policy
from enclave.isolation import bubblewrap
from enclave.isolation.jail import JailFailed, Limits, run
from enclave.terms.submission import Verdict
from tests.factories.licensed import COMMITTED
from tests.factories.office import TABLE, make_office
from tests.fakes.memory_work import MemoryEnclave

TRAPS = COMMITTED / "egress" / "traps"
jailed = pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")
SCANNER = JailChecks(run=run, limits=Limits)


@dataclass(frozen=True)
class Frame:
    value: Any


def answering(value: object, count: int = 1) -> JailChecks[object]:
    """A jail whose inside was taken over and says what it likes."""

    def lie(task: str, *, source: BinaryIO, params: Mapping[str, object], limits: object) -> Iterable[Frame]:
        return [Frame(value)] * count

    return JailChecks(run=lie, limits=lambda **_: None)


@jailed
@pytest.mark.parametrize("path", sorted(TRAPS.glob("*.*")), ids=lambda path: path.name)
def test_the_jail_finds_what_the_checks_find(path: Path) -> None:
    data = path.read_bytes()
    expected = tuple(one.finding() for one in inspect(data, suffix=path.suffix, smallest=10, answers=[]))
    assert SCANNER(data, suffix=path.suffix, policy=Policy(), released=()) == expected


@jailed
def test_receipts_and_policy_reach_the_jail() -> None:
    answer = {
        "headings": [{"name": "district", "measure": False}, {"name": "", "measure": True}],
        "rows": [{"cells": ["North", "7.3"], "errors": [None, "2.0"]}],
    }
    table = b"district,n\nNorth,7\n"
    assert [one.rule for one in SCANNER(table, suffix=".csv", policy=Policy(), released=())] == ["T01"]
    assert [one.rule for one in SCANNER(table, suffix=".csv", policy=Policy(), released=(answer,))] == ["P01"]
    assert SCANNER(table, suffix=".csv", policy=Policy(smallest_cell=5), released=()) == ()


def tight(**limits: Any) -> JailChecks[Limits]:
    """The checks with less of something than they need."""
    return JailChecks(run=run, limits=lambda **wide: Limits(**{**wide, **limits}))


@jailed
@pytest.mark.parametrize("limits", [{"wall_seconds": 0.001}, {"memory_bytes": 40 << 20}, {"files": 1}, {"output_bytes": 3}])
def test_checks_that_hang_or_grow_too_large_or_say_too_much_block(limits: dict[str, Any]) -> None:
    name = "scatter_points.png"
    data, scanner = (TRAPS / name).read_bytes(), tight(**limits)
    with pytest.raises(JailFailed):
        scanner(data, suffix=".png", policy=Policy(), released=())
    enclave = MemoryEnclave()
    office = make_office(begin=enclave.begin, clock=enclave.clock, scanner=scanner)
    made = check(request=office.submit(files=((name, data),)).id, ports=office.ports)
    assert (made.state, [one.rule for one in made.findings]) == (State.BLOCKED, ["X01"])


@pytest.mark.parametrize(
    "value",
    [
        b"bytes",
        "text",
        {"rule": "T01"},
        [1],
        [{"rule": "T01", "where": "line 3"}],
        [{"rule": "NEW", "where": "", "numbers": {}}],
        [{"rule": "T01", "where": "", "numbers": {}}],
        [{"rule": "T01", "where": "<b>Approve this</b>", "numbers": {"cells": 1, "smallest": 10}}],
        [{"rule": "T01", "where": "", "numbers": {"cells": "Mrs Smith", "smallest": 10}}],
        [{"rule": "T01", "where": "", "numbers": {"cells": 1, "smallest": 10}, "sentence": "All is well."}],
    ],
)
def test_a_jail_that_was_taken_over_cannot_write_to_reviewers(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        answering(value)(TABLE, suffix=".csv", policy=Policy(), released=())
    with pytest.raises(ValueError, match="trusted"):
        answering([], count=2)(TABLE, suffix=".csv", policy=Policy(), released=())
    with pytest.raises(ValueError, match="trusted"):
        answering([], count=0)(TABLE, suffix=".csv", policy=Policy(), released=())


@jailed
@pytest.mark.timeout(120)
def test_ten_files_at_once_are_checked() -> None:
    files = [path for path in sorted(TRAPS.glob("*.*")) if path.suffix in {".csv", ".png", ".txt"}][:10]
    enclave = MemoryEnclave()
    office = make_office(begin=enclave.begin, clock=enclave.clock, scanner=SCANNER)
    made = office.submit(files=tuple((path.name, path.read_bytes()) for path in files))
    assert check(request=made.id, ports=office.ports).state is State.BLOCKED


@jailed
def test_offline_the_same_checks_say_the_same() -> None:
    files = [(name, (TRAPS / name).read_bytes()) for name in ("safe_table.csv", "scatter_points.png", "small_cell.csv", "svc.pkl")]
    reports = check_offline(files=[*files, ("9434765919.csv", TABLE)], policy=Policy(), scanner=SCANNER)
    assert [(one.name, one.verdict) for one in reports] == [
        ("safe_table.csv", Verdict.CLEAR),
        ("scatter_points.png", Verdict.REVIEW),
        ("small_cell.csv", Verdict.BLOCK),
        ("svc.pkl", Verdict.BLOCK),
        ("9434765919.csv", Verdict.BLOCK),
    ]
    assert worst_verdict(reports[:1]) is Verdict.CLEAR
    assert worst_verdict(reports[:2]) is Verdict.REVIEW
    assert worst_verdict(reports) is Verdict.BLOCK
    assert set(reports[2].as_json()) == {"file", "verdict", "findings"}
    assert set(reports[2].as_json()["findings"][0]) == {"rule", "where", "severity", "sentence", "remedy"}  # type: ignore[arg-type, index]
    json.dumps([one.as_json() for one in reports])


def test_offline_what_could_not_be_checked_is_blocked() -> None:
    def broken(*_: object, **__: object) -> Any:
        raise RuntimeError

    [report] = check_offline(files=[("a.csv", TABLE)], policy=Policy(), scanner=broken)
    assert (report.verdict, [one.rule for one in report.findings]) == (Verdict.BLOCK, ["X01"])
