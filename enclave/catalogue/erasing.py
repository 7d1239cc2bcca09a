"""Ask for a closed version to be destroyed, a stated time later."""

from __future__ import annotations

import datetime as dt

from enclave.catalogue.person_list import ERASED_AFTER
from enclave.catalogue.ports import CatalogueWork
from enclave.jobs.job import NOT_BEFORE, JobKind


def ask_to_erase(version: int, work: CatalogueWork, *, at: dt.datetime) -> None:
    """Ask once: file and key of the version go when what was under way has ended."""
    if not work.jobs.of(f"version:{version}"):
        due = (at + ERASED_AFTER).astimezone(dt.UTC).isoformat(timespec="seconds")
        work.jobs.ask(kind=JobKind.ERASE_VERSION, subject=f"version:{version}", parameters={"version": version, NOT_BEFORE: due})
