"""The open version of a dataset for someone who may ask it something, and the table behind a copy."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.audit.work import Clock
from enclave.catalogue.dataset import Dataset, Version
from enclave.governance.agreement import Item
from enclave.governance.permissions import check_may_ask
from enclave.privacy.relation import Table
from enclave.privacy.thaw import check_not_frozen
from enclave.synthetic.copies import Copy
from enclave.synthetic.ports import SyntheticWork
from enclave.terms.errors import NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A dataset's open version as this room needs it."""

    version: Version
    table: Table
    item: Item


def open_subject(*, by: Person, project: int, dataset: DatasetName, work: SyntheticWork, clock: Clock) -> Subject:
    """Permission first, then the open version. Raises the sentence of whatever is missing."""
    _, _, item = check_may_ask(by, project, dataset, today=clock().date(), work=work)
    found = work.datasets.by_name(dataset)
    if found is not None:
        check_not_frozen(found.id, name=dataset, work=work)
    version = work.datasets.answering(found.id) if found else None
    if found is None or version is None:
        raise NotFoundError(rule="Y-01", sentence=f"{dataset} has no open version yet.", instead="Wait until its agency has published one.")
    return Subject(version=version, table=_table(found, version), item=item)


def table_of(copy: Copy, work: SyntheticWork) -> Table:
    """The table a copy is about, open or not: ``privacy.release`` refuses a version that is no longer open."""
    version = work.datasets.version(copy.version)
    dataset = work.datasets.by_id(version.dataset) if version else None
    if version is None or dataset is None:
        raise NotFoundError(rule="Y-01", sentence="The version behind this copy is gone.")
    return _table(dataset, version)


def _table(dataset: Dataset, version: Version) -> Table:
    return Table(version=version.id, dataset=dataset.id, population=dataset.population.id, schema=version.schema)
