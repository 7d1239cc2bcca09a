"""The portal's ports: everything but keys to data, engine and signer, which only the worker has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from enclave.adapters.keys import quarantine_public
from enclave.adapters.lookup_folders import LookupFolders
from enclave.adapters.pace import slotted
from enclave.adapters.quarantine import SealedParts
from enclave.adapters.rpc import call
from enclave.adapters.signing import JwsVerifier, ed25519_holds
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.work import Transactions
from enclave.catalogue.ports import CataloguePorts
from enclave.dp_queries.ports import Derive, Fulfilled, Order, QueryPorts
from enclave.egress_review.ports import EgressPorts
from enclave.governance.ports import GovernancePorts
from enclave.identity.ports import IdentityPorts
from enclave.oversight.ports import OversightPorts
from enclave.settings.layout import socket_path
from enclave.settings.settings import Settings
from enclave.synthetic.ports import CopyPorts
from enclave.terms.canonical import Json
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person
from enclave.wiring.database import account_sealer, now, open_database, transactions
from enclave.wiring.egress import egress_ports


class ReadTexts(Protocol):
    """Opens one page of an upload's redacted texts for its officer."""

    def __call__(self, *, by: Person, upload: int, column: int, page: int) -> Sequence[str]: ...


@dataclass(frozen=True, kw_only=True)
class Portal:
    """What pages and API call. ``begin`` opens a unit of work for reading what pages show."""

    settings: Settings
    database: Database
    transactions: Transactions
    log: SqlLog
    verifier: JwsVerifier
    identity: IdentityPorts
    governance: GovernancePorts
    catalogue: CataloguePorts
    oversight: OversightPorts
    queries: QueryPorts
    synthetic: CopyPorts
    egress: EgressPorts
    lookups: LookupFolders
    texts: ReadTexts


def build_portal(settings: Settings) -> Portal:
    """Wire the portal. The worker must have started once before: it makes the public keys."""
    database = open_database(settings)
    work = transactions(database, sealer=account_sealer(settings))
    known = verifier(settings)
    return Portal(
        settings=settings,
        database=database,
        transactions=work,
        log=SqlLog(database),
        verifier=known,
        identity=IdentityPorts(begin=work.begin, clock=now),
        governance=GovernancePorts(begin=work.begin, clock=now, signature_holds=ed25519_holds),
        catalogue=CataloguePorts(
            begin=work.begin,
            clock=now,
            quarantine=SealedParts(settings.folder("quarantine"), quarantine_public(settings.folder("public"))),
            lists=SealedParts(settings.folder("quarantine", "lists"), quarantine_public(settings.folder("public"))),
        ),
        oversight=OversightPorts(begin=work.begin, clock=now),
        queries=QueryPorts(begin=work.begin, clock=now, worker=_RemoteWorker(settings), derive=_remote_derive(settings), pace=slotted),
        synthetic=CopyPorts(begin=work.begin, clock=now),
        egress=egress_ports(settings, transactions=work, verifier=known),
        lookups=LookupFolders(settings.folder("lookups")),
        texts=_remote_texts(settings),
    )


def verifier(settings: Settings) -> JwsVerifier:
    """Verifies what the worker signed."""
    return JwsVerifier(Ed25519PublicKey.from_public_bytes(settings.folder("public", "signing.pub").read_bytes()))


class _RemoteWorker:
    """The worker over its socket."""

    def __init__(self, settings: Settings) -> None:
        self._path = socket_path(settings, "worker")

    def __call__(self, *, by: Person, order: Order) -> Fulfilled:
        reply = call(self._path, "fulfil", {"person": by.id, "order": order.as_json()})
        return Fulfilled(
            noised=_object(reply["noised"]),
            receipt=_object(reply["receipt"]),
            loss=PrivacyLoss(rho=int(str(reply["rho"])), delta=int(str(reply["delta"]))),
            spent=PrivacyLoss(rho=int(str(reply["spent_rho"])), delta=int(str(reply["spent_delta"]))),
        )


def _remote_derive(settings: Settings) -> Derive:
    """The worker over its socket: only it can sign."""

    def derive(*, by: Person, order: Order, parents: Sequence[str]) -> dict[str, Json]:
        reply = call(socket_path(settings, "worker"), "derive", {"person": by.id, "order": order.as_json(), "parents": list(parents)})
        return _object(reply["receipt"])

    return derive


def _remote_texts(settings: Settings) -> ReadTexts:
    """The worker over its socket: only it can open what was drawn of an upload's texts."""

    def read(*, by: Person, upload: int, column: int, page: int) -> Sequence[str]:
        reply = call(socket_path(settings, "worker"), "texts", {"person": by.id, "upload": upload, "column": column, "page": page})
        cells = reply["cells"]
        return [str(cell) for cell in cells] if isinstance(cells, list) else []

    return read


def _object(body: Json) -> dict[str, Json]:
    if not isinstance(body, dict):
        raise ValueError("an object is needed")
    return body
