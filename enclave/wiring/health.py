"""Gates of the data side, for ``enclave doctor``: each is tried, not looked up."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import inspect

from enclave.adapters.lookup_folders import LookupFolders
from enclave.isolation.jail import JailFailed, Limits
from enclave.isolation.jail import run as run_jailed
from enclave.settings.layout import FOLDERS
from enclave.settings.settings import Profile, Settings
from enclave.terms.errors import OperatorError
from enclave.wiring.database import now, open_database
from enclave.wiring.log import verify_log

ROOM = 2 * 1024**3


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One gate: is it on, is it the lower one of profile ``rootless``, and what that means in a sentence."""

    name: str
    ok: bool
    weaker: bool = False
    sentence: str


def health(settings: Settings) -> tuple[Gate, ...]:
    """Every gate of the data side. A gate that cannot be tried is off."""
    checks: tuple[tuple[str, Callable[[Settings], Gate]], ...] = (
        ("jail for files", _jail),
        ("folders", _folders),
        ("database", _database),
        ("lookups", _lookups),
        ("log", _log),
        ("disk", _disk),
        ("clock", _clock),
        ("separate users", _users),
    )
    return tuple(_tried(name, check, settings) for name, check in checks)


def _tried(name: str, check: Callable[[Settings], Gate], settings: Settings) -> Gate:
    try:
        return check(settings)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the gate is not proven on
        return Gate(name=name, ok=False, sentence=f"This could not be checked ({type(error).__name__}).")


def _jail(_: Settings) -> Gate:
    limits = Limits(cpu_seconds=10, wall_seconds=20, memory_bytes=512 << 20, output_bytes=1 << 20, files=16)
    try:
        frames = list(run_jailed("selftest.probe", source=io.BytesIO(b""), params={"try": "look around"}, limits=limits))
    except JailFailed as failed:
        return Gate(name="jail for files", ok=False, sentence=f"Uploaded files cannot be read safely here ({failed.reason}).")
    return Gate(name="jail for files", ok=bool(frames), sentence="Uploaded files are read in a jail without network or files.")


def _folders(settings: Settings) -> Gate:
    wrong = [folder.path or "home" for folder in FOLDERS if not _as_declared(settings, folder.path, folder.mode)]
    if wrong:
        return Gate(
            name="folders", ok=False, sentence=f"Folders are missing or open to others: {', '.join(wrong)}. Start the enclave once."
        )
    return Gate(name="folders", ok=True, sentence="Every folder belongs to the process that needs it.")


def _as_declared(settings: Settings, path: str, mode: int) -> bool:
    found = settings.folder(*path.split("/"))
    return found.is_dir() and found.stat().st_mode & 0o007 & ~mode == 0


def _database(settings: Settings) -> Gate:
    database = open_database(settings)
    try:
        with database.reading() as connection:
            tables = len(inspect(connection).get_table_names())
    finally:
        database.close()
    if not tables:
        return Gate(name="database", ok=False, sentence="The database is empty: start the enclave once.")
    return Gate(name="database", ok=True, sentence=f"The database answers and has {tables} tables.")


def _lookups(settings: Settings) -> Gate:
    folders = LookupFolders(settings.folder("lookups"))
    try:
        folders.check()
    except OperatorError as error:
        return Gate(name="lookups", ok=False, sentence=error.sentence)
    return Gate(name="lookups", ok=True, sentence=f"{len(folders.all())} tables of places can be read.")


def _log(settings: Settings) -> Gate:
    verdict = verify_log(settings)
    return Gate(name="log", ok=verdict.holds, sentence=verdict.sentence)


def _disk(settings: Settings) -> Gate:
    free = shutil.disk_usage(settings.home).free
    return Gate(name="disk", ok=free > ROOM, sentence=f"About {free / 1e9:,.0f} GB are free where data lies.")


def _clock(_: Settings) -> Gate:
    ok = now() > dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Gate(
        name="clock", ok=ok, sentence="The clock is plausible; one-time codes need it to be right." if ok else "The clock is wrong."
    )


def _users(settings: Settings) -> Gate:
    full = settings.profile is Profile.FULL
    said = (
        "Portal, worker, hub and every notebook run as users of their own."
        if full
        else "Everything runs as one user: whoever can be that user on this machine can read all. For demo or public data only."
    )
    return Gate(name="separate users", ok=True, weaker=not full, sentence=said)
