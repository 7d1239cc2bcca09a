"""Checkpoints of a real installation: made when the log has grown, read by everybody, and disagreeing with a log that was changed behind them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from enclave.adapters.keys import KeyFolder, signing_key
from enclave.adapters.signing import JwsSigner, JwsVerifier
from enclave.adapters.sql import tables as t
from enclave.adapters.sql.audit import SqlLog, append
from enclave.audit.chain import first_break, link
from enclave.audit.events import Event
from enclave.audit.keep_checkpoint import EVERY, keep_checkpoint
from enclave.cli.audit import run
from enclave.settings.layout import lay_out
from enclave.settings.settings import Profile, Settings
from enclave.wiring.database import now, prepare_database
from enclave.wiring.log import checkpoint_file, verify_log
from enclave.wiring.worker import Worker, build_worker


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", profile=Profile.ROOTLESS)
    lay_out(made)
    prepare_database(made)
    return made


@pytest.fixture
def worker(settings: Settings):  # type: ignore[no-untyped-def]
    made = build_worker(settings)
    yield made
    made.database.close()


def happen(worker: Worker, times: int = 1) -> None:
    with worker.database.transaction() as connection:
        append(connection, [Event(kind="query.reserved", by=1, subject="project:1")] * times, now)


def test_one_is_made_when_the_log_has_grown_and_the_last_is_old(worker: Worker, settings: Settings) -> None:
    assert not worker.keep_checkpoint(), "of an empty log there is nothing to say"
    happen(worker)
    assert worker.keep_checkpoint()
    happen(worker)
    assert not worker.keep_checkpoint(), "the last one is new"
    assert len(checkpoint_file(settings).tokens()) == 1
    assert verify_log(settings).holds
    later = Aged(worker, settings)
    assert later.keep()
    assert not Aged(worker, settings, hours=99).keep(), "nothing has happened since"
    assert len(checkpoint_file(settings).tokens()) == 2
    assert settings.folder("public", "checkpoints.txt").stat().st_mode & 0o777 == 0o644


class Aged:
    """The worker some hours later."""

    def __init__(self, worker: Worker, settings: Settings, hours: float = EVERY.total_seconds() / 3_600) -> None:
        key = signing_key(KeyFolder(settings.folder("keys", "worker")), settings.folder("public"))
        self._ports = {"log": SqlLog(worker.database), "kept": checkpoint_file(settings), "signer": JwsSigner(key)}
        self._verifier = JwsVerifier(key.public_key())
        self._now = now() + dt.timedelta(hours=hours)

    def keep(self) -> bool:
        return keep_checkpoint(**self._ports, verifier=self._verifier, clock=lambda: self._now)


def test_a_log_rewritten_behind_a_checkpoint_is_found(worker: Worker, settings: Settings, tmp_path: Path) -> None:
    """Whoever has the database writes every digest anew: the chain holds, and the checkpoint does not agree."""
    happen(worker, 3)
    worker.keep_checkpoint()
    kept = tmp_path / "kept.txt"
    kept.write_text(settings.folder("public", "checkpoints.txt").read_text())
    with worker.database.transaction() as connection:
        previous = "0" * 64
        for row in connection.execute(select(t.audit_entry).order_by(t.audit_entry.c.sequence)).all():
            event = Event(kind="query.reserved", by=2, subject=row.subject)
            made = link(sequence=row.sequence, at=row.at, event=event, previous=row.previous if row.sequence == 1 else previous)
            previous = made.digest
            connection.execute(
                update(t.audit_entry)
                .where(t.audit_entry.c.sequence == row.sequence)
                .values(by=2, previous=made.previous, digest=made.digest)
            )
        connection.execute(update(t.audit_head).values(digest=previous))
    assert first_break(SqlLog(worker.database).entries()) is None
    assert "rewritten" in verify_log(settings).sentence
    settings.folder("public", "checkpoints.txt").unlink()  # the same hand removes the enclave's own copy
    assert run(settings, against=None) == 0
    assert run(settings, against=kept) == 1


def test_a_log_that_was_cut_is_found(worker: Worker, settings: Settings) -> None:
    happen(worker, 3)
    worker.keep_checkpoint()
    with worker.database.transaction() as connection:
        connection.execute(delete(t.audit_entry).where(t.audit_entry.c.sequence > 1))
        first = connection.execute(select(t.audit_entry)).one()
        connection.execute(update(t.audit_head).values(sequence=1, digest=first.digest))
    assert "its end was cut off" in verify_log(settings).sentence


@pytest.mark.parametrize("content", ["", "\n", "nonsense\n"])
def test_a_file_that_holds_no_checkpoint_vouches_for_nothing(worker: Worker, settings: Settings, tmp_path: Path, content: str) -> None:
    happen(worker)
    (tmp_path / "kept.txt").write_text(content)
    assert run(settings, against=tmp_path / "kept.txt") == 1
