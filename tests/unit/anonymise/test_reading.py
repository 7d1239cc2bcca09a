"""What is written is what is read: any dialect, any encoding, any cells."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import tracemalloc
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from enclave.anonymise.ports import ROWS_TASK
from enclave.anonymise.reading import decode
from enclave.anonymise.reading.batches import pack, unpack
from enclave.anonymise.reading.table import Table
from tests.fakes.memory_anonymise import arriving, run_task

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
PLAIN = st.text(st.characters(codec="cp1252", exclude_characters="\0\x81\x8d\x8f\x90\x9d"), max_size=12)
ENCODINGS = {
    "utf-8": b"",
    "utf-8 with mark": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "cp1252": b"",
}


def cells(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(text, min_size=width, max_size=width), min_size=1, max_size=6))


def written(rows: list[list[str]], *, delimiter: str, end: str, quoting: int) -> str:
    # Python's writer leaves a lone CR unquoted, which no reader could tell from a line end.
    quoting = csv.QUOTE_ALL if any(char in cell for row in rows for cell in row for char in "\r\n") else quoting
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow([f"column {place}" for place in range(len(rows[0]))])
    writer.writerows(rows)
    return out.getvalue()


def arrays(columns: list[list[str]]) -> list[pa.StringArray]:
    return [pa.array(cells, pa.string()) for cells in columns]


def read(content: bytes) -> tuple[Table, list[list[str]]]:
    table = Table(arriving(content))
    rows = [list(row) for columns in table.batches() for row in zip(*(cells.to_pylist() for cells in columns), strict=True)]
    return table, rows


@settings(deadline=None)
@given(
    rows=cells(TEXT),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be"]),
)
@example(rows=[["\r", "\n"], ["a\r\nb", '"'], ["", ""]], delimiter=",", end="\r", quoting=csv.QUOTE_ALL, encoding="utf-8")
@example(rows=[["é\u2028", "\x85\x0b\x0c"]], delimiter=";", end="\r\n", quoting=csv.QUOTE_MINIMAL, encoding="utf-16-be")
def test_any_dialect_and_encoding_reads_back(rows: list[list[str]], delimiter: str, end: str, quoting: int, encoding: str) -> None:
    text = written(rows, delimiter=delimiter, end=end, quoting=quoting)
    content = ENCODINGS[encoding] + text.encode(encoding.split(" ", maxsplit=1)[0])
    table, found = read(content)
    assert found == rows
    assert table.rows == len(rows)
    assert table.about()["encoding"] == ("UTF-16" if "16" in encoding else "UTF-8")


@settings(deadline=None)
@given(rows=cells(PLAIN), delimiter=st.sampled_from(",;\t|"))
def test_windows_1252_reads_back_and_is_declared(rows: list[list[str]], delimiter: str) -> None:
    content = written(rows, delimiter=delimiter, end="\r\n", quoting=csv.QUOTE_MINIMAL).encode("cp1252")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        # Where accented bytes happen to be UTF-8 as well, the file is UTF-8 by rule, or a mixture.
        assume(content[: error.start].isascii() and not decode._UTF8_IN_DISGUISE.search(content))
        table, found = read(content)
        assert found == rows
        assert table.about()["encoding"] == "Windows-1252"


@settings(deadline=None)
@given(rows=cells(TEXT), size=st.integers(1, 9))
def test_where_the_chunks_are_cut_makes_no_difference(rows: list[list[str]], size: int) -> None:
    content = written(rows, delimiter=",", end="\r\n", quoting=csv.QUOTE_MINIMAL).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "CHUNK", size)
        assert read(content)[1] == rows


def test_all_line_ends_in_one_file() -> None:
    table, rows = read(b'a,b\r\n1,2\n3,4\r5,"6\r\n7"\n\n\r\n')
    assert rows == [["1", "2"], ["3", "4"], ["5", "6\r\n7"]]
    assert table.about()["line_ends"] == ["CRLF", "LF", "CR"]


def test_utf16_without_a_mark() -> None:
    assert read("name,place\nZoë,Łódź\n".encode("utf-16-le"))[1] == [["Zoë", "Łódź"]]


def test_leading_zeros_and_spaces_stay() -> None:
    assert read(b"phone,code\n07700900123, 007 \n")[1] == [["07700900123", " 007 "]]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | TEXT, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.dates(), st.none() | st.booleans()),
        min_size=1,
        max_size=20,
    )
)
def test_parquet_becomes_text(rows: list[tuple[str | None, int | None, dt.date | None, bool | None]]) -> None:
    kinds = (pa.string(), pa.int64(), pa.date32(), pa.bool_())
    table = pa.table({f"c {place}": pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)})
    out = io.BytesIO()
    pq.write_table(table, out)
    expected = [["" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row] for row in rows]
    assert read(out.getvalue())[1] == expected


def test_parquet_of_decimals_floats_moments_and_dictionaries() -> None:
    table = pa.table(
        {
            "d": pa.array([Decimal("1.50")]),
            "f": pa.array([0.25]),
            "t": pa.array([dt.datetime(2024, 2, 29, 13, 5, tzinfo=dt.UTC)], pa.timestamp("s", tz="Europe/London")),
            "c": pa.array(["x"]).dictionary_encode(),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    assert read(out.getvalue())[1] == [["1.50", "0.25", "2024-02-29 13:05:00", "x"]]


@settings(deadline=None)
@given(cells(TEXT))
def test_batches_cross_the_wall_unchanged(rows: list[list[str]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    assert [array.to_pylist() for array in unpack(pack(arrays(columns)), columns=len(columns))] == columns


@settings(deadline=None)
@given(content=st.binary(max_size=200), columns=st.integers(1, 3))
def test_what_is_not_a_batch_is_refused_or_valid_text(content: bytes, columns: int) -> None:
    try:
        found = unpack(content, columns=columns)
    except (ValueError, pa.ArrowInvalid):
        return
    for array in found:
        array.validate(full=True)


@settings(deadline=None)
@given(place=st.integers(0, 60), value=st.integers(0, 255))
def test_a_forged_batch_never_reads_beyond_itself(place: int, value: int) -> None:
    payload = bytearray(pack(arrays([["ab", "", "é"], ["c", "dddd", "e"]])))
    payload[place % len(payload)] = value
    try:
        found = unpack(bytes(payload), columns=2)
    except ValueError:  # pyarrow's ArrowInvalid is one
        return
    assert all(len(array) == 3 for array in found)


class Endless(io.RawIOBase):
    """A long file that is nowhere in memory."""

    def __init__(self, head: bytes, row: bytes, rows: int) -> None:
        super().__init__()
        self._head, self._row, self._left = head, row * 1000, rows // 1000

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        if self._left == 0:
            return b""
        self._left -= 1
        return self._row


def test_memory_does_not_grow_with_the_file() -> None:
    source = Endless(b"a,b,c\n", b'one,"two, or more",\xc3\xa9\n', 400_000)  # 9 MB
    tracemalloc.start()
    table = Table(source)  # type: ignore[arg-type]
    for _ in table.batches():
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert table.rows == 400_000
    assert peak < 5 << 20


def test_a_batch_fits_a_frame_of_the_jail() -> None:
    wide = ",".join(f"c{place}" for place in range(500)).encode() + b"\n" + (b"\xe2\x82\xac" * 600 + b",") * 499 + b"z\n"
    frames = run_task(ROWS_TASK, io.BytesIO(wide * 1))
    assert max(len(frame) for frame in frames if isinstance(frame, bytes)) < 8 << 20
