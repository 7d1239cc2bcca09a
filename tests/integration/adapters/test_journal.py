"""The journal: what was appended is on the disk, in one piece, whoever else writes and whatever was cut short before."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.adapters.journal import FileJournal
from tests.processes import in_child, killed_at

LEAF = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=20)
RECORD = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), LEAF | st.lists(LEAF, max_size=3), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(records=st.lists(RECORD, max_size=5))
def test_what_was_appended_is_read_back_in_order(tmp_path: Path, records: list[dict[str, object]]) -> None:
    path = tmp_path / "journal"
    path.unlink(missing_ok=True)
    for record in records:
        FileJournal(path).append(record)
    assert FileJournal(path).records() == records


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(record=RECORD, data=st.data())
def test_a_torn_line_is_left_out_and_spoils_nothing_after_it(tmp_path: Path, record: dict[str, object], data: st.DataObject) -> None:
    path = tmp_path / "journal"
    path.unlink(missing_ok=True)
    journal = FileJournal(path)
    journal.append({"charge": 1})
    whole = path.stat().st_size
    journal.append({"torn": record})
    cut = data.draw(st.integers(whole, path.stat().st_size - 1))
    os.truncate(path, cut)
    assert journal.records() == [{"charge": 1}]
    journal.append({"charge": 2})
    os.truncate(path, path.stat().st_size - data.draw(st.integers(0, 3)))  # and perhaps once more
    assert journal.records()[0] == {"charge": 1}
    journal.append({"charge": 3})
    read = journal.records()
    assert read[0] == {"charge": 1}
    assert read[-1] == {"charge": 3}
    assert all(set(one) == {"charge"} for one in read)


def test_a_crash_while_a_torn_line_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    FileJournal(path).append({"charge": 1})
    with path.open("ab") as file:
        file.write(b'{"charge":2 (cut')
    FileJournal(path).append({"charge": 3})
    assert FileJournal(path).records() == [{"charge": 1}, {"charge": 3}]


@pytest.mark.parametrize("damage", [b"\0" * 20, b'{"charge":', b"", b"[] []"])
def test_any_other_damage_is_not_passed_over(tmp_path: Path, damage: bytes) -> None:
    """A line that vanished would be spending forgotten."""
    path = tmp_path / "journal"
    path.write_bytes(b'{"charge":1}\n' + damage + b'\n{"charge":2}\n')
    with pytest.raises(ValueError, match=r"."):
        FileJournal(path).records()


def test_processes_and_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    def write(number: int) -> None:
        journal = FileJournal(path)
        threads = [
            threading.Thread(target=lambda: [journal.append({"by": number, "long": "x" * 9_000}) for _ in range(8)]) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            write(number)
            os._exit(0)
        children.append(child)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    records = FileJournal(path).records()
    assert sorted(record["by"] for record in records) == sorted([0, 1, 2, 3] * 16)
    assert {len(str(record["long"])) for record in records} == {9_000}


def test_it_waits_for_the_disk_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "journal", []
    really = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            synced.append("folder")
        else:
            synced.append(path.read_bytes().count(b"\n"))
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    for number in range(3):
        FileJournal(path).append({"charge": number})
    assert synced == [1, "folder", 2, 3], "each line before its append returns, and the new file's name once"


def test_killed_at_any_line_what_was_there_stays(tmp_path: Path) -> None:
    line = 0
    while True:
        path = tmp_path / f"journal-{line}"
        FileJournal(path).append({"charge": 1})
        killed = killed_at(line, lambda path=path: FileJournal(path).append({"charge": 2}), inside=("enclave.adapters.journal",))
        assert FileJournal(path).records() in ([{"charge": 1}], [{"charge": 1}, {"charge": 2}])
        if not killed:
            assert len(FileJournal(path).records()) == 2
            break
        line += 1
    assert line > 5


def test_a_full_disk_is_an_error_and_loses_nothing(tmp_path: Path, full_disk) -> None:
    """Nothing may be asked of data when the journal could not be written."""
    journal = FileJournal(tmp_path / "journal")
    journal.append({"charge": 1})
    with full_disk((tmp_path / "journal").stat().st_size + 5), pytest.raises(OSError, match=r"could not be written|too large"):
        journal.append({"charge": 2})
    assert journal.records() == [{"charge": 1}]
    journal.append({"charge": 3})
    assert journal.records() == [{"charge": 1}, {"charge": 3}]


def test_only_its_process_reads_it(tmp_path: Path) -> None:
    def write() -> None:
        os.umask(0)
        FileJournal(tmp_path / "journal").append({"charge": 1})

    assert in_child(write) == 0
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o600


def test_no_float_and_no_journal_yet(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "journal")
    assert journal.records() == []
    with pytest.raises(ValueError, match="floats"):
        journal.append({"rho": 0.5})
    assert journal.records() == []
