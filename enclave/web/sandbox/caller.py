"""Who calls, and in which project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from enclave.identity.sandboxes import caller
from enclave.terms.errors import NotFoundError, SignInError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.wiring.portal import Portal


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A person in one project, and the portal that serves them."""

    portal: Portal
    person: Person
    project: int


def who(request: Request) -> Caller:
    """The caller, by the sandbox of the socket and the token of the call. Raises ``SignInError`` unless both fit."""
    portal: Portal = request.app.state.portal
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise SignInError(rule="I-04", sentence="This call shows no pass.", instead="Use enclave.client inside a notebook.")
    person, project = caller(sandbox=request.app.state.sandbox, token=token, ports=portal.identity)
    return Caller(portal=portal, person=person, project=project)


def dataset_name(name: str) -> DatasetName:
    """The dataset of an address. Raises ``NotFoundError`` for what cannot be one."""
    try:
        return DatasetName.parse(name.lower())
    except ValueError:
        raise NotFoundError(rule="G-04", sentence="A dataset is called agency.dataset.", instead="e.datasets() lists yours.") from None


Known = Annotated[Caller, Depends(who)]
Named = Annotated[DatasetName, Depends(dataset_name)]
