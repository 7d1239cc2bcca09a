"""Redact a stream of JSON lines. Runs in the jail, several at once: each takes its share of the blocks and answers block by block.

On the way in: a line of JSON (how many bytes of known identifiers follow, whether names are asked for), these bytes, then blocks of whole
lines, each behind its size and the number of its first line (``BLOCK``). On the way out, for every block: its redacted lines as bytes, then
``{"block": number of its first line}``; or ``{"refused": …}`` and the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from enclave.anonymise.columns.known_file import known_values
from enclave.anonymise.jail.blocks import BLOCK
from enclave.anonymise.jail.files import Emit
from enclave.anonymise.refusal import FileRefusedError, refuse
from enclave.anonymise.text.known import Known, TooManyKnownError, known_from
from enclave.anonymise.text.redact import Redacted, redact_many
from enclave.anonymise.text.span import NameModel


def redact_lines(source: BinaryIO, _params: dict[str, Any], emit: Emit) -> None:
    """The task."""
    try:
        asked = json.loads(source.readline())
        known = _known(source.read(asked["known"]))
        names = _names() if asked["names"] else None
        for first, block in _blocks(source):
            records, wrong = _records(block.split(b"\n"), first)
            emit.bytes(b"".join(_answered(records, known, names)))
            if wrong is not None:
                raise wrong
            emit.json({"block": first})
    except FileRefusedError as error:
        emit.json({"refused": error.why.as_wire()})


def _known(raw: bytes) -> Known | None:
    try:
        return known_from(known_values(raw)) if raw else None
    except TooManyKnownError:
        raise refuse("T-04") from None


def _names() -> NameModel:
    from enclave.anonymise.names.model import load  # numpy, and the model's megabytes: not where nobody asks for names

    return load()


def _blocks(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    while head := source.read(BLOCK.size):
        size, first = BLOCK.unpack(head)
        yield first, source.read(size)


def _records(lines: list[bytes], first: int) -> tuple[list[dict[str, Any]], FileRefusedError | None]:
    """The records before the first line that is none, and what to say of it."""
    records: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=first):
        if line.strip():
            try:
                records.append(_record(line, number))
            except FileRefusedError as wrong:
                return records, wrong
    return records, None


def _answered(records: list[dict[str, Any]], known: Known | None, names: NameModel | None) -> Iterator[bytes]:
    texts = [record["text"] for record in records]
    found = redact_many(texts, rows_known=[record["known"] for record in records], dataset_known=known, names=names)
    for record, one in zip(records, found, strict=True):
        yield _line(record["id"], one)


def _record(line: bytes, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line, parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise refuse("T-01", line=number) from None
    if not _is_record(record):
        raise refuse("T-01", line=number)
    return {"id": record["id"], "text": record["text"], "known": [str(value) for value in record.get("known", ())]}


def _is_record(record: object) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or not isinstance(record.get("id"), str | int | float):
        return False
    known = record.get("known", [])
    return isinstance(known, list) and all(isinstance(value, str | int | float) for value in known)


def _not_json(_: str) -> NoReturn:
    raise ValueError("NaN and infinity are not JSON")


def _line(name: object, one: Redacted) -> bytes:
    spans = [{"start": span.start, "end": span.end, "entity": span.entity.value} for span in one.spans]
    answer = {"id": name, "text": one.text, "spans": spans}
    try:
        return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which UTF-8 cannot write and JSON can
        return json.dumps(answer).encode() + b"\n"
