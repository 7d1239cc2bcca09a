"""What the heart needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.receipts import Signer
from enclave.audit.work import Begin, Clock
from enclave.catalogue.ports import CatalogueWork
from enclave.privacy.engine_port import Engine
from enclave.privacy.ledger import Ledger, LedgerKey
from enclave.terms.canonical import Json
from enclave.terms.loss import PrivacyLoss


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A debit. ``question`` is the fingerprint of what was asked, ``asked`` its readable canonical form; neither holds data."""

    id: int
    project: int
    person: int
    purpose: str
    question: str
    asked: dict[str, Json]
    loss: PrivacyLoss
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What became of a charge: the noised result and its receipt. Nothing exact was ever stored."""

    charge: int
    number: str
    noised: Json
    receipt: dict[str, Json]
    token: str
    at: dt.datetime


class Ledgers(Protocol):
    """Stored ledgers."""

    def open(self, key: LedgerKey, cap: PrivacyLoss) -> None:
        """Open the ledger, or raise its cap; a cap is never lowered below what was spent, and spending is never reset."""

    def get(self, key: LedgerKey) -> Ledger | None: ...
    def debit(self, keys: Sequence[LedgerKey], loss: PrivacyLoss) -> LedgerKey | None:
        """Debit all, each by one conditional update, in sorted order. Returns the first that cannot pay; the caller then rolls back."""


class Charges(Protocol):
    """Stored charges and settlements."""

    def add(
        self,
        *,
        project: int,
        person: int,
        purpose: str,
        question: str,
        asked: dict[str, Json],
        loss: PrivacyLoss,
        keys: Sequence[LedgerKey],
    ) -> Charge: ...
    def find(self, *, project: int, question: str, at_least: int) -> tuple[Charge, Settlement | None] | None:
        """The charge for this question that paid at least so much rho: the settled one of highest price, else an unsettled one."""

    def settle(self, settlement: Settlement) -> bool:
        """Store the settlement; ``False`` when the charge is settled already: then that one stands."""

    def settlement(self, charge: int) -> Settlement | None: ...
    def by_number(self, number: str) -> tuple[Charge, Settlement] | None: ...
    def of_project(self, project: int) -> Sequence[Charge]: ...
    def of_dataset(self, dataset: int) -> Sequence[Charge]: ...
    def today(self, project: int, since: dt.datetime) -> int:
        """How many charges the project made since then."""


class PrivacyWork(CatalogueWork, Protocol):
    """One transaction of this room."""

    @property
    def ledgers(self) -> Ledgers: ...
    @property
    def charges(self) -> Charges: ...


class Journal(Protocol):
    """A file outside the database and its backups that remembers every reserve, so a restored backup cannot forget spending."""

    def append(self, record: dict[str, Json]) -> None:
        """Durable when it returns."""


@dataclass(frozen=True, kw_only=True)
class PrivacyPorts:
    """Ports of the room. Only the worker can fill them all: it alone has engine and signer."""

    begin: Begin[PrivacyWork]
    clock: Clock
    engine: Engine
    journal: Journal
    signer: Signer
