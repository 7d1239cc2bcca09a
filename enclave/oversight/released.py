"""What was already given out from a dataset: before an officer erases it they see what cannot be called back."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.dataset import Version
from enclave.egress_review.lifecycle import State
from enclave.egress_review.request import Request
from enclave.governance.project import Project
from enclave.oversight.owner_page import OwnedDataset, Use, asked_version
from enclave.oversight.ports import OversightPorts

OUT = frozenset({State.RELEASED, State.REVOKED})


@dataclass(frozen=True, kw_only=True)
class Output:
    """A request whose files went out and that names receipts of answers from the dataset."""

    project: Project
    request: Request


@dataclass(frozen=True, kw_only=True)
class Released:
    """``uses`` are answers and synthetic copies, ``outputs`` what left with them."""

    uses: tuple[Use, ...]
    outputs: tuple[Output, ...]


def released_from(*, owned: OwnedDataset, version: Version | None, ports: OversightPorts) -> Released:
    """Everything from one version, or from all of them. ``owned`` was shown to its owner already."""
    mine = {one.id for one in owned.versions} if version is None else {version.id}
    uses = tuple(use for use in owned.uses if asked_version(use.charge) in mine)
    charges = {use.charge.id for use in uses}
    with ports.begin() as work:
        outputs = tuple(
            Output(project=project, request=request)
            for project in work.projects.all()
            for request in work.requests.of_project(project.id)
            if request.state in OUT
            and any((paid := work.charges.by_number(number)) and paid[0].id in charges for number in request.receipts)
        )
    return Released(uses=uses, outputs=outputs)
