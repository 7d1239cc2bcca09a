"""A request to take files out, with what surrounds it: project, people, agreement, and what its receipts say it is made of.

Whether somebody sees the request at all, and how much of it, is decided by ``egress_review.visibility`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.dataset import Dataset, Version
from enclave.egress_review.ports import EgressPorts
from enclave.egress_review.visibility import Standing, View, see
from enclave.governance.agreement import Agreement
from enclave.governance.project import Project
from enclave.oversight.effect import Effect
from enclave.oversight.owner_page import asked_version
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.privacy.ports import Charge
from enclave.terms.errors import NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One receipt that the author named: the answer it stands for. ``charge`` is ``None`` for a number that is not known."""

    number: str
    charge: Charge | None
    dataset: Dataset | None
    version: Version | None


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    """``people`` are all who appear in votes and downloads, by number. ``proofs`` are for reviewers and the author."""

    view: View
    project: Project
    datasets: tuple[Dataset, ...]
    agreement: Agreement
    author: Person
    people: dict[int, Person]
    proofs: tuple[Proof, ...]
    effects: tuple[Effect, ...]


def request_page(*, by: Person, request: int, ports: OversightPorts, egress: EgressPorts) -> RequestPage:
    """The request as this person may see it, with its surroundings."""
    view = see(by=by, request=request, ports=egress)
    found = view.request
    with ports.begin() as work:
        project = work.projects.by_id(found.project)
        agreement = work.agreements.by_id(project.agreement) if project else None
        people = {person.id: person for person in work.accounts.people()}
        if project is None or agreement is None or found.author not in people:
            raise NotFoundError(rule="E-10", sentence="There is no such request.", instead="Open it from your list.")
        numbers = found.receipts if view.standing is not Standing.MEMBER else ()
        return RequestPage(
            view=view,
            project=project,
            datasets=tuple(dataset for name in project.datasets if (dataset := work.datasets.by_name(name)) is not None),
            agreement=agreement,
            author=people[found.author],
            people=people,
            proofs=tuple(_proof(number, work) for number in numbers),
            effects=tuple(effect for effect in work.effects.all() if effect.request == request),
        )


def _proof(number: str, work: OversightWork) -> Proof:
    paid = work.charges.by_number(number)
    if paid is None:
        return Proof(number=number, charge=None, dataset=None, version=None)
    charge, settlement = paid
    named = settlement.receipt.get("dataset")
    dataset = work.datasets.by_name(DatasetName.parse(named)) if isinstance(named, str) else None
    return Proof(number=number, charge=charge, dataset=dataset, version=work.datasets.version(asked_version(charge)))
