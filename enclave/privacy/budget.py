"""What is left, for a project's questions to a dataset: the least of its share, the dataset's and the population's budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.governance.agreement import Item
from enclave.privacy.ledger import Ledger, LedgerKey, LedgerKind, of_dataset, of_population, of_project, shortage
from enclave.privacy.ports import PrivacyWork
from enclave.terms.answer import Left
from enclave.terms.loss import PrivacyLoss

_NOTHING = PrivacyLoss(rho=0)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What three ledgers have left, and the caps they started from."""

    project: PrivacyLoss
    project_cap: PrivacyLoss
    dataset: PrivacyLoss
    dataset_cap: PrivacyLoss
    population: PrivacyLoss
    population_cap: PrivacyLoss

    @property
    def least(self) -> PrivacyLoss:
        """What the next question can cost at most."""
        return min(self.project, self.dataset, self.population)

    def check(self, loss: PrivacyLoss) -> None:
        """Raise ``BudgetError`` if one of the three cannot pay: now and for nothing. Whether it really can is decided by the debit alone."""
        for ledger in self._ledgers:
            if not ledger.affords(loss):
                raise shortage(ledger, loss)

    def affords(self, loss: PrivacyLoss) -> bool:
        """Whether all three can pay."""
        return all(ledger.affords(loss) for ledger in self._ledgers)

    @property
    def _ledgers(self) -> list[Ledger]:
        three = (
            (LedgerKind.PROJECT, self.project, self.project_cap),
            (LedgerKind.DATASET, self.dataset, self.dataset_cap),
            (LedgerKind.POPULATION, self.population, self.population_cap),
        )
        return [
            Ledger(key=LedgerKey(kind=kind, subject=""), cap=cap, spent=PrivacyLoss(rho=cap.rho - left.rho, delta=cap.delta - left.delta))
            for kind, left, cap in three
        ]

    def after(self, loss: PrivacyLoss) -> Left:
        """For people: what would be left and how many more questions like this one that is."""
        left = max(0, self.least.rho - loss.rho)
        more = left // loss.rho if loss.rho else 0
        words = f"privacy loss {self.project.text_down} of {self.project_cap.text} left for your project"
        if loss.rho:
            words += f": after this, enough for about {more:,} like it"
        return Left(project=self.project.text_down, dataset=self.dataset.text_down, population=self.population.text_down, words=words)


def budget_of(*, work: PrivacyWork, project: int, dataset: int, population: int, item: Item) -> Budget:
    """The budget as it stands; a ledger that is not open yet has nothing, a share not opened yet has all of it."""
    share, own = work.ledgers.get(of_project(project, dataset)), work.ledgers.get(of_dataset(dataset))
    people = work.ledgers.get(of_population(population))
    cap = item.granting(item.project_share)
    return Budget(
        project=share.left if share else cap,
        project_cap=share.cap if share else cap,
        dataset=own.left if own else _NOTHING,
        dataset_cap=own.cap if own else _NOTHING,
        population=people.left if people else _NOTHING,
        population_cap=people.cap if people else _NOTHING,
    )


def tightest(budgets: Sequence[Budget]) -> Budget:
    """For a question to several datasets: the budget that has least, since each is charged the whole price."""
    return min(budgets, key=lambda budget: budget.least)
