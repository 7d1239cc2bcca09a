"""Who must not be in the next version of a dataset, by the lists that are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.linkage.identity import Identity
from enclave.anonymise.ports import AnonymisePorts, Traces
from enclave.anonymise.removal.tracer import Tracer
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.person_list import ListKind, ListState, PersonList
from enclave.catalogue.ports import CatalogueWork
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Unit

Gone: TypeAlias = Callable[[Integers], Mask]  # which of these persons must not be there


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Numbers of the lists that count for a dataset. ``consenting``: only who is on ``consents`` may be in it, be that list empty."""

    opt_outs: tuple[int, ...] = ()
    consents: tuple[int, ...] = ()
    consenting: bool = False


def standing(dataset: Dataset, work: CatalogueWork, *, key_id: str) -> Standing:
    """The lists as they stand. Raises ``OperatorError`` where one was made under a former key: nobody on it could be found any more."""
    if dataset.population.unit is not Unit.PERSON:
        return Standing()
    lists = [one for one in work.person_lists.of_population(dataset.population.id) if _counts(one, dataset)]
    in_force = [one for one in lists if one.state is ListState.IN_FORCE]
    if any(one.key != key_id for one in in_force):
        raise OperatorError(
            rule="A-22",
            sentence="A list of people was made under a former linkage key, so nobody on it can be found.",
            instead="Its agency has to send all such lists again, as one list; nothing is published until then.",
        )
    consents = [one for one in lists if one.kind is ListKind.CONSENT and one.state in {ListState.IN_FORCE, ListState.REPLACED}]
    return Standing(
        opt_outs=tuple(sorted(one.id for one in in_force if one.kind is ListKind.OPT_OUT)),
        consents=tuple(sorted(one.id for one in consents if one.state is ListState.IN_FORCE)),
        consenting=bool(consents),
    )


def gone_by(stands: Standing, dataset: Dataset, traces: Traces) -> Gone:
    """Asks once who is meant, when all rows have been noted.

    Who opted out goes wherever the population knows them, also where only another agency's records say that it is them: that must show in
    nothing but noised answers (ADR 9). Who consented stays by what the dataset's own agency knows: it is about its data alone.
    """
    population = dataset.population.id
    removed = np.array(sorted(traces.owners(population, stands.opt_outs)) if stands.opt_outs else [], dtype=np.int64)
    consenting = traces.owners(population, stands.consents, agency=dataset.agency) if stands.consents else []
    kept = np.array(sorted(consenting), dtype=np.int64)

    def gone(person: Integers) -> Mask:
        out = np.isin(person, removed)
        return out | ~np.isin(person, kept) if stands.consenting else out

    return gone


def _counts(one: PersonList, dataset: Dataset) -> bool:
    """An opt-out counts wherever the person may be; a consent list is about its agency's own data."""
    return one.kind is ListKind.OPT_OUT or one.agency == dataset.agency


def note_for(dataset: Dataset, ports: AnonymisePorts) -> Callable[[Iterable[tuple[Identity, int]]], None]:
    """Remembers whom entries of lists would mean among the dataset's people."""
    tracer = Tracer(ports.keys(dataset.population.slug))

    def note(people: Iterable[tuple[Identity, int]]) -> None:
        traces = [(token, person) for who, person in people for token in tracer.traces(who)]
        ports.traces.note(dataset.population.id, traces, agency=dataset.agency)

    return note
