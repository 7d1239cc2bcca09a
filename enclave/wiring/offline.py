"""What the command line does without an installation: scan a file, check outputs. The same parser and checks, in the same jail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from enclave.adapters.jail_checks import JailChecks
from enclave.adapters.jail_parser import JailParser
from enclave.adapters.keys import DataKeys, KeyFolder, LinkageKeys
from enclave.adapters.lookup_folders import LookupFolders
from enclave.adapters.offline_people import OfflinePeople
from enclave.adapters.parquet_store import ParquetStore
from enclave.adapters.scratch import scratch_in
from enclave.adapters.shown_parquet import ShownParquet
from enclave.anonymise.ports import Parser
from enclave.anonymise.pseudonym import Domain, Pseudonyms
from enclave.anonymise.run import OfflinePorts, propose_for
from enclave.anonymise.run import run as run_offline
from enclave.anonymise.scan import scan_file
from enclave.egress_review.offline import Report, check_offline
from enclave.egress_review.policy import Policy
from enclave.isolation.jail import JailFailed, Limits, run
from enclave.terms.canonical import Json

SMALLEST_CELL = 10
JAIL = JailParser(run=run, limits=Limits, failed=JailFailed)
TOKENS = Domain(agency="offline", project="offline")


def scan(path: Path, *, tick: Callable[[int], None]) -> dict[str, Json]:
    """Profile and proposals for a file: classes, counts and row numbers, never values. ``tick`` hears how many rows were read."""
    with path.open("rb") as source:
        return scan_file(source=source, size=path.stat().st_size, name=path.name, parser=JAIL, tick=tick)


def check(paths: list[Path], *, smallest_cell: int = SMALLEST_CELL) -> tuple[Report, ...]:
    """The queue's findings for files, without receipts."""
    files = [(path.name, path.read_bytes()) for path in paths]
    return check_offline(files=files, policy=Policy(smallest_cell=smallest_cell), scanner=JailChecks(run=run, limits=Limits))


def propose(path: Path, *, parser: Parser = JAIL) -> dict[str, Json]:
    """A plan for the file, to be looked through and run."""
    with path.open("rb") as source:
        return propose_for(source=source, size=path.stat().st_size, parser=parser)


def run_plan(
    path: Path, *, plan: Json, keys: Path, out: Path, rejected: Callable[[dict[str, Json]], None], parser: Parser = JAIL
) -> dict[str, Json]:
    """De-identify a file by a plan into a Parquet file; the reports. ``rejected`` hears first which rows cannot be read."""
    folder = KeyFolder(keys)
    linkage = LinkageKeys(folder.key("linkage"))("offline")
    with _offline(path, key=linkage, pseudonyms=folder.key("pseudonyms"), out=out, parser=parser) as (ports, shown):
        try:
            return run_offline(plan=plan, ports=ports, rejected=rejected)
        finally:
            shown.discard()


@contextmanager
def _offline(path: Path, *, key: bytes, pseudonyms: bytes, out: Path, parser: Parser) -> Iterator[tuple[OfflinePorts, ShownParquet]]:
    shown = ShownParquet(out, Pseudonyms(root=pseudonyms, domain=TOKENS).token)
    with TemporaryDirectory(prefix=".enclave-", dir=out.parent) as folder:
        # Sealed with a key that dies with this process: a killed run leaves noise.
        drafts = ParquetStore(Path(folder), DataKeys(Path(folder), key_encryption_key=os.urandom(32)))
        yield (
            OfflinePorts(
                source=lambda: path.open("rb"),
                size=path.stat().st_size,
                parser=parser,
                people=OfflinePeople(),
                files=drafts,
                scratch=scratch_in(Path(folder)),
                lookups=LookupFolders(Path(folder)),
                key=key,
                out=shown,
            ),
            shown,
        )
