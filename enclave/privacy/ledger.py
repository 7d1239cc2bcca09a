"""The ledgers: what may be spent, what was spent, for life.

Every release is debited from the population's ledger, from the dataset's and from the project's share of it, in one transaction and in a
fixed order. Spent amounts only ever grow. Adaptive choice of questions and prices is sound for zCDP while the running sum stays within
the cap: a privacy filter (Feldman & Zrnic 2021; Whitehouse, Ramdas, Rogers & Wu 2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.errors import BudgetError
from enclave.terms.loss import PrivacyLoss


class LedgerKind(StrEnum):
    """Whose budget; the order of the names is the order of locking."""

    DATASET = "dataset"
    POPULATION = "population"
    PROJECT = "project"


@dataclass(frozen=True, kw_only=True, order=True)
class LedgerKey:
    """Which ledger. ``subject`` is a number, or ``project/dataset`` for a project's share."""

    kind: LedgerKind
    subject: str


def of_dataset(dataset: int) -> LedgerKey:
    """The dataset's own ledger."""
    return LedgerKey(kind=LedgerKind.DATASET, subject=str(dataset))


def of_population(population: int) -> LedgerKey:
    """The ledger of everyone in the population."""
    return LedgerKey(kind=LedgerKind.POPULATION, subject=str(population))


def of_project(project: int, dataset: int) -> LedgerKey:
    """A project's share of a dataset."""
    return LedgerKey(kind=LedgerKind.PROJECT, subject=f"{project}/{dataset}")


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One ledger as it stands."""

    key: LedgerKey
    cap: PrivacyLoss
    spent: PrivacyLoss

    def __post_init__(self) -> None:
        if self.spent.rho > self.cap.rho or self.spent.delta > self.cap.delta:
            raise ValueError("a ledger is never overspent")

    @property
    def left(self) -> PrivacyLoss:
        """What may still be spent."""
        return PrivacyLoss(rho=self.cap.rho - self.spent.rho, delta=self.cap.delta - self.spent.delta)

    def affords(self, loss: PrivacyLoss) -> bool:
        """Whether the loss still fits."""
        return loss.rho <= self.left.rho and loss.delta <= self.left.delta


def shortage(ledger: Ledger, requested: PrivacyLoss) -> BudgetError:
    """The refusal when a ledger cannot pay, with what remains and what was requested."""
    if requested.rho <= ledger.left.rho:
        return BudgetError(
            rule="P-10",
            sentence="What the agreement allows for showing groups with many people only (its delta) is used up.",
            instead="Name the values with WHERE column IN (…), or group by wider bins; answers already paid stay free.",
            details={"ledger": ledger.key.kind.value},
        )
    whose = {
        LedgerKind.DATASET: "The dataset's",
        LedgerKind.POPULATION: "The population's",
        LedgerKind.PROJECT: "Your project's",
    }[ledger.key.kind]
    return BudgetError(
        rule="P-01",
        sentence=f"{whose} privacy budget has {ledger.left.text_down} left and this asks for {requested.text_up}.",
        instead=_instead(ledger),
        details={"remaining": ledger.left.text_down, "requested": requested.text_up, "ledger": ledger.key.kind.value},
    )


def _instead(ledger: Ledger) -> str:
    if ledger.left.rho == 0:
        return "Answers already paid stay free; new ones need a new agreement."
    return "Ask with a wider error (a larger within=) or for fewer groups; answers already paid stay free."
