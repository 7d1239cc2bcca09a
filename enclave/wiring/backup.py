"""Back up a running enclave, and restore one that is stopped.

A backup holds the database, sealed versions, files under review, tables of places and researchers' homes. It does not hold keys: without them it
is of no use to a thief, so keep them elsewhere. Nor does it hold the journal: that is how a restored enclave learns what it has answered and
erased since (``privacy.recover``, ``erase_version.bury``). What is not in the journal, such as stops, ended roles and releases taken back, a backup
forgets: so after a restore every dataset is frozen until two custodians of its agency have looked.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
from pathlib import Path

from enclave.adapters.backup_file import BackupWriter, check_backup, unpack, write_backup
from enclave.adapters.durable import sync_folder, write_new
from enclave.settings.settings import Settings
from enclave.terms.errors import OperatorError

# The database first: what it names is immutable, so everything it names is still there when the trees are copied.
TREES = ("versions", "blobs", "lookups", "homes")
CHECKPOINTS = ("public", "checkpoints.txt")
DATABASE = "db/enclave.sqlite"
UNFINISHED = "restore.unfinished"
RESTORED = ("journal", "restored")


def back_up(settings: Settings, to: Path) -> int:
    """Write the backup while the enclave runs; how many files it holds. Raises O-15 where the file is there, O-14 where the database is not ours."""
    database = _database(settings)
    if to.exists():
        raise OperatorError(
            rule="O-15", sentence="There is a file of that name.", instead="A backup never replaces another: choose a new name."
        )

    def fill(writer: BackupWriter) -> None:
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=".enclave-backup-") as folder:
            copy = Path(folder) / "enclave.sqlite"
            _copy(database, copy)
            with copy.open("rb") as content:
                writer.file(DATABASE, content, _as(database, copy))
        for tree in TREES:
            writer.tree(settings.folder(tree), tree)

    return write_backup(to, fill)


def restore(settings: Settings, source: Path) -> int:
    """Put the backup in place of what is there; how many files it holds. The enclave must be stopped.

    The whole file is checked before anything is touched. What was there stays beside it, named ``….before-restore``, until the next restore.
    Killed in the middle, the enclave does not start (O-11) until the same command has run to its end.
    """
    database = _database(settings)
    count = check_backup(source)
    marker = settings.folder(UNFINISHED)
    marker.touch(mode=0o600)
    sync_folder(settings.home)
    fresh = settings.home / ".restoring"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    unpack(source, fresh)
    for tree in TREES:
        _swap(fresh / tree, settings.folder(tree))
    for beside in database.parent.glob(f"{database.name}-*"):  # the write-ahead log of the database that goes
        beside.unlink()
    _swap(fresh / DATABASE, database)
    shutil.rmtree(fresh)
    _note_restore(settings)
    for beside in settings.folder("jobs").glob("dbos.sqlite*"):  # it knows numbers of jobs that the restored database gives anew
        beside.unlink()
    # The log is shorter now than its checkpoints say. Whoever kept them sees that, as they should; the enclave's own start anew.
    kept = settings.folder(*CHECKPOINTS)
    if kept.exists():
        kept.rename(kept.with_name("checkpoints.before-restore.txt"))
    marker.unlink()
    sync_folder(settings.home)
    return count


def _note_restore(settings: Settings) -> None:
    """For the worker, which must know at its next start: its folder, its file."""
    folder = settings.folder(*RESTORED[:-1])
    note = settings.folder(*RESTORED)
    note.unlink(missing_ok=True)
    write_new(note, secrets.token_hex(16).encode(), mode=0o600)
    if os.geteuid() == 0:
        os.chown(note, folder.stat().st_uid, folder.stat().st_gid)
    sync_folder(folder)


def check_restored(settings: Settings) -> None:
    """Raise O-11 where a restore was cut short: half of one state and half of another must not answer anything."""
    if settings.folder(UNFINISHED).exists():
        raise OperatorError(
            rule="O-11", sentence="A restore was cut short.", instead="Run enclave restore again with the same file; it begins anew."
        )


def _swap(fresh: Path, place: Path) -> None:
    if not fresh.exists():
        return
    before = place.with_name(f"{place.name}.before-restore")
    if before.is_dir() and not before.is_symlink():
        shutil.rmtree(before)
    else:
        before.unlink(missing_ok=True)
    if place.exists():
        place.rename(before)
    fresh.rename(place)
    sync_folder(place.parent)


def _database(settings: Settings) -> Path:
    if settings.database:
        raise OperatorError(
            rule="O-14",
            sentence="The database of this installation is not in its home.",
            instead="Back it up with its own tools (pg_dump), then the folders versions, blobs, lookups and homes.",
        )
    return settings.folder("db", "enclave.sqlite")


def _copy(database: Path, to: Path) -> None:
    """SQLite's own online backup: one consistent state, while others write."""
    reading, writing = sqlite3.connect(f"file:{database}?mode=ro", uri=True), sqlite3.connect(to)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()


def _as(database: Path, copy: Path) -> os.stat_result:
    """Owner and mode of the database, size of the copy."""
    own, size = database.stat(), copy.stat().st_size
    values = list(own)
    values[6] = size
    return os.stat_result(values)
