"""The worker's ports: the one process with data keys, engine and signer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from enclave.adapters.dbos_jobs import Jobs, Progress
from enclave.adapters.jail_parser import JailParser
from enclave.adapters.journal import FileJournal
from enclave.adapters.keys import DataKeys, KeyFolder, LinkageKeys, quarantine_pair, signing_key
from enclave.adapters.lookup_folders import LookupFolders
from enclave.adapters.parquet_store import ParquetStore
from enclave.adapters.quarantine import OpenParts
from enclave.adapters.rpc import Handler
from enclave.adapters.scratch import scratch_in
from enclave.adapters.sealing import Sealer
from enclave.adapters.signing import JwsSigner, JwsVerifier
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.people import SqlPersonIndex
from enclave.adapters.sql.traces import SqlTraces
from enclave.adapters.sql.work import Transactions
from enclave.adapters.text_samples import SealedSamples
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.erasing.clear_up import clear_up
from enclave.anonymise.erasing.erase_version import bury, erase_version
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.anonymise.publishing.show_texts import ShowPorts, show_texts
from enclave.anonymise.removal.put_in_force import revive_lists
from enclave.anonymise.removal.read_list import read_list
from enclave.anonymise.removal.rebuild import rebuild
from enclave.anonymise.removal.sweep_unsent import sweep_unsent
from enclave.audit.keep_checkpoint import keep_checkpoint
from enclave.dp_queries.derive import derive
from enclave.dp_queries.fulfil import fulfil
from enclave.dp_queries.ports import Order
from enclave.egress_review.check import check
from enclave.egress_review.ports import EgressPorts
from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.isolation.jail import JailFailed, Limits
from enclave.isolation.jail import run as run_jailed
from enclave.jobs.job import Job, JobKind
from enclave.privacy.ports import PrivacyPorts
from enclave.privacy.recover import recover
from enclave.settings.settings import Settings
from enclave.synthetic.ports import SyntheticPorts
from enclave.synthetic.run_fit import run_fit
from enclave.terms.canonical import Json
from enclave.terms.errors import SignInError
from enclave.terms.person import Person
from enclave.wiring.backup import RESTORED
from enclave.wiring.database import now, open_database, transactions
from enclave.wiring.egress import egress_ports
from enclave.wiring.log import checkpoint_file


@dataclass(frozen=True, kw_only=True)
class Worker:
    """What the worker's process runs: its jobs, the methods it answers on its socket, and a checkpoint of the log every few hours."""

    database: Database
    jobs: Jobs
    methods: dict[str, Handler]
    keep_checkpoint: Callable[[], bool]


