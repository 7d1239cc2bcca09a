"""One sandbox per person and project: its number, and the token its kernels show on its own API socket."""

from __future__ import annotations

import hmac
import secrets

from enclave.audit.events import Event
from enclave.identity.ports import IdentityPorts, Sandbox
from enclave.identity.sign_in import token_hash
from enclave.terms.errors import SignInError
from enclave.terms.person import Person


def open_sandbox(*, by: Person, project: int, ports: IdentityPorts) -> tuple[Sandbox, str]:
    """The sandbox of this person in this project, with a fresh token; an older token of it stops working.

    Whether the person may open a notebook there was asked of governance before.
    """
    token = secrets.token_urlsafe(32)
    with ports.begin() as work:
        sandbox = work.sandboxes.of(person=by.id, project=project)
        work.sandboxes.set_token(sandbox.id, token_hash(token))
        work.record(Event(kind="sandbox.opened", by=by.id, subject=f"sandbox:{sandbox.id}", details={"project": project}))
    return sandbox, token


def close_sandbox(*, sandbox: int, ports: IdentityPorts) -> None:
    """The sandbox stopped: its token is worth nothing any more."""
    with ports.begin() as work:
        work.sandboxes.set_token(sandbox, None)
        work.record(Event(kind="sandbox.closed", by=None, subject=f"sandbox:{sandbox}"))


def caller(*, sandbox: int, token: str, ports: IdentityPorts) -> tuple[Person, int]:
    """Who calls on a sandbox's socket, and in which project. Raises ``SignInError`` unless the token is that sandbox's own."""
    with ports.begin() as work:
        found = work.sandboxes.by_id(sandbox)
        person = work.accounts.person(found.person) if found else None
    good = found is not None and found.token_hash is not None and hmac.compare_digest(found.token_hash, token_hash(token))
    if found is None or person is None or not good:
        raise SignInError(rule="I-04", sentence="This notebook's pass has expired.", instead="Stop the notebook server and start it again.")
    return person, found.project
