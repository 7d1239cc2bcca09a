"""Give a person an account: password and one-time codes are both compulsory."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.identity.credentials import SHORTEST_PASSWORD, hash_password, new_totp_secret
from enclave.identity.ports import IdentityPorts
from enclave.terms.errors import ConflictError, OperatorError
from enclave.terms.person import Person, is_login_name


def enrol(*, by: Person | None, name: str, display: str, password: str, ports: IdentityPorts) -> tuple[Person, str]:
    """Create the account and return it with the TOTP secret to enrol in an authenticator app. ``by`` is ``None`` only at set-up."""
    if not is_login_name(name):
        raise OperatorError(
            rule="I-05", sentence="That login name will not do.", instead="Use 2 to 40 lower-case letters, digits, dots or hyphens."
        )
    if len(password) < SHORTEST_PASSWORD:
        raise OperatorError(
            rule="I-09", sentence="That password is too short.", instead=f"Use at least {SHORTEST_PASSWORD} characters, best a few words."
        )
    secret = new_totp_secret()
    hashed = hash_password(password)
    with ports.begin() as work:
        if work.accounts.by_name(name) is not None:
            raise ConflictError(rule="I-06", sentence="There is already a person of that name.", instead="Choose another login name.")
        person = work.accounts.add(name=name, display=display, password_hash=hashed, totp_secret=secret)
        work.record(Event(kind="identity.enrolled", by=by.id if by else None, subject=f"person:{person.id}"))
    return person, secret