def build_worker(settings: Settings) -> Worker:
    """Wire the worker; its keys are made on first use."""
    private, public = KeyFolder(settings.folder("keys", "worker")), settings.folder("public")
    database = open_database(settings)
    work = transactions(database)
    signing = signing_key(private, public)
    signer = JwsSigner(signing)
    quarantine = OpenParts(settings.folder("quarantine"), quarantine_pair(private, public))
    lists = OpenParts(settings.folder("quarantine", "lists"), quarantine_pair(private, public))
    data_keys = DataKeys(settings.folder("keys", "worker", "data"), key_encryption_key=private.key("data-wrapping"))
    store = ParquetStore(settings.folder("versions"), data_keys)
    samples = SealedSamples(settings.folder("versions"), data_keys)
    engine = DuckDbEngine(store.reader(work.begin))
    reserves = FileJournal(settings.folder("journal", "reserves.jsonl"))
    privacy = PrivacyPorts(begin=work.begin, clock=now, engine=engine, journal=reserves, signer=signer)

    lookups = LookupFolders(settings.folder("lookups"))
    outputs = egress_ports(settings, transactions=work, verifier=JwsVerifier(signing.public_key()))
    synthetic = SyntheticPorts(begin=work.begin, clock=now, privacy=privacy, timer=time.monotonic, wait=time.sleep)

    tombstones = FileJournal(settings.folder("journal", "tombstones.jsonl"))

    def anonymise(progress: Progress) -> AnonymisePorts:
        return AnonymisePorts(
            begin=work.begin,
            clock=now,
            quarantine=quarantine,
            parser=JailParser(run=run_jailed, limits=Limits, failed=JailFailed),
            people=SqlPersonIndex(database, Sealer(private.key("crosswalk"))),
            traces=SqlTraces(database),
            lists=lists,
            files=store,
            samples=samples,
            scratch=scratch_in(settings.folder("scratch")),
            keys=LinkageKeys(private.key("linkage")),
            lookups=lookups,
            signer=signer,
            tombstones=tombstones,
            progress=progress,
        )

    runs: dict[JobKind, Callable[[Job, Progress], None]] = {
        JobKind.PROFILE_UPLOAD: lambda job, progress: profile(upload=_number(job, "upload"), ports=anonymise(progress)),
        JobKind.CHECK_REQUEST: lambda job, _: _checked(_number(job, "request"), outputs),
        JobKind.FIT_SYNTHETIC: lambda job, _: run_fit(copy=_number(job, "copy"), ports=synthetic),
        JobKind.PREPARE_UPLOAD: lambda job, progress: prepare(upload=_number(job, "upload"), ports=anonymise(progress)),
        JobKind.SWEEP_UPLOAD: lambda job, progress: clear_up(upload=_number(job, "upload"), ports=anonymise(progress)),
        JobKind.PUBLISH_UPLOAD: lambda job, progress: publish(upload=_number(job, "upload"), ports=anonymise(progress)),
        JobKind.READ_LIST: lambda job, progress: read_list(number=_number(job, "list"), ports=anonymise(progress)),
        JobKind.REBUILD_VERSION: lambda job, progress: rebuild(upload=_number(job, "upload"), ports=anonymise(progress)),
        JobKind.ERASE_VERSION: lambda job, progress: erase_version(version=_number(job, "version"), ports=anonymise(progress)),
    }
    bury(ports=anonymise(lambda _percent: None))
    revive_lists(ports=anonymise(lambda _percent: None))
    sweep_unsent(ports=anonymise(lambda _percent: None))
    _recovered(settings, reserves, privacy)
    # Not in the shared database: DBOS unpickles its rows, and whoever writes a pickle decides what runs here.
    own = f"sqlite:///{settings.folder('jobs', 'dbos.sqlite')}"
    jobs = Jobs(transactions=work, database_url=own, lock=settings.folder("run", "worker", "jobs.lock"), runs=runs)
    return Worker(
        database=database,
        jobs=jobs,
        methods={
            "derive": lambda call: _derive(call, work, privacy),
            "fulfil": lambda call: _fulfil(call, work, privacy),
            "texts": lambda call: _texts(call, work, ShowPorts(begin=work.begin, samples=samples)),
            "ping": lambda _: {"up": True},
        },
        keep_checkpoint=lambda: keep_checkpoint(
            log=SqlLog(database),
            kept=checkpoint_file(settings),
            signer=signer,
            verifier=JwsVerifier(signing.public_key()),
            clock=now,
        ),
    )


def _recovered(settings: Settings, reserves: FileJournal, privacy: PrivacyPorts) -> None:
    """What a restore has forgotten; its note goes when everything is done, so a start that was cut short does it again."""
    note = settings.folder(*RESTORED)
    recover(remembered=reserves.records, ports=privacy, restored=note.read_text("ascii") if note.exists() else "")
    note.unlink(missing_ok=True)


def _checked(request: int, ports: EgressPorts) -> None:
    check(request=request, ports=ports)


def _derive(call: dict[str, Json], transactions: Transactions, ports: PrivacyPorts) -> dict[str, Json]:
    """Sign what was put together from earlier answers."""
    order, number, parents = call["order"], call["person"], call["parents"]
    if not isinstance(order, dict) or not isinstance(number, int) or not isinstance(parents, list):
        raise ValueError("not an order")
    named = [str(parent) for parent in parents]
    return {"receipt": derive(by=_person(number, transactions), order=Order.from_json(order), parents=named, ports=ports)}


def _fulfil(call: dict[str, Json], transactions: Transactions, ports: PrivacyPorts) -> dict[str, Json]:
    """Answer an order: who asks is looked up by number, everything else is checked by the use case."""
    order, number = call["order"], call["person"]
    if not isinstance(order, dict) or not isinstance(number, int):
        raise ValueError("not an order")
    made = fulfil(by=_person(number, transactions), order=Order.from_json(order), ports=ports)
    return {
        "noised": made.noised,
        "receipt": made.receipt,
        "rho": made.loss.rho,
        "delta": made.loss.delta,
        "spent_rho": made.spent.rho,
        "spent_delta": made.spent.delta,
    }


def _texts(call: dict[str, Json], transactions: Transactions, ports: ShowPorts) -> dict[str, Json]:
    """A page of redacted texts: who asks is looked up by number, everything else is checked by the use case."""
    person, upload, column, page = (int(str(call[name])) for name in ("person", "upload", "column", "page"))
    return {"cells": list(show_texts(by=_person(person, transactions), upload=upload, column=column, page=page, ports=ports))}


def _person(number: int, transactions: Transactions) -> Person:
    with transactions.begin() as work:
        person = work.accounts.person(number)
    if person is None:
        raise SignInError(rule="I-08", sentence="There is no such person.")
    return person


def _number(job: Job, name: str) -> int:
    return int(str(job.parameters[name]))
