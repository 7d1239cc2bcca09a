"""The data sharing agreement as data: canonical, hashed, signed by every party, and asked before anything happens.

The fields follow the ICO's data sharing code (2021) as far as the software needs them now; the wording in templates is for a lawyer to check.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from enclave.governance.leaving import Notice
from enclave.terms.canonical import Json, canonical_bytes, fingerprint
from enclave.terms.loss import DELTA_UNITS, PrivacyLoss, exact
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit

_DECIMAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,12})?")
CADENCES = ("", "replace", "append", "snapshot")
_DELTA = re.compile(r"0(\.0{5}[0-9]{1,13})?")


class AgreementState(StrEnum):
    """Where an agreement stands; whether today lies within its dates is asked separately."""

    DRAFT = "draft"
    SIGNING = "signing"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[AgreementState, frozenset[AgreementState]] = {
    AgreementState.DRAFT: frozenset({AgreementState.SIGNING}),
    AgreementState.SIGNING: frozenset({AgreementState.ACTIVE, AgreementState.WITHDRAWN}),
    AgreementState.ACTIVE: frozenset({AgreementState.WITHDRAWN}),
    AgreementState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One dataset under the agreement: its budget for life and a project's share of it, both rho as exact decimal strings.

    ``delta``, below one in 100,000, is the chance, for life, that the promise fails for someone where a question shows only those groups that
    many people are in; "0" means that no such question is answered. The people of a population have the largest of their datasets' deltas.
    ``cadence`` says what each file does: replace, append or snapshot; "" in agreements that do not say.
    """

    dataset: DatasetName
    unit: Unit
    cap: str
    project_share: str
    delta: str = "0"
    cadence: str = ""

    def __post_init__(self) -> None:
        if self.cadence not in CADENCES:
            raise ValueError("a dataset's files replace, append or are snapshots")
        if not _DELTA.fullmatch(self.delta):
            raise ValueError("a delta is a decimal number below 0.00001, of 18 decimals at most")
        if not _budget(self.project_share) <= _budget(self.cap):
            raise ValueError("a project's share is at most the dataset's budget")

    def granting(self, rho: str) -> PrivacyLoss:
        """A ledger's cap of ``rho`` with the item's delta."""
        return PrivacyLoss(rho=PrivacyLoss.allowing(rho).rho, delta=int(exact(self.delta) * DELTA_UNITS))

    def as_json(self) -> dict[str, Json]:
        """The canonical form; agreements signed before there was a delta or a cadence keep their bytes."""
        plain: dict[str, Json] = {
            "dataset": str(self.dataset),
            "unit": self.unit.value,
            "cap": self.cap,
            "project_share": self.project_share,
        }
        later: dict[str, Json] = {"delta": self.delta if self.delta != "0" else "", "cadence": self.cadence}
        return {**plain, **{name: said for name, said in later.items() if said}}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the parties sign. ``population_cap`` bounds what a person may lose over all person-level datasets together, for life.

    ``panel`` delegates the review of outputs to a panel of custodians of the parties; ``reviewers`` is the quorum, two at least.
    """

    title: str
    parties: tuple[str, ...]
    purpose: str
    benefit: str
    lawful_basis: str
    population: str
    population_cap: str
    items: tuple[Item, ...]
    panel: bool
    reviewers: int
    smallest_cell: int
    row_level_clause: str
    starts: dt.date
    ends: dt.date
    notice_days: int

    def __post_init__(self) -> None:
        if len(self.parties) < 1 or len(set(self.parties)) != len(self.parties):
            raise ValueError("an agreement names each party once")
        if any(not text.strip() for text in (self.title, self.purpose, self.benefit, self.lawful_basis)):
            raise ValueError("an agreement states title, purpose, benefit and lawful basis")
        if self.reviewers < 2:
            raise ValueError("at least two custodians review every output")
        if self.starts >= self.ends:
            raise ValueError("an agreement ends after it starts")
        if self.smallest_cell < 1 or self.notice_days < 0:
            raise ValueError("the smallest cell is one at least, and days of notice are not below zero")
        _budget(self.population_cap)
        self._check_items()

    def _check_items(self) -> None:
        if not self.items or len({item.dataset for item in self.items}) != len(self.items):
            raise ValueError("an agreement names each dataset once, and one at least")
        if {item.dataset.agency for item in self.items} - set(self.parties):
            raise ValueError("every dataset belongs to a party")
        if any(item.unit is Unit.ROW for item in self.items) and not self.row_level_clause.strip():
            raise ValueError("row-level protection needs its own clause")
        if any(item.unit is Unit.PERSON for item in self.items) and not self.population.strip():
            raise ValueError("person-level protection names the population it is about")

    def item(self, dataset: DatasetName) -> Item | None:
        """The item for a dataset, if it is covered."""
        return next((item for item in self.items if item.dataset == dataset), None)

    def as_json(self) -> dict[str, Json]:
        """The canonical form that is hashed and signed."""
        return {
            "format": "enclave-agreement/1",
            "title": self.title,
            "parties": list(self.parties),
            "purpose": self.purpose,
            "benefit": self.benefit,
            "lawful_basis": self.lawful_basis,
            "population": self.population,
            "population_cap": self.population_cap,
            "items": [item.as_json() for item in self.items],
            "panel": self.panel,
            "reviewers": self.reviewers,
            "smallest_cell": self.smallest_cell,
            "row_level_clause": self.row_level_clause,
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat(),
            "notice_days": self.notice_days,
        }

    @property
    def digest(self) -> str:
        """What every party signs: the SHA-256 of the canonical JSON."""
        return fingerprint(self.as_json())

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Terms:
        """Rebuild the terms; raises ``ValueError`` or ``KeyError`` on anything malformed.

        What is read back gives the same bytes again: nothing in a body is dropped, guessed or rounded, because the digest is signed.
        """
        parties, items = body["parties"], body["items"]
        if not isinstance(parties, list) or not isinstance(items, list):
            raise ValueError("parties and items are lists")
        made = cls(
            title=str(body["title"]),
            parties=tuple(str(party) for party in parties),
            purpose=str(body["purpose"]),
            benefit=str(body["benefit"]),
            lawful_basis=str(body["lawful_basis"]),
            population=str(body["population"]),
            population_cap=str(body["population_cap"]),
            items=tuple(_item(item) for item in items),
            panel=body["panel"] is True,
            reviewers=_whole(body["reviewers"]),
            smallest_cell=_whole(body["smallest_cell"]),
            row_level_clause=str(body["row_level_clause"]),
            starts=dt.date.fromisoformat(str(body["starts"])),
            ends=dt.date.fromisoformat(str(body["ends"])),
            notice_days=_whole(body["notice_days"]),
        )
        if canonical_bytes(made.as_json()) != canonical_bytes(body):
            raise ValueError("there is something in the agreement that the enclave does not understand")
        return made


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One party's Ed25519 signature over the digest, made with a key its signatory holds; the enclave stores public keys only."""

    agency: str
    person: int
    public_key: str
    signature: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Terms with their signatures so far, and the notices of parties that leave."""

    id: int
    state: AgreementState
    terms: Terms
    signatures: tuple[Signature, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The parties that have not signed yet."""
        signed = {signature.agency for signature in self.signatures}
        return tuple(party for party in self.terms.parties if party not in signed)

    def in_force(self, today: dt.date) -> bool:
        """Whether it permits anything today: signed by all, within its dates, and with a party left that brings data."""
        signed = self.state is AgreementState.ACTIVE and not self.missing
        brings = any(self.left(item.dataset.agency, today) is None for item in self.terms.items)
        return signed and brings and self.terms.starts <= today <= self.terms.ends

    def notice(self, agency: str) -> Notice | None:
        """The notice that this party has given."""
        return next((notice for notice in self.notices if notice.agency == agency), None)

    def left(self, agency: str, today: dt.date) -> Notice | None:
        """The notice under which this party has left by today."""
        given = self.notice(agency)
        return given if given is not None and given.last_day < today else None


def _item(body: Json) -> Item:
    if not isinstance(body, dict):
        raise ValueError("an item is an object")
    return Item(
        dataset=DatasetName.parse(str(body["dataset"])),
        unit=Unit(str(body["unit"])),
        cap=str(body["cap"]),
        project_share=str(body["project_share"]),
        delta=str(body.get("delta", "0")),
        cadence=str(body.get("cadence", "")),
    )


def _budget(text: str) -> PrivacyLoss:
    """An exact decimal that a ledger can hold: what is signed must not fail when the ledgers open."""
    if not _DECIMAL.fullmatch(text) or not (cap := PrivacyLoss.allowing(text)).rho:
        raise ValueError("a budget is a decimal number above zero")
    return cap


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is needed")
    return value
