"""What runs in the jail: read a hostile file, and say what was counted or hand out its cells. Refusals are said as rule and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from enclave.anonymise.columns.observe import Observer
from enclave.anonymise.jail.redacting import redacting
from enclave.anonymise.reading.batches import Columns, pack
from enclave.anonymise.reading.headers import words
from enclave.anonymise.reading.table import Table
from enclave.anonymise.refusal import FileRefusedError
from enclave.terms.canonical import Json

TICK_ROWS = 50_000


class Emit(Protocol):
    """How a task answers."""

    def json(self, value: Json) -> None: ...
    def bytes(self, value: bytes) -> None: ...


def profile(source: BinaryIO, _params: dict[str, Any], emit: Emit) -> None:
    """Scan every cell; emits ``{"rows": n}`` now and then, and at the end ``{"profile": …}`` or ``{"refused": …}``."""
    try:
        emit.json({"profile": _profile(source, emit)})
    except FileRefusedError as error:
        emit.json({"refused": error.why.as_wire()})


def rows(source: BinaryIO, params: dict[str, Any], emit: Emit) -> None:
    """Hand out every cell, those of the texts that ``params`` names redacted.

    Emits ``{"headers": […]}``, batches (see ``batches``), then ``{"rows": n, "rejected": n}`` or ``{"refused": …}``.
    """
    try:
        table = Table(source)
        emit.json({"headers": list(table.headers)})
        redact = _redacting(params)
        for columns in table.batches():
            emit.bytes(pack(redact(columns)))
        emit.json({"rows": table.rows, "rejected": table.rejects.rows})
    except FileRefusedError as error:
        emit.json({"refused": error.why.as_wire()})


def _redacting(params: dict[str, Any]) -> Callable[[Columns], Columns]:
    if not params:
        return list
    redact = redacting(params)

    def redacted(columns: Columns) -> Columns:
        import pyarrow as pa

        return [pa.array(cells, pa.string()) for cells in redact([cells.to_pylist() for cells in columns])]

    return redacted


def _profile(source: BinaryIO, emit: Emit) -> dict[str, Json]:
    table = Table(source)  # first: a file refused by its first bytes need not wait for the line below
    from enclave.anonymise.cell.in_text import in_text_of  # Presidio: a second to import, which handing out rows need not wait for

    of_column = in_text_of()
    width = len(table.headers)
    observers = [Observer(header, columns=width, in_text=of_column(words(header).strip())) for header in table.headers]
    said = 0
    for columns in table.batches():
        for observer, cells in zip(observers, columns, strict=True):
            observer.take(cells)
        if table.rows - said >= TICK_ROWS:
            said = table.rows
            emit.json({"rows": said})
    return {
        "file": table.about(),
        "rows": table.rows,
        "rejected": table.rejects.as_json(),
        "headers": list(table.headers),
        "columns": [observer.facts().as_json() for observer in observers],
    }
