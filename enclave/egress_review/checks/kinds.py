"""What a file really is, told by its bytes. An allow-list: whatever is not known to be acceptable is not."""

from __future__ import annotations

import pickletools
import re
from enum import StrEnum

from enclave.egress_review.rules import Found


class Kind(StrEnum):
    """What may be accepted."""

    TABLE = "table"
    TEXT = "text"
    CODE = "code"
    LATEX = "latex"
    REFERENCES = "references"
    JSON = "json"
    GEOJSON = "geojson"
    PNG = "png"
    JPEG = "jpeg"


BY_SUFFIX: dict[str, Kind] = {
    ".csv": Kind.TABLE,
    ".tsv": Kind.TABLE,
    ".txt": Kind.TEXT,
    ".md": Kind.TEXT,
    ".log": Kind.TEXT,
    ".py": Kind.CODE,
    ".r": Kind.CODE,
    ".sql": Kind.CODE,
    ".tex": Kind.LATEX,
    ".bib": Kind.REFERENCES,
    ".json": Kind.JSON,
    ".geojson": Kind.GEOJSON,
    ".png": Kind.PNG,
    ".jpg": Kind.JPEG,
    ".jpeg": Kind.JPEG,
}
PICTURES = frozenset({Kind.PNG, Kind.JPEG})
PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".sav", ".p", ".pt", ".pth", ".npy", ".npz"})
ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"})
_ARCHIVE_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
)
# Text that another program would understand as something else than text: markup, notebooks, PostScript, scripts of a shell.
_OTHER_TEXT = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<svg|\{\s*\"cells\"|%!PS|#!)", re.IGNORECASE)


def kind_of(data: bytes, suffix: str) -> tuple[Kind | None, list[Found]]:
    """The kind to check the file as, or ``None`` with the reason why it cannot go."""
    if suffix in PICKLES or is_pickle(data):
        return None, [Found(rule="F03")]
    if not data:
        return None, [Found(rule="F09")]
    expected = BY_SUFFIX.get(suffix)
    actual = _by_content(data.removeprefix(b"#!") if expected is Kind.CODE else data)  # a script may say what runs it
    if expected is None:
        return None, [Found(rule="F04" if suffix in ARCHIVES else "F01")]
    if actual is None:
        return None, [Found(rule="F02"), Found(rule="F04" if data.startswith(_ARCHIVE_STARTS) else "F01")]
    fits = actual is (expected if expected in PICTURES else Kind.TEXT)
    return (expected, []) if fits else (None, [Found(rule="F02")])


def is_pickle(data: bytes) -> bool:
    """Whether Python's unpickler would take the bytes (read, never run). Protocol 0 is plain text, so the opcodes themselves are read."""
    if data[:1] == b"\x80" and data[1:2] in {b"\x02", b"\x03", b"\x04", b"\x05"}:
        return True
    if data[:1] not in {b"(", b"c", b"i", b"]", b"}", b"I", b"F", b"S", b"V", b"L", b"N", b"p"}:
        return False
    count, ended = _opcodes(data[: 1 << 16])
    return count > 200 or (ended and count >= 4)


def _opcodes(data: bytes) -> tuple[int, bool]:
    """How many opcodes the bytes begin with, and whether they come to a STOP."""
    count = 0
    try:
        for _ in pickletools.genops(data):
            count += 1
    except Exception:  # noqa: BLE001 - pickletools raises whatever the bytes lead it to
        return count, False
    return count, True


def _by_content(data: bytes) -> Kind | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if b"\x00" in data or data.startswith(
        (*_ARCHIVE_STARTS, b"%PDF", b"PAR1", b"ARROW1", b"\x89HDF", b"SQLite format 3", b"\xd0\xcf\x11\xe0")
    ):
        return None
    start = data[:4096].decode("utf-8", errors="replace").lstrip("\ufeff")
    return None if _OTHER_TEXT.match(start) else Kind.TEXT
