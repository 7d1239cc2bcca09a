"""PNG read part by part to its last byte: an allow-list of parts, every checksum, and pixel data of exactly the size announced."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from enclave.egress_review.rules import Found

MOST_POINTS = 25_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Parts that say how the pixels are to be seen and cannot carry more than a few bytes. PLTE and tRNS only where they mean something.
_PARTS = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"IDAT": None,
    b"IEND": 0,
    b"tRNS": 256,
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"sBIT": 4,
    b"pHYs": 9,
    b"bKGD": 6,
}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# What matplotlib signs its figures with; any other text is not ours to let out.
_SIGNED = re.compile(rb"Software\x00Matplotlib version\d{1,2}\.\d{1,2}\.\d{1,3}, https://matplotlib\.org/")
# Adam7: first column and row, and steps, of each of the seven passes (PNG specification, 8.2).
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


class Broken(Exception):  # noqa: N818 - it is what the picture is
    """The container does not hold together."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """The picture's size and pixel format."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @property
    def bytes(self) -> int:
        """How many bytes the pixels take before compression, one filter byte a line included."""
        if not self.interlaced:
            return self._pass(self.width, self.height)
        sizes = ((-(-(self.width - x) // dx), -(-(self.height - y) // dy)) for x, y, dx, dy in _PASSES)
        return sum(self._pass(width, height) for width, height in sizes)

    def _pass(self, width: int, height: int) -> int:
        line = (width * _CHANNELS[self.colour] * self.depth + 7) // 8
        return (line + 1) * height if width > 0 and height > 0 else 0


def check_png(data: bytes) -> list[Found]:
    """What the container carries besides the picture; the pixels are looked at elsewhere."""
    try:
        parts, end = _parts(data)
        header = _header(parts)
    except Broken:
        return [Found(rule="F05")]
    if header.width * header.height > MOST_POINTS:
        return [Found(rule="F08", numbers={"limit": MOST_POINTS})]
    extra = len(data) - end + _beyond(parts, header)
    found = [Found(rule="H01", numbers={"bytes": extra})] if extra > 0 else []
    found += [Found(rule="F05")] if extra < 0 else []
    once = [name for name, _ in parts if name != b"IDAT"]
    odd = len(set(once)) < len(once) or any(not _is_plain(name, body, header) for name, body in parts)
    return found + ([Found(rule="H02")] if odd else [])


def _parts(data: bytes) -> tuple[list[tuple[bytes, bytes]], int]:
    """Names and bodies up to IEND, and where IEND stops."""
    parts, position = [], len(_SIGNATURE)
    while True:
        if position + 12 > len(data):
            raise Broken
        length, name = struct.unpack_from(">I4s", data, position)
        stop = position + 12 + length
        if stop > len(data) or zlib.crc32(data[position + 4 : stop - 4]) != struct.unpack_from(">I", data, stop - 4)[0]:
            raise Broken
        parts.append((name, data[position + 8 : stop - 4]))
        position = stop
        if name == b"IEND":
            return parts, position


def _header(parts: list[tuple[bytes, bytes]]) -> Header:
    name, body = parts[0]
    if name != b"IHDR" or len(body) != 13 or [one for one, _ in parts].count(b"IHDR") != 1:
        raise Broken
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if not (width and height) or colour not in _CHANNELS or depth not in {1, 2, 4, 8, 16} or compression or filtering or interlace > 1:
        raise Broken
    return Header(width=width, height=height, depth=depth, colour=colour, interlaced=interlace == 1)


def _beyond(parts: list[tuple[bytes, bytes]], header: Header) -> int:
    """Bytes after the pixels, inside or behind the compressed stream; negative when pixels are missing."""
    stream = zlib.decompressobj()
    room = header.bytes + 1
    count = behind = 0
    try:
        for body in _pixel_parts(parts):
            if stream.eof:
                behind += len(body)
                continue
            count += len(stream.decompress(body, room - count))
            behind += len(stream.unused_data)
            if count >= room:
                return max(1, behind + 1)
    except zlib.error:
        return -1
    return behind + (0 if count == header.bytes and stream.eof else -len(parts[0][1]) - behind)


def _pixel_parts(parts: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    return (body for name, body in parts if name == b"IDAT")


def _is_plain(name: bytes, body: bytes, header: Header) -> bool:
    if name == b"tEXt":
        return _SIGNED.fullmatch(body) is not None
    if name not in _PARTS or (name == b"PLTE" and header.colour != 3):
        return False
    most = _PARTS[name]
    return most is None or len(body) <= most
