"""Damaged rows are left out and told by rule, line and column; every other row is read, and nothing is counted twice or lost."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.anonymise.ports import PROFILE_TASK, ROWS_TASK
from enclave.anonymise.reading import csv_table, decode, lines
from enclave.anonymise.reading.decode import Text
from enclave.anonymise.reading.rejects import FIRST, RULES_OF_ROWS, Rejects
from enclave.anonymise.reading.table import Table
from enclave.anonymise.refusal import FileRefusedError
from tests.deep import draws
from tests.factories.malformed import meddled
from tests.factories.slow_csv import CutError, SlowCsv
from tests.fakes.memory_anonymise import arriving, run_task

CANARY = "Quatermain"
HEAD = b"forename,surname,minutes\n"
GOOD = b"Zebulon,Quatermain,12\n"
MARK = b"\xef\xbb\xbf"

Told = list[tuple[str, int, int]]
DAMAGED: dict[str, tuple[bytes, Told, int]] = {
    "NUL": (HEAD + GOOD + b"Zebulon\0,Quatermain,1\n" + GOOD, [("U-03", 3, 1)], 2),
    "NUL in UTF-16": ((HEAD + GOOD + b"Zebulon,Quater\0main,1\n" + GOOD).decode().encode("utf-16"), [("U-03", 3, 2)], 2),
    "broken UTF-8 after accents": ("é,b\nQuatermain,1\nb,2\n".encode() + b"\xff,2\n", [("U-04", 4, 1)], 2),
    "a byte Windows-1252 does not have": (HEAD + GOOD + b"\x81,Quatermain,1\n" + b"Zo\xeb,Quatermain,1\n", [("U-04", 3, 1)], 2),
    "half a pair of UTF-16": (
        "a,b\nQuatermain,1\n".encode("utf-16-le") + b"\x00\xd8,\0\x31\0\n\0" + "c,2\n".encode("utf-16-le"),
        [("U-04", 3, 1)],
        2,
    ),
    "a short row": (HEAD + GOOD + b"Zebulon,Quatermain\n" + GOOD, [("U-07", 3, 0)], 2),
    "a long row": (HEAD + GOOD + GOOD + b"Zebulon,Quatermain,1,2\n", [("U-07", 4, 0)], 2),
    "short and long, which a reader that only counts cells would not see": (
        HEAD + GOOD + GOOD + b"Zebulon,Quatermain\nZebulon,Quatermain,1,2\n",
        [("U-07", 4, 0), ("U-07", 5, 0)],
        2,
    ),
    "blank lines are no rows": (b"a,b\n\n1,2\n\n\r\n3,4\n\n", [], 2),
    "text after a quote": (HEAD + GOOD + b'"Zebulon" Quatermain,b,1\n' + GOOD, [("U-09", 3, 0)], 2),
    "a stray quote takes the lines up to the next with it": (
        HEAD + GOOD * 4 + b'"Zebulon,Quatermain,1\n' + GOOD + b'Zebulon,"Quatermain",2\n' + GOOD,
        [("U-09", 6, 0), ("U-19", 7, 0), ("U-19", 8, 0)],
        5,
    ),
    "a huge cell": (HEAD + GOOD + b"Zebulon," + b"Quatermain" * 7000 + b",1\n" + GOOD, [("U-10", 3, 0)], 2),
    "a huge row": (HEAD + GOOD + b"Quatermain," * 100_000 + b"\n" + GOOD, [("U-11", 3, 0)], 2),
    "a huge row of many lines": (
        HEAD + GOOD * 30 + b'"' + b'\n","'.join([b"Quatermain" * 6000] * 20) + b'"\n' + GOOD,
        [("U-11", 32, 0), *(("U-19", line, 0) for line in range(33, 50)), ("U-09", 50, 0), ("U-09", 51, 0)],
        31,
    ),
    "no line end at the end": (HEAD + GOOD + b"Zebulon,Quatermain,7", [], 2),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_costs_its_row_and_no_other(name: str) -> None:
    content, told, kept = DAMAGED[name]
    table = Table(arriving(content))
    assert sum(len(columns[0]) for columns in table.batches()) == kept
    assert [(one.why.rule, one.why.line, one.column) for one in table.rejects.first] == told
    assert table.rejects.rows == len(told)
    assert (table.rows, table.rejects.rows) == (kept, len(told))


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_told_quotes_nothing_and_says_what_to_do(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    content, told, _ = DAMAGED[name]
    profiled, rows = (run_task(task, arriving(content))[-1] for task in (PROFILE_TASK, ROWS_TASK))
    assert isinstance(profiled, dict)
    assert isinstance(rows, dict)
    said = profiled["profile"]["rejected"]  # type: ignore[index,call-overload]
    assert rows["rejected"] == said["rows"] == len(told)  # type: ignore[index,call-overload]
    found = Rejects.from_json(said)
    assert found.as_json() == said
    words = json.dumps(said) + "".join(one.why.sentence + one.why.instead for one in found.first) + "".join(capfd.readouterr())
    assert CANARY not in words
    assert all(str(one.why.line) in one.why.sentence for one in found.first)


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=3)
    return out.getvalue()


NOT_TEXT = pa.StringArray.from_buffers(4, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\5\0\0\0\6\0\0\0"), pa.py_buffer(b"aba\xff\xfec"))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (pa.table({"a": ["1", "2", "3", "4", "5"], "surname": ["Ann", "Bo", "Cy", "Quater\0main", None]}), [("U-03", 4, 2)]),
        (pa.table({"surname": ["Ann", "Quatermain" * 7000, "Bo"]}), [("U-10", 2, 1)]),
        (pa.table({"a": ["1", "2"], **{f"c{place}": ["Quatermain" * 3500, ""] for place in range(31)}}), [("U-11", 1, 0)]),
        (pa.table({"a": NOT_TEXT}), [("U-24", 3, 1)]),
        (pa.table({"a": NOT_TEXT.dictionary_encode()}), [("U-24", 3, 1)]),
    ],
)
def test_rows_of_parquet_are_rejected_alike(table: pa.Table, told: Told) -> None:
    read = Table(arriving(_parquet(table)))
    kept = sum(len(columns[0]) for columns in read.batches())
    assert [(one.why.rule, one.why.line, one.column) for one in read.rejects.first] == told
    assert kept + len(told) == table.num_rows


def test_only_the_first_of_each_rule_are_named() -> None:
    table = Table(arriving(HEAD + (GOOD * 2 + b"short\n") * 1000))
    assert sum(len(columns[0]) for columns in table.batches()) == 2000
    assert table.rejects.counts == {"U-07": 1000}
    assert len(table.rejects.first) == FIRST


PIECES = [b"a", b",", b'"', b"\n", b"\r", b"\r\n", b"\0", b"\xff", "é".encode(), b"aaaaaaa", b'"a",', b'""', b"a,b,c\n", b"d,e,f\r\n"]


@settings(deadline=None, max_examples=draws(400))
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 3), st.integers(1, 9), st.sampled_from(",;\t|"))
@example([b'"', b"a,b,c\n", b'"', b"a", b"\n", b"d,e,f\r\n"], 3, 2, ",")
@example([b'"a",', b'"', b"\r", b"aaaaaaa", b"\n"], 2, 1, ",")
def test_the_fast_reader_agrees_with_the_slow_one(pieces: list[bytes], width: int, chunk: int, delimiter: str) -> None:
    body = b"".join(pieces).replace(b",", delimiter.encode())
    header = delimiter.join(["h1", "h2", "h3"][:width]) + "\n"
    slow = SlowCsv(width=width, longest_cell=6, longest_record=20, delimiter=delimiter if width > 1 else ",")
    expected: tuple[object, ...] = ()
    try:
        slow.read(body.decode("utf-8", "replace"))
    except CutError as cut:
        expected = cut.args
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "CHUNK", chunk)
        patch.setattr(csv_table, "LONGEST_CELL", 6)
        patch.setattr(csv_table, "LONGEST_RECORD", 20)
        patch.setattr(lines, "LONGEST_RECORD", 20)
        rows, rejects, refused = _fast(MARK + header.encode() + body, chunk)
    assert refused == expected
    if not expected:
        assert rows == [cells for _, cells in slow.rows]
        assert rejects == slow.rejects


@settings(deadline=None, max_examples=draws(200))
@given(
    st.lists(st.lists(st.text("ab\"',;\n\r é", max_size=6), min_size=2, max_size=4), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(0, 7),
)
def test_on_ragged_files_pythons_reader_finds_the_same_rows(table: list[list[str]], end: str, damaged: int) -> None:
    """All rows are well quoted, some have too few or too many cells: Python's reader reads them all and we those of the right width."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["h1", "h2", "h3"], *table])
    text = out.getvalue()
    expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    rows, rejects, refused = _fast(MARK + text.encode(), 1 + damaged * 50)
    assert refused == ()
    assert rows == [row for row in expected if len(row) == 3]
    assert len(rejects) == sum(len(row) != 3 for row in expected)


def _fast(content: bytes, chunk: int) -> tuple[list[list[str]], Told, tuple[object, ...]]:
    source = io.BytesIO(content)
    try:
        table = csv_table.CsvTable(Text(source.read(max(8, chunk)), source))
        rows = [list(row) for columns in table.batches() for row in zip(*(cells.to_pylist() for cells in columns), strict=True)]
    except FileRefusedError as error:
        return [], [], (error.why.rule, error.why.line)
    return rows, [(one.why.rule, one.why.line or 0, one.column) for one in table.rejects.first], ()


def _made(told: list[tuple[str, int]]) -> dict[str, object]:
    rejects = Rejects()
    for rule, line in told:
        rejects.add(rule, line)
    return dict(rejects.as_json())


GOOD_REJECTS = st.lists(st.tuples(st.sampled_from(["U-03", "U-09", "U-11"]), st.integers(1, 99)), max_size=5).map(_made)


@given(meddled(GOOD_REJECTS))
def test_what_the_jail_says_of_rejected_rows_is_checked(body: object) -> None:
    try:
        found = Rejects.from_json(body)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    assert all(one.why.rule in RULES_OF_ROWS and one.why.sentence for one in found.first)
    assert sum(found.counts.values()) == found.rows >= len(found.first)
