"""Ledgers, charges and settlements in memory; the ports of ``enclave.privacy``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from enclave.privacy.ledger import Ledger, LedgerKey, of_dataset
from enclave.privacy.ports import Charge, Derivation, Freeze, Settlement
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError
from enclave.terms.loss import PrivacyLoss
from tests.fakes.memory_store import FakeClock, Tables

_NOTHING = PrivacyLoss(rho=0)


class MemoryLedgers:
    """Stored ledgers."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def open(self, key: LedgerKey, cap: PrivacyLoss) -> None:
        found = self.get(key)
        if found is None:
            self._tables["ledgers"][key] = Ledger(key=key, cap=cap, spent=_NOTHING)
        else:
            higher = PrivacyLoss(rho=max(cap.rho, found.cap.rho), delta=max(cap.delta, found.cap.delta))
            self._tables["ledgers"][key] = replace(found, cap=higher)

    def get(self, key: LedgerKey) -> Ledger | None:
        return self._tables["ledgers"].get(key)

    def debit(self, keys: Sequence[LedgerKey], loss: PrivacyLoss) -> LedgerKey | None:
        for key in sorted(keys):
            found = self.get(key)
            if found is None or not found.affords(loss):
                return key
            self._tables["ledgers"][key] = replace(found, spent=found.spent + loss)
        return None


class MemoryReplays:
    """Records of the journal that were debited again."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, digest: str, *, at: dt.datetime) -> bool:
        if digest in self._tables["replays"]:
            return False
        self._tables["replays"][digest] = at
        return True


class MemoryFreezes:
    """Frozen datasets."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, dataset: int, *, at: dt.datetime) -> None:
        self._tables["freezes"][dataset] = Freeze(dataset=dataset, at=at, first=None)

    def of(self, dataset: int) -> Freeze | None:
        return self._tables["freezes"].get(dataset)

    def say(self, dataset: int, *, by: int) -> bool:
        found = self.of(dataset)
        if found is None or found.first is not None:
            return False
        self._tables["freezes"][dataset] = replace(found, first=by)
        return True

    def end(self, dataset: int, *, first: int) -> bool:
        found = self.of(dataset)
        if found is None or found.first != first:
            return False
        del self._tables["freezes"][dataset]
        return True


class MemoryCharges:
    """Stored charges and settlements."""

    def __init__(self, tables: Tables, clock: FakeClock) -> None:
        self._tables = tables
        self._clock = clock

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
    ) -> Charge:
        if any((one.project, one.question, one.loss.rho) == (project, question, loss.rho) for one in self._charges()):
            raise ConflictError(rule="P-07", sentence="The same question is being answered just now.")
        charge = Charge(
            id=self._tables.next_id("charges"),
            project=project,
            person=person,
            purpose=purpose,
            question=question,
            asked=asked,
            loss=loss,
            at=self._clock(),
        )
        self._tables["charges"][charge.id] = charge
        self._tables["charge_keys"][charge.id] = tuple(keys)
        return charge

    def find(self, *, project: int, question: str, at_least: int) -> tuple[Charge, Settlement | None] | None:
        found = [one for one in self._charges() if (one.project, one.question) == (project, question) and one.loss.rho >= at_least]
        ranked = sorted(found, key=lambda one: (self.settlement(one.id) is None, -one.loss.rho))
        return (ranked[0], self.settlement(ranked[0].id)) if ranked else None

    def settle(self, settlement: Settlement) -> bool:
        if settlement.charge in self._tables["settlements"]:
            return False
        self._tables["settlements"][settlement.charge] = settlement
        return True

    def settlement(self, charge: int) -> Settlement | None:
        return self._tables["settlements"].get(charge)

    def by_number(self, number: str) -> tuple[Charge, Settlement] | None:
        found = next((one for one in self._tables["settlements"].values() if one.number == number), None)
        return (self._tables["charges"][found.charge], found) if found else None

    def derive(self, derivation: Derivation) -> None:
        if self.derived(project=derivation.project, basis=derivation.basis) is not None:
            raise ConflictError(rule="P-07", sentence="The same question is being answered just now.")
        self._tables["derivations"][derivation.number] = derivation

    def derived(self, *, project: int, basis: str) -> Derivation | None:
        every = self._tables["derivations"].values()
        return next((one for one in every if (one.project, one.basis) == (project, basis)), None)

    def derived_by_number(self, number: str) -> Derivation | None:
        return self._tables["derivations"].get(number)

    def of_project(self, project: int) -> Sequence[Charge]:
        return [one for one in self._charges() if one.project == project]

    def of_dataset(self, dataset: int) -> Sequence[Charge]:
        return [one for one in self._charges() if of_dataset(dataset) in self._tables["charge_keys"][one.id]]

    def today(self, project: int, since: dt.datetime) -> int:
        return sum(one.project == project and one.at >= since for one in self._charges())

    def names(self) -> Iterable[tuple[int, str, dt.datetime]]:
        return [(one.id, one.question, one.at) for one in self._charges()]

    def settled(self) -> set[int]:
        return set(self._tables["settlements"])

    def _charges(self) -> list[Charge]:
        return sorted(self._tables["charges"].values(), key=lambda one: one.id, reverse=True)
