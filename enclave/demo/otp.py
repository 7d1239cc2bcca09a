"""The one-time code of a demo person, as their telephone would show it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from enclave.demo import keyring
from enclave.identity.credentials import code_at
from enclave.terms.errors import NotFoundError


def code(home: Path, name: str, now: dt.datetime) -> str:
    """The six digits at a moment. A code works once: after a sign-in the next one is needed, up to thirty seconds later."""
    found = keyring.load(home)
    totp = found.of(name).totp if found else ""
    if not totp:
        raise NotFoundError(rule="D-04", sentence="No demo has been started here yet.", instead="Start one with enclave demo.")
    return code_at(totp, int(now.timestamp()))
