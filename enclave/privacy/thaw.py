"""Let a frozen dataset answer again: two custodians of its agency, who have compared what was answered with what the enclave remembers."""

from __future__ import annotations

from dataclasses import replace

from enclave.audit.events import Event
from enclave.governance.permissions import check_agency_role
from enclave.governance.roles import Role
from enclave.privacy.ports import PrivacyWork, Thawing
from enclave.terms.errors import ConflictError, NotAllowedError, NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


def thaw(*, by: Person, dataset: int, ports: Thawing) -> bool:
    """One custodian's word; with the second person's the dataset answers again, and ``True`` is returned."""
    with ports.begin() as work:
        found = work.datasets.by_id(dataset)
        if found is None:
            raise NotFoundError(rule="V-01", sentence="There is no dataset of that name that you look after.", instead="Look at your list.")
        check_agency_role(by, Role.CUSTODIAN, found.agency, work=work)
        freeze = work.freezes.of(dataset)
        if freeze is None or freeze.first == by.id:
            raise ConflictError(
                rule="P-21",
                sentence="This dataset is not frozen, or waits for a second custodian.",
                instead="Ask another custodian of your agency.",
            )
        if freeze.first is not None and not _is_custodian(freeze.first, found.agency, work):
            work.freezes.add(dataset, at=freeze.at)  # who spoke first is no custodian any more: this is the first word now
            freeze = replace(freeze, first=None)
        moved = work.freezes.say(dataset, by=by.id) if freeze.first is None else work.freezes.end(dataset, first=freeze.first)
        if not moved:
            raise ConflictError(rule="P-21", sentence="This dataset is not frozen, or waits for a second custodian.", instead="Look again.")
        thawed = freeze.first is not None
        work.record(Event(kind="dataset.thawed" if thawed else "dataset.thaw_asked", by=by.id, subject=f"dataset:{dataset}", details={}))
        return thawed


def check_not_frozen(dataset: int, *, name: DatasetName, work: PrivacyWork) -> None:
    """Raise P-20 where it is not sure what the dataset has answered before."""
    if work.freezes.of(dataset) is not None:
        raise NotAllowedError(
            rule="P-20",
            sentence=f"{name} is frozen: after a restored backup it is not sure what has been answered before.",
            instead="Two custodians of its agency must look first.",
        )


def _is_custodian(person: int, agency: int, work: PrivacyWork) -> bool:
    return any(grant.role is Role.CUSTODIAN and grant.agency == agency for grant in work.grants.of(person))
