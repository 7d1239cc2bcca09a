"""Canonical JSON: one byte string per value, so that a hash of it means something.

RFC 8785 (JCS) without its numbers: keys sorted by UTF-16 code units, no white space, UTF-8, integers of any size written out, and no
floats at all, because the RFC's float rules are the part that implementations get wrong. Other numbers travel as decimal strings.
"""

from __future__ import annotations

import hashlib
import json
from typing import TypeAlias

Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def canonical_bytes(value: Json) -> bytes:
    """The canonical bytes of ``value``. Raises ``ValueError`` on a float, a key that is not a string, or text that is not Unicode."""
    return json.dumps(_ordered(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fingerprint(value: Json) -> str:
    """SHA-256 of the canonical bytes, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _ordered(value: Json | tuple[Json, ...]) -> Json:
    if isinstance(value, float):
        raise ValueError("canonical JSON carries no floats")
    if isinstance(value, dict):
        if any(not isinstance(key, str) for key in value):
            raise ValueError("canonical JSON needs text keys")
        return {key: _ordered(value[key]) for key in sorted(value, key=_code_units)}
    if isinstance(value, list | tuple):
        return [_ordered(inner) for inner in value]
    return value


def _code_units(key: str) -> bytes:
    return key.encode("utf-16-be")
