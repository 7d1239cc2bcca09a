"""Which cells of a column show the same, told in bulk: their key, equal for cells of which one has to be examined for all.

A key says how a cell is written (its template: digits, capitals and small letters by kind, all else as it is) and what else of it decides
what it shows: of a date its decade and which way round it can be read, of ten digits whether they check. What it then shows is always asked
of ``examine``, of one of them. Only templates on the list below have keys; every other cell is ``OWN`` and examined by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.arrays import Integers
from enclave.anonymise.columns import alike_checks as checks
from enclave.anonymise.columns.alike_checks import OWN, Bytes, Check

if TYPE_CHECKING:
    import pyarrow as pa

Hashes: TypeAlias = NDArray[np.uint64]
_WIDEST = 64
_SUBKEYS = 1 << 32


def _kinds() -> Bytes:
    kinds = np.full(256, 255, dtype=np.uint8)
    kinds[0] = 0  # beyond the end
    kinds[32:127] = np.arange(32, 127)
    for first, last in (("0", "9"), ("A", "Z"), ("a", "z")):
        kinds[ord(first) : ord(last) + 1] = ord(first)
    kinds[ord("`")] = 255  # folding makes it an apostrophe
    return kinds


def _listed() -> Iterator[tuple[str, Check | None]]:
    """Every template with what else decides; ``None`` where nothing does."""
    for size in (2, 3, 4, 5, 6, 7, 9):
        yield "0" * size, None
    yield from (
        ("0" * 8, checks.eight_digits),
        ("0" * 10, checks.ten_digits),
        ("0" * 11, checks.eleven_digits),
        ("0" * 12, checks.twelve_digits),
    )
    for whole in range(1, 10):
        yield from ((f"{sign}{'0' * whole}", None) for sign in "+-")
        yield from ((f"{sign}{'0' * whole}.{'0' * part}", None) for sign in ("", "+", "-") for part in range(1, 8))
    for separator in "-/":
        for clock in ("", " 00:00", " 00:00:00", "T00:00:00", "T00:00:00Z") if separator == "-" else ("",):
            yield f"0000{separator}00{separator}00{clock.replace('T', 'A').replace('Z', 'A')}", checks.dated(0, 5, 8, clock)
    for part in range(1, 7):
        yield f"0000-00-00 00:00:00.{'0' * part}", checks.dated(0, 5, 8, " 00:00:00")
    for clock in ("", " 00:00", " 00:00:00"):
        yield f"00/00/0000{clock}", checks.dated(6, 3, 0, clock, either=True)
    yield "00-00-0000", checks.dated(6, 3, 0, "", either=True)
    yield "00.00.0000", checks.dated(6, 3, 0, "")
    yield "00/00/00", checks.short_dated
    yield from (("000 000 0000", checks.spaced_ten), ("000-000-0000", checks.spaced_ten))
    yield from ((form, checks.telephone) for form in ("00000 000000", "0000 000 0000", "000 0000 0000"))
    yield from checks.postcodes()


_KINDS = _kinds()
_TEMPLATES = tuple(_listed())
# Drawn anew by every process: nobody can write a cell whose hash is another template's.
_WEIGHTS = np.array([secrets.randbits(64) | 1 for _ in range(_WIDEST + 1)], dtype=np.uint64)


def keys(texts: pa.StringArray) -> Integers:
    """One key a cell. Cells may be of any content; the array has no missing ones."""
    found = np.full(len(texts), OWN, dtype=np.int64)
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    data = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)
    lengths = np.diff(offsets)
    short = np.flatnonzero((lengths > 1) & (lengths <= _WIDEST))
    for rows in (short[lengths[short] <= checks.WIDEST], short[lengths[short] > checks.WIDEST]):
        if len(rows):
            raw = _matrix(data, offsets[rows], lengths[rows])
            found[rows] = _keyed(raw, lengths[rows])
    return found


def _matrix(data: Bytes, starts: Integers, lengths: Integers) -> Bytes:
    """The bytes of cells as rows, zeros after their end."""
    width = int(lengths.max())
    if int(lengths.min()) == width and int(starts[-1] - starts[0]) == (len(starts) - 1) * width:
        return data[starts[0] : starts[0] + len(starts) * width].reshape(len(starts), width)
    places = np.arange(width)
    raw: Bytes = data[np.minimum(starts[:, None] + places, len(data) - 1)]
    raw[places >= lengths[:, None]] = 0
    return raw


def _keyed(raw: Bytes, lengths: Integers) -> Integers:
    if raw.shape[1] > checks.WIDEST:
        return np.where(checks.random_key(raw, lengths), len(_TEMPLATES) * _SUBKEYS + lengths, OWN)
    hashes = _hashes(raw, lengths)
    near = np.minimum(np.searchsorted(_SORTED, hashes), len(_SORTED) - 1)
    template = np.where(_SORTED[near] == hashes, _ORDER[near], -1)
    keyed = np.where(template >= 0, template * _SUBKEYS, OWN)
    for one in np.unique(template[_CHECKED[template] & (template >= 0)]).tolist():
        rows = np.flatnonzero(template == one)
        subkeys = _check(one)(raw[rows, : len(_TEMPLATES[one][0])])
        keyed[rows] = np.where(subkeys == OWN, OWN, one * _SUBKEYS + subkeys)
    return keyed


def _check(template: int) -> Callable[[Bytes], Integers]:
    check = _TEMPLATES[template][1]
    if check is None:
        raise ValueError("nothing to check")
    return check


def _hashes(raw: Bytes, lengths: Integers) -> Hashes:
    hashes: Hashes = _KINDS[raw].astype(np.uint64) @ _WEIGHTS[: raw.shape[1]] + lengths.astype(np.uint64) * _WEIGHTS[_WIDEST]
    return hashes


def _known() -> tuple[Hashes, Integers]:
    hashes = []
    for template, _ in _TEMPLATES:
        raw = np.frombuffer(template.encode(), dtype=np.uint8).reshape(1, -1)
        hashes.append(_hashes(raw, np.array([len(template)]))[0])
    order = np.argsort(np.array(hashes, dtype=np.uint64))
    return np.array(hashes, dtype=np.uint64)[order], order.astype(np.int64)


_SORTED, _ORDER = _known()
_CHECKED = np.array([check is not None for _, check in _TEMPLATES], dtype=np.bool_)
