"""Sign in with password and one-time code; five failures lock the account for a minute, doubling to an hour."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import secrets

from enclave.audit.events import Event
from enclave.identity.credentials import matching_step, password_matches
from enclave.identity.ports import Account, IdentityPorts, IdentityWork, Session
from enclave.terms.errors import SignInError, TooManyTriesError
from enclave.terms.person import Person, is_login_name

FREE_TRIES = 5
SESSION = dt.timedelta(hours=8)
IDLE = dt.timedelta(minutes=60)


def prove(*, name: str, password: str, code: str, ports: IdentityPorts) -> Person:
    """Check password and code. Raises ``SignInError`` without saying which was wrong, ``TooManyTriesError`` while locked.

    The password is hashed outside any transaction: it takes a tenth of a second, and nobody should wait for it.
    """
    with ports.begin() as work:
        account = _account(name, work)
    now = ports.clock()
    _refuse_locked(account, now)
    matches = password_matches(password, account.password_hash if account else None)
    step = _step(account, code, now)
    with ports.begin() as work:
        # Looked up again: others may have failed meanwhile, and guessing in parallel must not go round the lock.
        account = _account(name, work)
        _refuse_locked(account, now)
        proven = account is not None and matches and step is not None and work.accounts.succeeded(account.person.id, step=step)
        if account is not None and not proven:
            _failed(work, account, now)
        elif account is not None:
            work.record(Event(kind="identity.signed_in", by=account.person.id, subject=f"person:{account.person.id}"))
    if account is None or not proven:
        raise SignInError(
            rule="I-01",
            sentence="The name, password or code is not right.",
            instead="Check all three; a code works once, so wait for the next one if you have just used it.",
        )
    return account.person


def sign_in(*, name: str, password: str, code: str, ports: IdentityPorts) -> tuple[Person, str]:
    """Prove who you are and open a session. Returns the person and the session token, which is stored only as a hash."""
    person = prove(name=name, password=password, code=code, ports=ports)
    token = secrets.token_urlsafe(32)
    now = ports.clock()
    session = Session(token_hash=token_hash(token), person=person.id, csrf=secrets.token_urlsafe(24), expires=now + SESSION, seen=now)
    with ports.begin() as work:
        work.sessions.add(session)
    return person, token


def token_hash(token: str) -> str:
    """Tokens are 256 random bits, so a plain hash is enough to store."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _refuse_locked(account: Account | None, now: dt.datetime) -> None:
    if account is None or account.locked_until is None or now >= account.locked_until:
        return
    minutes = math.ceil((account.locked_until - now) / dt.timedelta(minutes=1))
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    raise TooManyTriesError(rule="I-02", sentence="Too many wrong tries.", instead=f"Wait {wait}, then try again.")


def _account(name: str, work: IdentityWork) -> Account | None:
    """What cannot be a name is nobody's, and need not be shown to a database."""
    return work.accounts.by_name(name) if is_login_name(name) else None


def _step(account: Account | None, code: str, now: dt.datetime) -> int | None:
    if account is None:
        return None
    return matching_step(account.totp_secret, code.strip(), seconds=int(now.timestamp()), after_step=account.last_step)


def _failed(work: IdentityWork, account: Account, now: dt.datetime) -> None:
    failures = account.failures + 1
    locked = None
    if failures >= FREE_TRIES:
        locked = now + dt.timedelta(minutes=min(60, 2 ** (failures - FREE_TRIES)))
    work.accounts.failed(account.person.id, locked_until=locked)
    work.record(Event(kind="identity.sign_in_failed", by=None, subject=f"person:{account.person.id}", details={"failures": failures}))
