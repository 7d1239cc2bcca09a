"""What comes back from the jail: JSON and bytes, each with its type and length in front, checked before anything is parsed.

On the wire a frame is one letter (``R`` ready, ``J`` JSON, ``B`` bytes, ``E`` end), four bytes of length (big endian) and that many bytes.
``R`` comes first, before any input is read; ``E`` comes last; a stream without it was cut.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NoReturn, TypeAlias

JSON: TypeAlias = "None | bool | int | float | str | Sequence[JSON] | Mapping[str, JSON]"

HEADER = struct.Struct(">cI")
READY, JSON_FRAME, BYTES_FRAME, END = b"R", b"J", b"B", b"E"
FRAME_MAX = 8 << 20


@dataclass(frozen=True, kw_only=True)
class JsonFrame:
    """One JSON value a task emitted. It was written by code that had read hostile input: check its shape."""

    value: JSON


@dataclass(frozen=True, kw_only=True)
class BytesFrame:
    """One block of bytes (at most FRAME_MAX) a task emitted."""

    value: bytes


Frame = JsonFrame | BytesFrame


class Malformed(Exception):  # noqa: N818 - it is what the bytes are
    """The bytes are not frames, or more than was allowed. Never carries them."""


class Emit:
    """A task's way to answer: each call writes one frame."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def _send(self, kind: bytes, payload: bytes) -> None:
        if len(payload) > FRAME_MAX:
            raise Malformed("frame too long")
        self._out.write(HEADER.pack(kind, len(payload)) + payload)
        self._out.flush()

    def json(self, value: JSON) -> None:
        """Send one JSON value, at most FRAME_MAX bytes when written out."""
        self._send(JSON_FRAME, json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())

    def bytes(self, value: bytes) -> None:
        """Send bytes of any length, cut into frames of at most FRAME_MAX."""
        for start in range(0, len(value), FRAME_MAX):
            self._send(BYTES_FRAME, value[start : start + FRAME_MAX])

    def ready(self) -> None:
        self._send(READY, b"")

    def end(self) -> None:
        self._send(END, b"")


class Reader:
    """Cuts a byte stream into frames; refuses more than `limit` bytes of payload in all."""

    def __init__(self, limit: int) -> None:
        self._buffer = bytearray()
        self._left = limit
        self.ready = False
        self.ended = False

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """Take the next bytes and yield the frames they complete. Raises Malformed."""
        self._buffer += chunk
        while (taken := self._take()) is not None:
            frame = self._open(*taken)
            if frame is not None:
                yield frame

    def _take(self) -> tuple[bytes, bytes] | None:
        if self.ended and self._buffer:
            raise Malformed("bytes after the end")
        if len(self._buffer) < HEADER.size:
            return None
        kind, length = HEADER.unpack_from(self._buffer)
        if kind not in (READY, JSON_FRAME, BYTES_FRAME, END) or length > min(FRAME_MAX, self._left) or (length and kind in (READY, END)):
            raise Malformed("unknown or too long")
        if len(self._buffer) < HEADER.size + length:
            return None
        payload = bytes(self._buffer[HEADER.size : HEADER.size + length])
        del self._buffer[: HEADER.size + length]
        self._left -= length
        return kind, payload

    def _open(self, kind: bytes, payload: bytes) -> Frame | None:
        if (kind == READY) == self.ready:
            raise Malformed("ready comes once, and first")
        if kind == READY:
            self.ready = True
        elif kind == END:
            self.ended = True
        elif kind == BYTES_FRAME:
            return BytesFrame(value=payload)
        else:
            return JsonFrame(value=_parse(payload))
        return None


def _parse(payload: bytes) -> JSON:
    try:
        value: JSON = json.loads(payload, parse_constant=_not_a_number)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    return value


def _not_a_number(_: str) -> NoReturn:
    raise ValueError("NaN and infinity are not JSON")
