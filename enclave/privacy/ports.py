"""What the heart needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """An answer put together from earlier ones: its table and its receipt. ``basis`` is the fingerprint of question, parents and layout."""

    project: int
    person: int
    basis: str
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
    def derive(self, derivation: Derivation) -> None:
        """Store it. Raises ``ConflictError`` when the project has one on the same basis."""

    def derived(self, *, project: int, basis: str) -> Derivation | None: ...
    def derived_by_number(self, number: str) -> Derivation | None: ...
    def of_project(self, project: int) -> Sequence[Charge]: ...
    def of_dataset(self, dataset: int) -> Sequence[Charge]: ...
    def today(self, project: int, since: dt.datetime) -> int:
        """How many charges the project made since then."""

    def names(self) -> Iterable[tuple[int, str, dt.datetime]]:
        """Number, question and time of every charge."""

    def settled(self) -> set[int]:
        """The numbers of charges that were answered."""


class Replays(Protocol):
    """Which records of the journal have been debited again."""

    def add(self, digest: str, *, at: dt.datetime) -> bool:
        """Remember the record; ``False`` when it is remembered already."""


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """A dataset that answers nothing; ``first`` is the custodian who would let it, when there is one."""

    dataset: int
    at: dt.datetime
    first: int | None


class Freezes(Protocol):
    """Frozen datasets."""

    def add(self, dataset: int, *, at: dt.datetime) -> None:
        """Freeze it. Where it is frozen already, a first word that was given before counts no longer."""

    def of(self, dataset: int) -> Freeze | None: ...
    def say(self, dataset: int, *, by: int) -> bool:
        """Keep the first custodian's word, if nobody's is kept yet."""

    def end(self, dataset: int, *, first: int) -> bool:
        """Let it answer again, if it is still frozen with this first word."""


class PrivacyWork(CatalogueWork, Protocol):
    """One transaction of this room."""

    @property
    def ledgers(self) -> Ledgers: ...
    @property
    def charges(self) -> Charges: ...
    @property
    def replays(self) -> Replays: ...
    @property
    def freezes(self) -> Freezes: ...


class Journal(Protocol):
    """A file outside the database and its backups that remembers every reserve, so a restored backup cannot forget spending."""

    def append(self, record: dict[str, Json]) -> None:
        """Durable when it returns."""


class Thawing(Protocol):
    """What letting a frozen dataset answer again needs."""

    @property
    def begin(self) -> Begin[PrivacyWork]: ...


@dataclass(frozen=True, kw_only=True)
class PrivacyPorts:
    """Ports of the room. Only the worker can fill them all: it alone has engine and signer."""

    begin: Begin[PrivacyWork]
    clock: Clock
    engine: Engine
    journal: Journal
    signer: Signer
