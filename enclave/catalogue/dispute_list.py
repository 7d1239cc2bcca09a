"""Governance looks into a list that may have been made up: holds what it replaced from destruction, and withdraws it or lets it stand."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, Version, VersionState
from enclave.catalogue.erasing import ask_to_erase
from enclave.catalogue.person_list import ListKind, ListState, PersonList, list_step
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.governance.permissions import has_role
from enclave.governance.roles import Role
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError, NotFoundError
from enclave.terms.person import Person

SHORTEST, LONGEST = 10, 300  # characters of a reason


def dispute_list(*, by: Person, number: int, disputed: bool, ports: CataloguePorts) -> None:
    """Begin or end a dispute about a list in force. Meanwhile it counts; what it replaced is kept closed, for ``MOST_HELD`` at most."""
    with ports.begin() as work:
        found = _for_governance(by, number, work)
        if found.state is not ListState.IN_FORCE:
            raise ConflictError(rule="C-36", sentence="Only a list in force is disputed.", instead="Withdraw it instead.")
        if disputed is not (found.disputed is not None):
            work.person_lists.dispute(number, since=ports.clock() if disputed else None)
            kind = "list.disputed" if disputed else "list.dispute_settled"
            work.record(Event(kind=kind, by=by.id, subject=f"list:{number}"))


def withdraw_any(*, by: Person, number: int, reason: str, ports: CataloguePorts) -> None:
    """Withdraw an agency's opt-out list, or one of any kind that is not in force yet; its officers read the reason.

    Of a disputed list, versions it replaced are made again with the rows it removed, as far as they are still there. Twice is harmless.
    """
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        raise AgencyError(
            rule="C-37", sentence="The reason has 10 to 300 characters.", instead="Write a sentence that the agency can answer."
        )
    with ports.begin() as work:
        found = _for_governance(by, number, work)
        if found.state is not ListState.WITHDRAWN:
            _withdraw(by, found, reason, work, ports)
    ports.lists.erase(number)


def _withdraw(by: Person, found: PersonList, reason: str, work: CatalogueWork, ports: CataloguePorts) -> None:
    try:
        change = list_step(found.state, ListState.WITHDRAWN)
    except ValueError:
        change = None
    if change is None or (found.kind is ListKind.CONSENT and found.state is ListState.IN_FORCE):
        raise ConflictError(rule="C-44", sentence="This list can no longer be withdrawn.", instead="Ask its agency to send another one.")
    if not work.person_lists.move(found.id, old=change.old, new=change.new, sentence=reason):
        return
    work.person_lists.forget(found.id)
    work.record(Event(kind=change.event, by=by.id, subject=f"list:{found.id}"))
    for dataset in work.datasets.all() if found.disputed else ():
        if dataset.population.id == found.population:
            _give_back(by, dataset, work, ports)


def _give_back(by: Person, dataset: Dataset, work: CatalogueWork, ports: CataloguePorts) -> None:
    """Make the open version again from the oldest it was made again of; lists that are still in force count in it."""
    version = work.datasets.open_version(dataset.id)
    base = _made_again_of(version, work) if version else None
    if version is None or base is None or not work.datasets.move_version(version.id, old=VersionState.OPEN, new=VersionState.CLOSED):
        return
    made = work.uploads.by_id(work.datasets.upload_of(version.id))
    waiting = work.uploads.add_rebuilding(dataset=dataset.id, person=by.id, version=base.id, declaration=made.declaration if made else None)
    work.jobs.ask(kind=JobKind.REBUILD_VERSION, subject=f"upload:{waiting.id}", parameters={"upload": waiting.id})
    ask_to_erase(version.id, work, at=ports.clock())
    work.record(Event(kind="version.closed", by=by.id, subject=f"dataset:{dataset.id}", details={"version": version.number}))


def _made_again_of(version: Version, work: CatalogueWork) -> Version | None:
    base, at = None, version
    while (upload := work.uploads.by_id(work.datasets.upload_of(at.id))) is not None and upload.rebuilt_from is not None:
        before = work.datasets.version(upload.rebuilt_from)
        if before is None or before.state is not VersionState.CLOSED:
            break
        base = at = before
    return base


def _for_governance(by: Person, number: int, work: CatalogueWork) -> PersonList:
    found = work.person_lists.by_id(number)
    if found is None or not has_role(by, Role.GOVERNANCE, work=work):
        raise NotFoundError(rule="C-42", sentence="There is no such list.", instead="Open it from the page of lists.")
    return found
