"""A file inside a multipart form, taken part by part as it arrives (RFC 7578): the whole is never in memory and never on the disk as text.

Works for forms whose last field is the file, which is how our page is written. Then the length of the file follows from the length of
the request, and the upload can be opened before the first byte is stored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

from enclave.web.rules import refusal

_LONGEST_FIELD = 4_096
_LONGEST_PREAMBLE = 64 * 1024


@dataclass(kw_only=True)
class _Reading:
    """What the parser has seen: small fields, and whether the file's own bytes have begun."""

    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    name: str = ""
    is_file: bool = False
    in_file: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)


class StreamedFile:
    """``fields`` are the small fields before the file; ``length`` its bytes; ``chunks`` the bytes themselves, once, in order."""

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        length = request.headers.get("content-length", "")
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary or not length.isdigit():
            raise refusal("W-07")
        self._total = int(length)
        self._closing = len(boundary) + 8
        self._stream = request.stream()
        self._seen = _Reading()
        self._parser = MultipartParser(boundary, _callbacks(self._seen))
        self._position = 0
        self.fields = self._seen.fields

    async def open(self) -> int:
        """Read as far as the file begins and return its length in bytes. Raises W-07 where no file comes."""
        async for chunk in self._stream:
            for place in range(len(chunk)):
                self._feed(chunk[place : place + 1])
                if self._seen.in_file:
                    length = self._total - self._position - self._closing
                    self._feed(chunk[place + 1 :])
                    return length
            if self._position > _LONGEST_PREAMBLE:
                break
        raise refusal("W-07")

    async def chunks(self, size: int) -> AsyncIterator[bytes]:
        """The file's bytes in pieces of ``size``, the last one shorter."""
        async for chunk in self._rest():
            self._feed(chunk)
            while len(self._seen.content) >= size:
                yield bytes(self._seen.content[:size])
                del self._seen.content[:size]
        if self._seen.content:
            yield bytes(self._seen.content)

    async def _rest(self) -> AsyncIterator[bytes]:
        yield b""
        async for chunk in self._stream:
            yield chunk

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise refusal("W-07") from error
        self._position += len(data)


def _callbacks(seen: _Reading) -> MultipartCallbacks:
    def header_field(data: bytes, start: int, end: int) -> None:
        seen.header += data[start:end]

    def header_value(data: bytes, start: int, end: int) -> None:
        seen.value += data[start:end]

    def header_end() -> None:
        if bytes(seen.header).lower() == b"content-disposition":
            options = parse_options_header(bytes(seen.value))[1]
            seen.name, seen.is_file = options.get(b"name", b"").decode("utf-8", "replace"), b"filename" in options
        seen.header.clear()
        seen.value.clear()

    def headers_finished() -> None:
        seen.in_file = seen.is_file

    def part_data(data: bytes, start: int, end: int) -> None:
        seen.content += data[start:end]
        if not seen.in_file and len(seen.content) > _LONGEST_FIELD:
            raise refusal("W-07")

    def part_end() -> None:
        if not seen.is_file:
            seen.fields[seen.name] = seen.content.decode("utf-8", "replace")
            seen.content.clear()

    return {
        "on_header_field": header_field,
        "on_header_value": header_value,
        "on_header_end": header_end,
        "on_headers_finished": headers_finished,
        "on_part_data": part_data,
        "on_part_end": part_end,
    }
