"""``enclave anonymise text`` with its real jails: names on, in order, and nothing but a number said of a bad line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from enclave.isolation import bubblewrap

needs_jail = pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")
ROOT = Path(__file__).parents[3]


def run(raw: str, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", "from enclave.cli.main import main; main()", "anonymise", "text", *options]
    return subprocess.run(words, input=raw, capture_output=True, text=True, cwd=ROOT, check=False)


@needs_jail
def test_texts_are_redacted_in_the_jail(tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text("surname,phone\nQuatermain,07700 900123\n")
    note = "Allan Quatermain rang from 07700-900123. Afterwards I spoke at length with Margaret Thornbury about it. " + "No concerns. " * 30
    raw = "".join(json.dumps({"id": number, "text": note}) + "\n" for number in range(1_500))
    found = run(raw, "--known", str(known))
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert found.returncode == 0, found.stderr
    assert [line["id"] for line in lines] == list(range(1_500))
    assert {line["text"] for line in lines} == {lines[0]["text"]}
    assert not {"Quatermain", "900123", "Margaret", "Thornbury"} & set(lines[0]["text"].replace("-", " ").split())
    assert all(note[span["start"] : span["end"]] for span in lines[0]["spans"])


@needs_jail
def test_a_bad_line_is_said_by_its_number_alone() -> None:
    found = run('{"id": 1, "text": "a"}\nQuatermain\n', "--no-names")
    assert found.returncode == 1
    assert json.loads(found.stdout)["id"] == 1
    assert "Line 2 " in found.stderr
    assert "T-01" in found.stderr
    assert "Quatermain" not in found.stdout + found.stderr
