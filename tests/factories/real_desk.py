"""A worker's desk over a folder: the real database, quarantine, crosswalk, version files, keys, scratch, signer and tombstones. Only the jail
is missing, for the test's own files.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import func, select

from enclave.adapters.journal import FileJournal
from enclave.adapters.keys import DataKeys, LinkageKeys
from enclave.adapters.lookup_folders import LookupFolders
from enclave.adapters.parquet_store import ParquetStore
from enclave.adapters.quarantine import OpenParts
from enclave.adapters.scratch import scratch_in
from enclave.adapters.sealing import Sealer
from enclave.adapters.signing import JwsSigner, JwsVerifier
from enclave.adapters.sql import tables
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.people import SqlPersonIndex
from enclave.adapters.sql.traces import SqlTraces
from enclave.adapters.sql.work import SqlWork, Transactions
from enclave.adapters.text_samples import SealedSamples
from enclave.anonymise.ports import AnonymisePorts
from enclave.catalogue.upload import UploadState
from enclave.privacy.ledger import of_dataset, of_population
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.fakes.memory_anonymise import parse_here

SIGNING, SEALING = Ed25519PrivateKey.from_private_bytes(b"s" * 32), X25519PrivateKey.from_private_bytes(b"q" * 32)
UPLOAD = DATASET = POPULATION = 1
LEDGERS = (of_dataset(DATASET), of_population(POPULATION))


def clock() -> dt.datetime:
    return dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


class RealDesk:
    """Everything of one dataset below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(f"sqlite:///{folder / 'db.sqlite'}")
        self.work = Transactions(self.database, clock=clock)
        self.quarantine = OpenParts(folder / "quarantine", SEALING)
        keys = DataKeys(folder / "keys", key_encryption_key=b"k" * 32)
        self.files, self.samples = ParquetStore(folder / "versions", keys), SealedSamples(folder / "versions", keys)

    @classmethod
    def new(cls, folder: Path, content: bytes) -> RealDesk:
        """A desk with a file all of whose bytes have arrived, and ledgers from which something was spent."""
        (folder / "quarantine").mkdir(parents=True)
        desk = cls(folder)
        tables.metadata.create_all(desk.database.engine)
        with desk.work.begin() as work:
            agency = work.agencies.add(slug="health", name="Health").id
            person = _person(work)
            population = work.datasets.population(slug="county", unit=Unit.PERSON)
            name = DatasetName(agency="health", dataset="ae")
            work.datasets.add(name=name, agency=agency, population=population, label="A&E", row="one attendance", attribution="")
            work.uploads.add(dataset=DATASET, person=person, expected=len(content))
            for ledger in LEDGERS:
                work.ledgers.open(ledger, PrivacyLoss.costing(1_000))
            assert work.ledgers.debit(LEDGERS, PrivacyLoss.costing(7)) is None
        desk.quarantine.append(UPLOAD, offset=0, data=content)
        with desk.work.begin() as work:
            work.uploads.grew(UPLOAD, old=0, new=len(content))
            work.uploads.move(UPLOAD, old=UploadState.RECEIVING, new=UploadState.PROFILING)
        return desk

    def ports(self) -> AnonymisePorts:
        """The worker's."""
        return AnonymisePorts(
            begin=self.work.begin,
            clock=clock,
            quarantine=self.quarantine,
            parser=parse_here,
            people=SqlPersonIndex(self.database, Sealer(bytes(32))),
            files=self.files,
            samples=self.samples,
            traces=SqlTraces(self.database),
            lists=OpenParts(self.folder / "lists", SEALING),
            scratch=scratch_in(self.folder / "scratch"),
            keys=LinkageKeys(b"l" * 32),
            lookups=LookupFolders(self.folder / "lookups"),
            signer=JwsSigner(SIGNING),
            tombstones=FileJournal(self.folder / "tombstones.jsonl"),
            progress=lambda _percent: None,
        )

    def state(self) -> dict[str, object]:
        """All that must be the same however a run was interrupted. People are told by their rows: their ids are drawn anew."""
        with self.work.begin() as work:
            found = work.uploads.by_id(UPLOAD)
            versions = [(one.number, one.state.value) for one in work.datasets.versions(DATASET)]
            spent = [ledger.spent for key in LEDGERS if (ledger := work.ledgers.get(key))]
        assert found is not None
        with self.database.reading() as connection:
            people = connection.execute(select(func.count()).select_from(tables.linked_person)).scalar_one()
        report = dict(found.report or {})
        verifier = JwsVerifier(SIGNING.public_key())
        signed = {name: verifier.claims(str(report.pop(name))) for name in ("certificate", "version_certificate") if name in report}
        for claims in signed.values():
            assert claims is not None
            claims.pop("sha256")  # of an encrypted file, which is never the same twice
        drafted = {name for name in ("draft", "file") if report.pop(name, None)}
        return {
            "upload": (found.state, found.sentence, found.profile, found.declaration, report, drafted, signed),
            "versions": versions,
            "spent": spent,
            "people": people,
            "log": Counter(entry.event.kind for entry in SqlLog(self.database).entries()),
            "rows": self.rows() if versions and versions[0][1] != "erased" else None,
            "files": sorted(path.suffix for path in (self.folder / "versions").glob("*")),
            "keys": len(list((self.folder / "keys").glob("*"))),
            "raw": sorted(path.name for path in (self.folder / "quarantine").rglob("*")),
        }

    def rows(self) -> list[list[str]]:
        """The version's rows, by person, without ids and ranks."""
        names = ["person", "born", "sex", "arrived", "department", "minutes"]
        of_person: dict[int, list[str]] = {}
        for row in self.files.read(UPLOAD, names).read_all().to_pylist():
            of_person.setdefault(row.pop("person"), []).append(str(sorted(row.items())))
        return sorted(sorted(rows) for rows in of_person.values())


def _person(work: SqlWork) -> int:
    connection = work.uploads._connection  # an account, without the ceremony of credentials
    values = {"name": "olive", "display": "Olive", "password_hash": "", "totp_sealed": b""}
    return int(connection.execute(tables.person.insert().values(values).returning(tables.person.c.id)).scalar_one())
