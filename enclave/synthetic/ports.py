"""What this room needs from outside. The portal serves copies with ``CopyPorts``; only the worker can fill ``SyntheticPorts`` and fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock
from enclave.privacy.ports import PrivacyPorts, PrivacyWork
from enclave.synthetic.copies import Copy, CopyState
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person


class Copies(Protocol):
    """Stored copies."""

    def add(self, *, project: int, person: int, version: int, loss: PrivacyLoss) -> tuple[Copy, bool]:
        """The copy of that project, version and price, asked for now unless it was before; and whether it is new."""

    def by_id(self, copy: int) -> Copy | None: ...
    def of(self, *, project: int, version: int) -> Sequence[Copy]:
        """Newest first."""

    def move(self, copy: int, *, old: CopyState, new: CopyState, charge: int | None = None) -> bool:
        """Change the state if it is still ``old``."""


class People(Protocol):
    """Who asked."""

    def person(self, person: int) -> Person | None: ...


class SyntheticWork(PrivacyWork, Protocol):
    """One transaction of this room."""

    @property
    def copies(self) -> Copies: ...
    @property
    def accounts(self) -> People: ...


@dataclass(frozen=True, kw_only=True)
class CopyPorts:
    """What serving and asking need: neither data nor keys."""

    begin: Begin[SyntheticWork]
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class SyntheticPorts(CopyPorts):
    """What fitting needs. ``timer`` counts seconds monotonically and ``wait`` sleeps: a fit ends at the end of its time slot."""

    privacy: PrivacyPorts
    timer: Callable[[], float]
    wait: Callable[[float], None]
