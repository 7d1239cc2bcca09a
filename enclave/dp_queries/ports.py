"""What this room needs from outside: a look at public facts and ledgers, and someone who releases."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock
from enclave.privacy.ports import PrivacyWork
from enclave.terms.canonical import Json
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is sent to the worker: numbers of public things and a price. No SQL text travels there.

    ``others`` are the datasets that are joined; ``layout`` says how keys are read in the table that egress compares outputs with.
    ``beside`` are the receipts of answers the bought one will be put together with: it is a measurement of its own, and no earlier one will do.
    """

    project: int
    dataset: int
    aggregate: dict[str, Json]
    outputs: list[Json]
    loss: PrivacyLoss
    others: tuple[int, ...] = ()
    quantiles: tuple[Json, ...] = ()
    layout: dict[str, Json]
    beside: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """The form on the socket."""
        return {
            "project": self.project,
            "dataset": self.dataset,
            "aggregate": self.aggregate,
            "outputs": self.outputs,
            "others": list(self.others),
            "quantiles": list(self.quantiles),
            "layout": self.layout,
            "beside": list(self.beside),
            "rho": self.loss.rho,
            "delta": self.loss.delta,
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Order:
        """Rebuild an order from the socket. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
        aggregate, outputs, others, layout = body["aggregate"], body["outputs"], body["others"], body["layout"]
        quantiles = body["quantiles"]
        if not (isinstance(aggregate, dict) and isinstance(outputs, list) and isinstance(others, list) and isinstance(layout, dict)):
            raise ValueError("not an order")
        beside = body["beside"]
        if not isinstance(quantiles, list) or not isinstance(beside, list):
            raise ValueError("not an order")
        return cls(
            project=int(str(body["project"])),
            dataset=int(str(body["dataset"])),
            aggregate=aggregate,
            outputs=outputs,
            others=tuple(int(str(one)) for one in others),
            quantiles=tuple(quantiles),
            layout=layout,
            loss=PrivacyLoss(rho=int(str(body["rho"])), delta=int(str(body["delta"]))),
            beside=tuple(str(number) for number in beside),
        )


@dataclass(frozen=True, kw_only=True)
class Fulfilled:
    """What comes back: the stored noised result with its receipt, its price, and what was charged now."""

    noised: dict[str, Json]
    receipt: dict[str, Json]
    loss: PrivacyLoss
    spent: PrivacyLoss


class Worker(Protocol):
    """The one process that holds keys, engine and signer."""

    def __call__(self, *, by: Person, order: Order) -> Fulfilled: ...


class Derive(Protocol):
    """Has the worker sign what was put together from earlier answers, named by their receipts."""

    def __call__(self, *, by: Person, order: Order, parents: Sequence[str]) -> dict[str, Json]: ...


class Pace(Protocol):
    """Holds a block until the end of its time slot, whether it succeeds or raises, so that its duration says nothing."""

    def __call__(self, slot: float) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, kw_only=True)
class QueryPorts:
    """Ports of the room."""

    begin: Begin[PrivacyWork]
    clock: Clock
    worker: Worker
    derive: Derive
    pace: Pace
