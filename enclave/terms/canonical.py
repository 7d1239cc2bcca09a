"""Canonical JSON: one byte string per value, so that a hash of it means something.

A strict subset of RFC 8785 (JCS): keys sorted, no white space, UTF-8, and no floats at all, because the RFC's float rules are the part
that implementations get wrong. Numbers that are not integers travel as decimal strings.
"""

from __future__ import annotations

import hashlib
import json
from typing import TypeAlias

Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def canonical_bytes(value: Json) -> bytes:
    """The canonical bytes of ``value``. Raises ``ValueError`` on a float or a key that is not a string."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fingerprint(value: Json) -> str:
    """SHA-256 of the canonical bytes, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _refuse_floats(value: Json) -> None:
    if isinstance(value, float):
        raise ValueError("canonical JSON carries no floats")
    if isinstance(value, dict):
        if any(not isinstance(key, str) for key in value):
            raise ValueError("canonical JSON needs text keys")
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_floats(inner)
