"""Derived receipts in both databases: one for each basis, found by number, exactly as they were stored."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.migrate import migrate
from enclave.adapters.sql.work import Transactions
from enclave.privacy.ports import Derivation
from enclave.terms.errors import ConflictError
from tests.factories.world import make_world
from tests.fakes.memory_catalogue import MemoryQuarantine


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_a_derivation_is_stored_once_and_found_again(database_url: str) -> None:
    database = Database(database_url)
    migrate(database.engine)
    transactions = Transactions(database, clock=_clock, sealer=Sealer(bytes(32)))
    world = make_world(begin=transactions.begin, clock=_clock, quarantine=MemoryQuarantine())
    made = Derivation(
        project=world.project.id,
        person=world.people["rosa"].id,
        basis="b" * 64,
        number="d-1",
        noised={"headings": [], "rows": [{"cells": ["1.5"], "errors": [None]}]},
        receipt={"number": "d-1", "rho": 0, "parents": ["r-1"]},
        token="a.b.c",
        at=_clock(),
    )
    with transactions.begin() as work:
        work.charges.derive(made)
        with pytest.raises(ConflictError):
            work.charges.derive(dataclasses.replace(made, number="d-2"))
    with transactions.begin() as work:
        assert work.charges.derived(project=made.project, basis=made.basis) == made
        assert work.charges.derived_by_number("d-1") == made
        assert work.charges.derived_by_number("d-2") is None
        assert work.charges.derived(project=made.project, basis="c" * 64) is None
    database.close()
