"""One dataset's way in: the state of its upload says what the agency's officer does next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declare import declare
from enclave.catalogue.receive import begin_upload, finish_upload, receive_part
from enclave.catalogue.upload import Upload, UploadState
from enclave.catalogue.weigh import confirm
from enclave.demo import world
from enclave.demo.files import Files
from enclave.demo.plans import plan
from enclave.demo.ports import DemoPorts, Progress
from enclave.demo.world import Supply
from enclave.governance.roles import Role
from enclave.terms.errors import ConflictError, OperatorError
from enclave.terms.person import Person

PART = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Feeding:
    """One call of ``feed``. ``old`` are uploads refused before it began, which are tried again once; ``refused`` fills up with this call's."""

    ports: DemoPorts
    files: Files
    progress: Progress
    old: frozenset[int]
    refused: dict[str, str]


def old_refusals(ports: DemoPorts) -> frozenset[int]:
    """Uploads of the demo's datasets that were refused: what failed then may have been the machine's fault."""
    datasets = [_dataset(supply, ports) for supply in world.SUPPLIES]
    with ports.catalogue.begin() as work:
        uploads = [upload for dataset in datasets for upload in work.uploads.of_dataset(dataset.id)]
    return frozenset(upload.id for upload in uploads if upload.state is UploadState.REFUSED)


def advance(supply: Supply, call: Feeding) -> bool:
    """Take the next steps for one dataset; whether it is done, be it published or refused."""
    dataset = _dataset(supply, call.ports)
    with call.ports.catalogue.begin() as work:
        published = bool(work.datasets.versions(dataset.id))
    if published or str(supply.dataset) in call.refused:
        return True
    try:
        return _step(supply, dataset, call)
    except ConflictError:
        # Somebody works on it by hand, or a second demo runs: look again later.
        return False


def _step(supply: Supply, dataset: Dataset, call: Feeding) -> bool:
    officer, file, ports = _officer(supply, call.ports), call.files.of(supply, progress=call.progress), call.ports.catalogue
    upload = _ours(dataset, file, call) or begin_upload(by=officer, dataset=dataset.id, expected=file.stat().st_size, ports=ports)
    if upload.state is UploadState.RECEIVING:
        upload = _send(file, upload, officer, call)
    if upload.state is UploadState.DECLARING:
        declaration = plan(supply.dataset, people=None if supply.force else call.files.people)
        upload = declare(by=officer, upload=upload.id, declaration=declaration, ports=ports)
    if upload.state is UploadState.WEIGHING:
        upload = confirm(by=officer, upload=upload.id, limits=None, ports=ports)
    if upload.state is UploadState.REFUSED:
        call.refused[str(supply.dataset)] = upload.sentence
    call.progress(f"{supply.dataset}: {upload.state.value}")
    return upload.state in {UploadState.PUBLISHED, UploadState.REFUSED}


def _send(file: Path, upload: Upload, officer: Person, call: Feeding) -> Upload:
    """The parts that are not there yet, then the word that it is all."""
    ports = call.ports.catalogue
    with file.open("rb") as handle:
        handle.seek(upload.received)
        while data := handle.read(PART):
            upload = receive_part(by=officer, upload=upload.id, offset=upload.received, data=data, ports=ports)
    return finish_upload(by=officer, upload=upload.id, ports=ports)


def _ours(dataset: Dataset, file: Path, call: Feeding) -> Upload | None:
    """The demo's newest upload of the dataset. One of another length is somebody's own, and none of our business."""
    with call.ports.catalogue.begin() as work:
        uploads = work.uploads.of_dataset(dataset.id)
    length = file.stat().st_size
    ours = (one for one in uploads if one.expected == length and one.state is not UploadState.WITHDRAWN and one.id not in call.old)
    return next(ours, None)


def _dataset(supply: Supply, ports: DemoPorts) -> Dataset:
    with ports.catalogue.begin() as work:
        found = work.datasets.by_name(supply.dataset)
    if found is None:
        raise _not_founded()
    return found


def _officer(supply: Supply, ports: DemoPorts) -> Person:
    """The agency's data officer. Found without credentials: feeding needs no key to the accounts."""
    name = world.holder(Role.DATA_OFFICER, supply.dataset.agency).name
    with ports.identity.begin() as work:
        found = next((person for person in work.accounts.people() if person.name == name), None)
    if found is None:
        raise _not_founded()
    return found


def _not_founded() -> OperatorError:
    return OperatorError(rule="D-05", sentence="The demo is not founded here yet.", instead="Start it with enclave demo.")
