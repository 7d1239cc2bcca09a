"""Scratch holds what it was given, sealed, and leaves nothing behind however the run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from enclave.adapters.scratch import SealedScratch, scratch_in

CANARY = b"Quatermain" * 100


def test_blocks_come_back_in_any_order(tmp_path: Path) -> None:
    blocks = [os.urandom(size) for size in (0, 1, 70_000, 3)]
    with scratch_in(tmp_path / "scratch")() as scratch:
        numbers = [scratch.put(block) for block in blocks]
        assert [scratch.get(number) for number in reversed(numbers)] == blocks[::-1]


def test_nothing_is_readable_and_nothing_may_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("w+b") as file:
        scratch = SealedScratch(file.fileno())
        first, second = scratch.put(CANARY), scratch.put(CANARY)
        sealed = path.read_bytes()
        assert CANARY not in sealed
        assert b"Quatermain" not in sealed
        half = len(sealed) // 2
        assert sealed[:half] != sealed[half:]  # the same block twice is not the same bytes twice
        path.write_bytes(sealed[half:] + sealed[:half])
        for number in (first, second):  # not even in each other's place
            with pytest.raises(InvalidTag):
                scratch.get(number)


def test_the_folder_is_empty_while_and_after(tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    with pytest.raises(ZeroDivisionError), scratch_in(folder)() as scratch:  # noqa: PT012
        scratch.put(CANARY)
        assert list(folder.iterdir()) == []
        raise ZeroDivisionError
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_killed_run_leaves_no_file(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from enclave.adapters.scratch import scratch_in\n"
        f"with scratch_in(Path({str(tmp_path)!r}))() as scratch:\n"
        "    scratch.put(b'Quatermain' * 10000); print('here', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"here\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert list(tmp_path.iterdir()) == []
