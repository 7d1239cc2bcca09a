"""Open the ledgers that an agreement grants, when its last party has signed."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset
from enclave.governance.agreement import Agreement, Item
from enclave.privacy.ledger import of_dataset, of_population
from enclave.privacy.ports import PrivacyWork
from enclave.terms.errors import NotFoundError
from enclave.terms.person import Person
from enclave.terms.schema import Unit


def open_ledgers(*, by: Person | None, agreement: Agreement, work: PrivacyWork) -> None:
    """Inside the caller's transaction: population and dataset ledgers with their caps for life. A new agreement may raise a cap, never reset it.

    Row-level datasets are populations of their own rows, so their population's cap is the dataset's.
    """
    for item in agreement.terms.items:
        dataset = work.datasets.by_name(item.dataset)
        if dataset is None or not _as_agreed(dataset, item, agreement):
            raise NotFoundError(rule="P-06", sentence=f"The agreement covers {item.dataset}, which is not registered like that.")
        cap = item.granting(item.cap)
        people = item.granting(agreement.terms.population_cap) if item.unit is Unit.PERSON else cap
        work.ledgers.open(of_dataset(dataset.id), cap)
        work.ledgers.open(of_population(dataset.population.id), people)
        work.record(
            Event(
                kind="privacy.ledger_opened",
                by=by.id if by else None,
                subject=f"dataset:{dataset.id}",
                details={"agreement": agreement.id, "cap": cap.rho, "population_cap": people.rho, "delta": cap.delta},
            )
        )


def _as_agreed(dataset: Dataset, item: Item, agreement: Agreement) -> bool:
    """Whether the dataset protects what was signed, and the people in it are those whose budget was signed."""
    population = dataset.population
    return population.unit is item.unit and (item.unit is Unit.ROW or population.slug == agreement.terms.population)
