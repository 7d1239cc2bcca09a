"""Blobs on a real disk: whole or not at all, and hashed whenever they are read."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest

from enclave.adapters.blobs import BlobFolder


def path_of(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def test_bytes_come_back_by_their_hash(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    name = blobs.put(b"some table")
    assert name == hashlib.sha256(b"some table").hexdigest()
    assert BlobFolder(tmp_path).get(name) == b"some table"
    assert blobs.get("0" * 64) is None


def test_a_changed_byte_is_noticed_and_mended_by_the_same_bytes(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    name = blobs.put(b"some table")
    path = path_of(tmp_path, name)
    path.chmod(0o640)
    path.write_bytes(b"some tablf")
    assert blobs.get(name) is None
    assert blobs.put(b"some table") == name
    assert blobs.get(name) == b"some table"


def test_the_group_reads_and_others_do_not(tmp_path: Path) -> None:
    path = path_of(tmp_path, BlobFolder(tmp_path).put(b"x"))
    assert stat.S_IMODE(path.stat().st_mode) & 0o037 == 0
    assert stat.S_IMODE(path.stat().st_mode) & 0o440 == 0o440
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0


def test_nothing_half_written_is_left_or_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = BlobFolder(tmp_path)

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        blobs.put(b"some table")
    monkeypatch.undo()
    assert blobs.get(hashlib.sha256(b"some table").hexdigest()) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "/x"])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        BlobFolder(tmp_path).get(name)


def test_many_writers_of_the_same_bytes_agree(tmp_path: Path) -> None:
    blobs, data = BlobFolder(tmp_path), b"x" * 100_000
    threads = [threading.Thread(target=blobs.put, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert blobs.get(hashlib.sha256(data).hexdigest()) == data
