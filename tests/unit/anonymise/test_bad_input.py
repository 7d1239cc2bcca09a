"""Every kind of bad file is refused by its rule, with its line, and without a word of what is in it."""

from __future__ import annotations

import io
import json
import logging

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.ports import PROFILE_TASK, ROWS_TASK
from enclave.anonymise.reading import parquet_table
from enclave.anonymise.reading.parquet_table import ParquetTable
from enclave.anonymise.refusal import RULES, FileRefusedError, Refusal
from enclave.catalogue.upload import UploadState
from tests.factories.uploads import Desk
from tests.fakes.memory_anonymise import arriving, run_task

# What no message may repeat.
CANARY = "Quatermain"
HEAD = b"forename,surname,minutes\n"
GOOD = b"Zebulon,Quatermain,12\n"

BAD: dict[str, tuple[bytes, str, int | None]] = {
    "empty": (b"", "U-01", None),
    "only white space": (b"\r\n \n", "U-01", None),
    "a mark and nothing": (b"\xef\xbb\xbf", "U-01", None),
    "a spreadsheet": (b"PK\x03\x04" + GOOD, "U-02", None),
    "a PDF": (b"%PDF-1.7 Quatermain", "U-02", None),
    "gzip": (b"\x1f\x8b\x08Quatermain", "U-02", None),
    "JSON": (b'[{"surname": "Quatermain"}]', "U-02", None),
    "a web page": (b"<html>Quatermain", "U-02", None),
    "UTF-8 after Windows-1252": (HEAD + b"Zo\xeb,Quatermain,1\n" + "Zoë,Quatermain,1\n".encode(), "U-04", 3),
    "two separators that tie": (b"a,b|c\nQuatermain,1|2\n", "U-06", 1),
    "cut in the middle of a row": (HEAD + GOOD + b"Zebulon,Quat", "U-05", 3),
    "cut in the middle of a character": (b"\xef\xbb\xbf" + HEAD + GOOD + b"Zebulon,Quatermain,\xc3", "U-05", 3),
    "NUL in the header": (b"forename,sur\0name\nZebulon,Quatermain\n", "U-03", 1),
    "bytes that are not text in the header": (b"\xef\xbb\xbfforename,\xff\nZebulon,Quatermain\n", "U-04", 1),
    "text after a quote in the header": (b'"forename"x,surname\nZebulon,Quatermain\n', "U-09", 1),
    "a header without an end": (b'"' + b'a\n","' * 400_000, "U-11", 1),
    "more bad rows than good ones": (HEAD + GOOD + b"Zebulon,Quatermain\n" * 2, "U-18", None),
    "a file without line ends": (HEAD + b"a," * 700_000, "U-18", None),
    "cut inside a quote": (HEAD + GOOD + b'"Zebulon,Quatermain,1\nAnn,Bell,2\n', "U-08", 3),
    "too many columns": (",".join(f"c{n}" for n in range(501)).encode() + b"\n", "U-12", None),
    "a column without a name": (b"forename,,minutes\n" + GOOD, "U-13", 1),
    "a blank first line": (b"\n" + HEAD + GOOD, "U-13", 1),
    "a trailing separator in the header": (b"forename,surname,\n" + GOOD, "U-13", 1),
    "the same name twice": (b"surname,Surname ,minutes\n" + GOOD, "U-14", None),
    "no header: a number": (b"Zebulon,Quatermain,12\nAnn,Bell,13\n", "U-15", 1),
    "no header: a date": (b"Zebulon,Quatermain,1980-04-03\n", "U-15", 1),
    "no header: an NHS number": (b"Zebulon,Quatermain,943 476 5919\n", "U-15", 1),
    "no header: a postcode": (b"Quatermain,SW1A 2AA\n", "U-15", 1),
    "no header: an e-mail": (b"Quatermain,z@example.org\n", "U-15", 1),
    "no header: a name": (b"Sarah Jones,Quatermain\n", "U-15", 1),
    "a name that is a letter to somebody": (b"a," + b"Quatermain" * 30 + b"\n1,2\n", "U-16", None),
    "names and nothing else": (HEAD, "U-17", None),
    "a torn Parquet file": (b"PAR1Quatermain", "U-20", None),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("task", [PROFILE_TASK, ROWS_TASK])
def test_bad_files_are_refused_by_rule_and_line(
    name: str, task: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    content, rule, line = BAD[name]
    caplog.set_level(logging.DEBUG)
    why = _refusal(content, task)
    assert (why.rule, why.line) == (rule, line)
    said = json.dumps(why.as_json()) + caplog.text + "".join(capfd.readouterr())
    assert CANARY not in said
    assert why.instead


@pytest.mark.parametrize("name", BAD)
def test_nothing_is_published_of_a_bad_file(name: str) -> None:
    desk = Desk()
    upload = desk.upload(BAD[name][0])
    profile(upload=upload, ports=desk.ports())
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
        assert work.datasets.versions(desk.dataset) == []
    assert found is not None
    assert found.state is UploadState.REFUSED
    assert desk.quarantine.parts == {}
    written = found.sentence + json.dumps(found.report) + json.dumps([entry.event.details for entry in desk.enclave.log.entries()])
    assert CANARY not in written


def _parquet(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


GOOD_PARQUET = _parquet(pa.table({"surname": ["Quatermain"] * 2000}))
PARQUET: dict[str, tuple[bytes, str, int | None]] = {
    "cut short": (GOOD_PARQUET[:-20], "U-20", None),
    "a damaged footer": (GOOD_PARQUET[:-60] + b"\xff" * 40 + GOOD_PARQUET[-20:], "U-20", None),
    "lists": (_parquet(pa.table({"surname": [["Quatermain"]]})), "U-21", None),
    "structures": (_parquet(pa.table({"who": [{"surname": "Quatermain"}]})), "U-21", None),
    "bytes": (_parquet(pa.table({"surname": [b"Quatermain"]})), "U-21", None),
    "a bomb": (_parquet(pa.table({"a": pa.array(["Quatermain"]).take(pa.array([0] * 2_000_000))})), "U-22", None),
    "another end than was sent ahead": (GOOD_PARQUET[:30] + b"Quatermain" + GOOD_PARQUET[40:], "U-20", None),
    "no rows": (_parquet(pa.table({"surname": pa.array([], pa.string())})), "U-17", None),
    "no header": (_parquet(pa.table({"Quatermain": ["a"], "943 476 5919": ["b"]})), "U-15", 1),
    "names that differ in capitals": (_parquet(pa.table({"a": ["Quatermain"], "A": ["b"]})), "U-14", None),
}  # fmt: skip


@pytest.mark.parametrize("name", PARQUET)
def test_bad_parquet_is_refused(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    content, rule, line = PARQUET[name]
    why = _refusal(content, ROWS_TASK)
    assert (why.rule, why.line) == (rule, line)
    assert CANARY not in json.dumps(why.as_json()) + "".join(capfd.readouterr())


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_to_do(rule: str) -> None:
    sentence, instead = RULES[rule]
    assert sentence.endswith(".")
    assert instead.endswith(".")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"rule": "U-99", "line": 1, "counts": {}},
        {"rule": "U-07", "line": 1, "counts": {}},
        {"rule": "U-07", "line": "Quatermain", "counts": {"found": 1, "expected": 2}},
        {"rule": "U-07", "line": 1, "counts": {"found": "Quatermain", "expected": 2}},
        {"rule": "U-04", "line": 1, "counts": {"encoding": "Quatermain"}},
    ],
)
def test_the_jail_cannot_write_sentences(body: object) -> None:
    with pytest.raises((ValueError, KeyError)):
        Refusal.from_wire(body)  # type: ignore[arg-type]


def _refusal(content: bytes, task: str) -> Refusal:
    last = run_task(task, arriving(content))[-1]
    assert isinstance(last, dict)
    return Refusal.from_wire(last["refused"])


def test_row_groups_that_lie_where_we_have_been_are_refused() -> None:
    """As if the footer named a place that went by: the file arrives once."""
    source = arriving(GOOD_PARQUET)
    table = ParquetTable(source.read(1 << 18), source)
    table._arriving.move(len(GOOD_PARQUET) - 8, len(GOOD_PARQUET) - 8)
    with pytest.raises(FileRefusedError) as refused:
        list(table.batches())
    assert refused.value.why.rule == "U-25"


def test_a_row_group_too_large_to_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_table, "LARGEST_GROUP", 10)
    assert _refusal(GOOD_PARQUET, ROWS_TASK).rule == "U-23"
