"""The cells of an Arrow column as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def texts(column: pa.Array) -> pa.StringArray | list[str]:
    """Every cell as text, "" for a missing one; a list, with ``BAD`` in it, where some bytes are not text. Raises ``pyarrow.ArrowInvalid``."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        values = texts(column.dictionary)
        if isinstance(values, list):
            return ["" if place is None else values[place] for place in column.indices.to_pylist()]
        return values.take(column.indices).fill_null("")
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            raise
        return _of_bytes(column)
    if pa.types.is_timestamp(column.type):
        # To the second and in UTC, which needs no zone database: no treatment looks closer, and %f would not read nanoseconds.
        column = column.cast(pa.timestamp("s"), safe=False)
    return column.cast(pa.string()).fill_null("")


def _of_bytes(column: pa.Array) -> list[str]:
    import pyarrow as pa

    cells = column.view(pa.binary() if pa.types.is_string(column.type) else pa.large_binary())
    cells.validate(full=True)
    return ["" if cell is None else cell.decode("utf-8", "enclave.bad") for cell in cells.to_pylist()]
