"""JSON in which every key stands once and every number is one: what a reader sees is what every program reads."""

from __future__ import annotations

import json
from typing import NoReturn, cast

from enclave.terms.canonical import Json

DEEPEST = 50


class NotStrict(Exception):  # noqa: N818 - it is what the text is
    """The text is no JSON, or can be read in two ways."""


def read_json(data: bytes | str) -> Json:
    """The value; raises ``NotStrict``."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        body = cast("Json", json.loads(text, object_pairs_hook=_once, parse_constant=_no))
    except (ValueError, RecursionError):
        raise NotStrict from None
    if _depth(body) > DEEPEST:
        raise NotStrict
    return body


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _no(_: str) -> NoReturn:
    raise ValueError("not a number")


def _depth(body: Json) -> int:
    level, deepest = [body], 0
    while level:
        deepest += 1
        level = [
            one for value in level for one in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else [])
        ]
    return deepest
