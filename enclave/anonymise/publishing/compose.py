"""The file that is opened as a version: the draft that was weighed and, where the dataset grows, the rows it has, without people whom lists remove.

It is put together at the last moment and not before. What an agency reads of a draft is exact, so a draft holds nothing that depends on who
is on a list or in another register (ADR 9); and a draft that waits for weeks keeps no row of a version that is closed or erased meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.anonymise.removal.listed import Standing, gone_by, standing
from enclave.anonymise.removal.rebuild import rebuild_waiting
from enclave.anonymise.removal.tracer import Tracer
from enclave.anonymise.removal.without import Part, write_without
from enclave.anonymise.treating.shift import check_same_shift
from enclave.anonymise.version.earlier import Earlier
from enclave.catalogue.dataset import Cadence, Dataset
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.upload import UploadState
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Column, Unit


@dataclass(frozen=True, kw_only=True)
class Composed:
    """The file to open, by the lists as they stood, with the rows of version ``grown_from``."""

    draft: Draft
    stands: Standing
    key_id: str
    grown_from: int | None

    def holds(self, dataset: Dataset, work: CatalogueWork) -> bool:
        """Whether lists and the version before are what they were."""
        if standing(dataset, work, key_id=self.key_id) != self.stands:
            return False
        if dataset.cadence is not Cadence.APPEND:
            return True
        former = work.datasets.open_version(dataset.id)
        waiting = any(one.state is UploadState.REBUILDING for one in work.uploads.of_dataset(dataset.id))
        return not waiting and (former.id if former else None) == self.grown_from


def compose(upload: int, dataset: Dataset, declaration: Declaration, draft: Draft, ports: AnonymisePorts) -> Composed:
    """Write that file; the draft itself where nothing joins it and nobody leaves. Raises ``FileRefusedError`` like ``rows_before``."""
    if dataset.cadence is Cadence.APPEND:
        rebuild_waiting(dataset, ports)
    earlier = rows_before(dataset, declaration, ports)
    key_id = Tracer(ports.keys(dataset.population.slug)).key_id
    with ports.begin() as work:
        stands = standing(dataset, work, key_id=key_id)
    if earlier is not None or stands != Standing():
        draft = write_without(
            upload,
            _parts(upload, declaration, draft, earlier, ports),
            _columns(declaration),
            gone=gone_by(stands, dataset, ports.traces),
            expected=declaration.size,
            ports=ports,
            apart=dataset.population.unit is Unit.ROW,
        )
    return Composed(draft=draft, stands=stands, key_id=key_id, grown_from=earlier.version.id if earlier else None)


def rows_before(dataset: Dataset, declaration: Declaration, ports: AnonymisePorts) -> Earlier | None:
    """What a dataset that grows has now. Raises ``FileRefusedError`` where its rows have no place among the declared columns."""
    with ports.begin() as work:
        version = work.datasets.open_version(dataset.id) if dataset.cadence is Cadence.APPEND else None
        if version is None:
            return None
        made = work.uploads.by_id(work.datasets.upload_of(version.id))
    if made is None or made.declaration is None:
        raise OperatorError(rule="A-03", sentence="The upload's dataset or declaration does not exist.")
    check_same_shift(made.declaration, declaration)
    earlier = Earlier(version=version, upload=made.id, files=ports.files)
    earlier.check(_columns(declaration))
    return earlier


def _parts(upload: int, declaration: Declaration, draft: Draft, earlier: Earlier | None, ports: AnonymisePorts) -> Iterator[Part]:
    columns = _columns(declaration)
    for part in ports.files.read_draft(upload, draft, columns):
        yield part.person, part.columns
    if earlier is not None:
        yield from earlier.parts(columns)


def _columns(declaration: Declaration) -> list[Column]:
    return [plan.public for plan in declaration.columns if plan.public]
