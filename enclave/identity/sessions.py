"""Find, refresh and end sessions; hand a signed-in person over to the hub with a ticket that works once."""

from __future__ import annotations

import datetime as dt
import secrets

from enclave.audit.events import Event
from enclave.identity.ports import IdentityPorts, Session
from enclave.identity.sign_in import IDLE, token_hash
from enclave.terms.errors import SignInError
from enclave.terms.person import Person

TICKET = dt.timedelta(seconds=30)


def current(*, token: str, ports: IdentityPorts) -> tuple[Person, Session] | None:
    """The person behind a session token, if the session is alive; using it keeps it from going idle."""
    now = ports.clock()
    with ports.begin() as work:
        session = work.sessions.by_token(token_hash(token))
        if session is None:
            return None
        if now >= session.expires or now - session.seen >= IDLE:
            work.sessions.end(session.token_hash)
            return None
        if now - session.seen > dt.timedelta(minutes=1):
            work.sessions.seen(session.token_hash, now)
        person = work.accounts.person(session.person)
    return (person, session) if person else None


def sign_out(*, token: str, ports: IdentityPorts) -> None:
    """End the session; ending one that is gone is no error."""
    with ports.begin() as work:
        session = work.sessions.by_token(token_hash(token))
        if session is not None:
            work.sessions.end(session.token_hash)
            work.record(Event(kind="identity.signed_out", by=session.person, subject=f"person:{session.person}"))


def new_ticket(*, by: Person, ports: IdentityPorts) -> str:
    """A ticket with which this person's browser signs in at the hub within thirty seconds, once."""
    ticket = secrets.token_urlsafe(32)
    with ports.begin() as work:
        work.sessions.add_ticket(ticket_hash=token_hash(ticket), person=by.id, expires=ports.clock() + TICKET)
    return ticket


def redeem_ticket(*, ticket: str, ports: IdentityPorts) -> Person:
    """Whose ticket it is. Raises ``SignInError`` for one that is unknown, used or too old."""
    with ports.begin() as work:
        found = work.sessions.take_ticket(token_hash(ticket))
        person = work.accounts.person(found[0]) if found else None
    if found is None or person is None or ports.clock() >= found[1]:
        raise SignInError(rule="I-03", sentence="This link has been used or is too old.", instead="Sign in with your password and code.")
    return person
