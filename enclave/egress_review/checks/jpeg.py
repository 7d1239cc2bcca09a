"""JPEG read segment by segment to its last byte: no comments, no EXIF, no profiles, nothing after the end of the picture."""

from __future__ import annotations

import struct

from enclave.egress_review.rules import Found

# JFIF and Adobe headers, tables, frames and scans; everything else (EXIF, XMP, profiles, comments, thumbnails) is not on the list.
_JFIF, _ADOBE = 0xE0, 0xEE
_PLAIN = frozenset({0xDB, 0xC4, 0xDD, 0xC0, 0xC1, 0xC2, 0xDA})
_EOI, _SOS = 0xD9, 0xDA
# Tables and headers of a picture take some hundred bytes, two thousand at most; unused ones could carry more.
MOST_HEADERS = 4_096


def check_jpeg(data: bytes) -> list[Found]:
    """What the container carries besides the picture."""
    position, headers, hidden = 2, 0, False
    while True:
        marker, start, stop = _segment(data, position)
        if marker == _EOI:
            extra = len(data) - stop
            found = [Found(rule="H01", numbers={"bytes": extra})] if extra else []
            return found + ([Found(rule="H02")] if hidden or headers > MOST_HEADERS else [])
        if marker == 0:
            return [Found(rule="F05")]
        hidden = hidden or not _is_plain(marker, data[start:stop])
        headers += stop - start
        position = _after_scan(data, stop) if marker == _SOS else stop


def _segment(data: bytes, position: int) -> tuple[int, int, int]:
    """Marker, and where its body starts and stops; marker 0 where there is none."""
    if position + 2 > len(data) or data[position] != 0xFF:
        return 0, position, position
    marker = data[position + 1]
    if marker == _EOI:
        return marker, position + 2, position + 2
    if position + 4 > len(data):
        return 0, position, position
    (length,) = struct.unpack_from(">H", data, position + 2)
    stop = position + 2 + length
    return (marker, position + 4, stop) if length >= 2 and stop <= len(data) else (0, position, position)


def _is_plain(marker: int, body: bytes) -> bool:
    if marker == _JFIF:
        return body.startswith(b"JFIF\x00") and len(body) == 14 and body[12:] == b"\x00\x00"  # no thumbnail
    if marker == _ADOBE:
        return body.startswith(b"Adobe") and len(body) == 12
    return marker in _PLAIN


def _after_scan(data: bytes, position: int) -> int:
    """Where the next segment starts: entropy-coded data have 00 or a restart marker after every FF."""
    while (position := data.find(b"\xff", position)) >= 0:
        following = data[position + 1 : position + 2]
        if following and following[0] != 0 and not 0xD0 <= following[0] <= 0xD7:
            return position
        position += 2
    return len(data)
