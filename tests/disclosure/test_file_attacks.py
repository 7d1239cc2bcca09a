"""Files made to smuggle identifiers in, or to break what reads them: the attack recipes on files, by number, through the real pipeline.

Recipes 14, 17 and 18 are attacks on text and stand beside the text engine's tests.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enclave.adapters.jail_parser import JailParser
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.reading.parse import read_rows
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.scan import scan_file
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.catalogue.upload import Upload, UploadState
from enclave.isolation import bubblewrap
from enclave.isolation.jail import JailFailed, Limits, run
from enclave.terms.schema import Category, Column, Kind, Unit
from enclave.terms.spreadsheet import inert
from tests.factories.canaries import EMAIL, NHS, NINO, SURNAME, WORDS, in_bytes
from tests.factories.uploads import Desk
from tests.fakes.memory_anonymise import parse_here

JAIL = JailParser(run=run, limits=Limits, failed=JailFailed)
needs_jail = pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")

STATUS = Column(name="status", label="Status", kind=Kind.CATEGORY, categories=(Category(code="open"), Category(code="closed")))
OTHER = Column(name="other", label="Other", kind=Kind.CATEGORY, categories=STATUS.categories)
COUNT = Column(name="n", label="n", kind=Kind.INTEGER, low=0, high=99_999_999_999)
COST = Column(name="cost", label="Cost", kind=Kind.NUMBER, low=0, high=10**14, decimals=2)


def plan(**columns: Column | None) -> Declaration:
    """Every named column kept as declared, or dropped."""
    plans = [
        ColumnPlan(header=header, treatment=Treatment.KEEP if public else Treatment.DROP, public=public)
        for header, public in columns.items()
    ]
    return Declaration(columns=tuple(plans), size=10, rows_per_person=1)


def parquet(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], *, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue().encode(encoding)


class Case:
    """One upload through the whole pipeline in memory, and everything that was said of it."""

    def __init__(self, content: bytes, declared: Declaration | None = None) -> None:
        self.desk = Desk(unit=Unit.ROW)
        self.number = self.desk.upload(content)
        profile(upload=self.number, ports=self.desk.ports())
        if declared and self.upload.state is UploadState.DECLARING:
            self.desk.go_through(self.number, declared)

    @property
    def upload(self) -> Upload:
        with self.desk.enclave.begin() as work:
            found = work.uploads.by_id(self.number)
        assert found is not None
        return found

    @property
    def said(self) -> str:
        """All that is kept or shown of the upload."""
        events = [entry.event.details for entry in self.desk.enclave.log.entries()]
        return json.dumps([self.upload.sentence, self.upload.profile, self.upload.report, events])

    def stray(self, header: str) -> dict[str, int]:
        columns = cast("list[dict[str, Any]]", (self.upload.profile or {})["columns"])
        return next(one["stray"] for one in columns if one["header"] == header)

    def values(self, name: str) -> list[int | None]:
        """The published values of a column, in no order anybody could use."""
        found = next(one for one in self.desk.files.tables[self.number].columns if one.column.name == name)
        return [None if missing else value for value, missing in zip(found.values.tolist(), found.missing.tolist(), strict=True)]


def refusal(content: bytes, parser: Any = parse_here) -> FileRefusedError:
    with pytest.raises(FileRefusedError) as refused:
        scan_file(source=io.BytesIO(content), size=len(content), name="x.csv", parser=parser)
    assert not in_bytes(f"{refused.value} {refused.value.as_json()}".encode())
    return refused.value


def outcome(scan: Callable[[], dict[str, Any]]) -> set[str]:
    """The rules by which a file, or rows of it, were refused. Whatever was said holds no canary."""
    try:
        said = scan()
        rules = {one["rule"] for one in said["rejected"]["first"]}
    except FileRefusedError as refused:
        said, rules = refused.as_json(), {refused.rule}
    assert not in_bytes(json.dumps(said).encode())
    return rules


# 1. Identifiers where nobody expects them ------------------------------------------------------------------------------------------


def test_recipe_01_one_nhs_number_in_a_hundred_thousand_rows_of_a_category() -> None:
    rows = [("open" if number % 2 else "closed", number % 50) for number in range(100_000)]
    rows[61_803] = (NHS, 7)
    case = Case(table(["status", "n"], rows), plan(status=STATUS, n=COUNT))
    assert case.stray("status") == {"UK_NHS": 1}
    report = case.upload.report or {}
    assert report["stray"] == {"status": [61_804]}
    assert cast("dict[str, Any]", report["columns"])["status"]["quarantined"] == 1
    assert case.values("status").count(None) == 1
    assert not in_bytes(case.said.encode())


def test_recipe_01_a_declaration_cannot_let_it_through() -> None:
    case = Case(table(["status", "n"], [("open", 5)] * 50 + [("closed", NHS)]), plan(status=STATUS, n=COUNT))
    assert case.values("n").count(None) == 1
    assert int(NHS) not in case.values("n")
    assert COUNT.high not in case.values("n")


# 2 to 6. Files that are not what they seem -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        table([SURNAME, NHS], [(SURNAME, NHS)] * 3),
        table(["Sarah Jones", "open"], [("Ann Smith", "closed")] * 3),
        table([SURNAME, EMAIL], [(SURNAME, EMAIL)] * 3),
        parquet(pa.table({SURNAME: ["a"], NHS: ["b"]})),
        parquet(pa.table({"Sarah Jones": ["a"], "b": ["b"]})),
    ],
)
def test_recipe_02_a_file_without_a_header_line(content: bytes) -> None:
    case = Case(content)
    assert case.upload.state is UploadState.REFUSED
    assert refusal(content).rule == "U-15"
    assert not in_bytes(case.said.encode())
    assert case.desk.quarantine.parts == {}


@pytest.mark.parametrize(
    "content",
    [
        table(["name", "name"], [(SURNAME, "x")]),
        table(["Name", " name "], [(SURNAME, "x")]),
        parquet(pa.Table.from_arrays([pa.array([SURNAME]), pa.array(["x"])], names=["name", "name"])),
    ],
)
def test_recipe_03_two_columns_of_one_name(content: bytes) -> None:
    assert refusal(content).rule == "U-14"


@pytest.mark.parametrize("bad", [f"{SURNAME}\n", f"{SURNAME},1,{NHS}\n", f'"{SURNAME}" {NHS},1\n', f'"{SURNAME},1\n'])
def test_recipe_04_a_ragged_row_is_told_by_its_line_and_never_quoted(
    bad: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    content = b"status,n\nopen,1\n" + bad.encode() + b"closed,2\n"
    case = Case(content, plan(status=STATUS, n=COUNT))
    assert not in_bytes((case.said + caplog.text + "".join(capfd.readouterr())).encode())
    told = json.dumps([case.upload.sentence, case.upload.profile, case.upload.report])
    assert "3" in told
    if case.upload.state is UploadState.PUBLISHED:  # the row was left out; its neighbours did not move
        assert sorted(case.values("n"), key=str) == [1, 2]


@needs_jail
def test_recipe_04_not_even_by_the_jail(capfd: pytest.CaptureFixture[str]) -> None:
    content = b"status,n\nopen,1\n" + f"{SURNAME}\n".encode() * 3
    try:
        said = json.dumps(scan_file(source=io.BytesIO(content), size=len(content), name="x.csv", parser=JAIL))
    except FileRefusedError as refused:
        said = json.dumps(refused.as_json())
    assert not in_bytes((said + "".join(capfd.readouterr())).encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_recipe_05_identifiers_are_found_in_any_encoding(encoding: str) -> None:
    rows = [("Zoë open", 1)] * 30 + [(f"seen {NHS}", 2), (NINO, 3)]
    case = Case(table(["status", "n"], rows, encoding=encoding))
    assert case.upload.state is UploadState.DECLARING
    assert case.stray("status") == {"UK_NHS": 1, "UK_NINO": 1}


def test_recipe_05_bytes_that_nobody_could_scan_are_refused() -> None:
    content = parquet(pa.table({"status": pa.array([SURNAME.encode("cp1252")], pa.binary())}))
    assert refusal(content).rule == "U-21"


@pytest.mark.parametrize(
    "content",
    [
        table(["status", "n"], [("Quater\0main", 1)]),
        parquet(pa.table({"status": ["open", "Quater\0main"]})),
        b"status,n\nQuatermain,1\n" + b"\0" * 100,
    ],
)
def test_recipe_06_a_nul_hides_nothing(content: bytes) -> None:
    case = Case(content, plan(status=STATUS, n=COUNT) if content.startswith(b"status,n") else plan(status=STATUS))
    assert not in_bytes(case.said.encode())
    assert "Quater" not in case.said


# 7. Numbers ------------------------------------------------------------------------------------------------------------------------


def test_recipe_07_leading_zeros_are_kept() -> None:
    content = table(["phone", "code"], [("07700900961", "007"), ("00420", "")])
    scanned = scan_file(source=io.BytesIO(content), size=len(content), name="x.csv", parser=parse_here)
    headers = [str(one["header"]) for one in cast("list[dict[str, Any]]", scanned["columns"])]
    batches = read_rows(parse_here, io.BytesIO(content), size=len(content), headers=headers, sha256=hashlib.sha256(content).hexdigest())
    assert [[column.to_pylist() for column in batch] for batch in batches] == [[["07700900961", "00420"], ["007", ""]]]


@pytest.mark.parametrize(
    "content",
    [
        table(["n", "cost"], [(number, number / 8) for number in range(200)] + [(NHS, f"{NHS}.0")]),
        parquet(pa.table({"n": pa.array([*range(200), int(NHS)], pa.int64()), "cost": pa.array([*map(float, range(200)), float(NHS)])})),
    ],
    ids=["CSV", "Parquet"],
)
def test_recipe_07_numbers_are_scanned_like_text(content: bytes) -> None:
    case = Case(content, plan(n=COUNT, cost=COST))
    assert case.stray("n") == {"UK_NHS": 1}
    assert case.stray("cost") == {"UK_NHS": 1}
    for name in ("n", "cost"):
        assert case.values(name).count(None) == 1
        assert not {int(NHS), int(NHS) * 100, 99_999_999_999, 10**14} & set(case.values(name))


# 8 and 9. Size ---------------------------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        super().__init__()
        self._make = make
        self._pieces = make()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Only back to the beginning."""
        assert (offset, whence) == (0, io.SEEK_SET)
        self._pieces = self._make()
        self._rest = b""
        return 0

    def tell(self) -> int:
        return 0

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


@needs_jail
def test_recipe_08_a_cell_of_a_hundred_megabytes() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'status,n\nopen,1\n"'
        yield from (SURNAME.encode() * 100_000 for _ in range(100))
        yield b'",1\n'

    size = 17 + 100 * 100_000 * len(SURNAME) + 4
    source = cast(BinaryIO, io.BufferedReader(Endless(pieces)))
    said = outcome(lambda: scan_file(source=source, size=size, name="x.csv", parser=JAIL))
    assert {"U-10", "U-11"} & set(said)


@needs_jail
def test_recipe_08_a_large_cell_of_parquet() -> None:
    content = parquet(pa.table({"status": ["open", SURNAME * 2_000_000]}), compression="zstd")
    said = outcome(lambda: scan_file(source=io.BytesIO(content), size=len(content), name="x.csv", parser=JAIL))
    assert {"U-10", "U-11"} & set(said)


def test_recipe_09_a_compressed_bomb() -> None:
    bomb = gzip.compress(b"status,n\n" + b"0" * (64 << 20))
    assert len(bomb) < 100_000
    assert refusal(bomb).rule == "U-02"


@needs_jail
def test_recipe_09_a_parquet_file_of_more_rows_than_bytes() -> None:
    bomb = parquet(pa.table({"status": pa.array([SURNAME]).take(pa.array([0] * 5_000_000))}))
    assert len(bomb) < 60_000
    assert refusal(bomb, JAIL).rule == "U-22"


# 10 to 13. What a Parquet file carries beside its cells -----------------------------------------------------------------------------


def _laden(*, unused: bool) -> bytes:
    """Metadata of the schema and of a field, pandas' index, statistics and a dictionary, all with the canary in them."""
    codes = pa.DictionaryArray.from_arrays(pa.array([0, 1] * 40, pa.int8()), pa.array(["open", "closed", SURNAME]))
    names = pa.array(["open", "closed"] * 40 if unused else [SURNAME, "closed"] * 40)
    fields = [
        pa.field("status", codes.type, metadata={"note": f"extract for {SURNAME}"}),
        pa.field("other", pa.string(), metadata={SURNAME: NHS}),
        pa.field("n", pa.int64()),
    ]
    pandas = json.dumps({"index_columns": [SURNAME], "columns": [{"name": SURNAME}]})
    schema = pa.schema(fields, metadata={"pandas": pandas, "note": f"for {SURNAME} {NHS}"})
    return parquet(pa.Table.from_arrays([codes, names, pa.array(range(80))], schema=schema), write_statistics=True)


def test_recipes_10_to_12_nothing_beside_the_cells_is_read_let_alone_kept() -> None:
    content = _laden(unused=True)
    assert {SURNAME, NHS} <= in_bytes(content)
    case = Case(content, plan(status=STATUS, other=OTHER, n=COUNT))
    assert case.upload.state is UploadState.PUBLISHED
    assert case.stray("status") == {}
    assert not in_bytes(case.said.encode())
    assert sorted(set(case.values("other"))) == [0, 1]


def test_recipe_11_statistics_of_dropped_values_go_with_them() -> None:
    case = Case(_laden(unused=False), plan(status=STATUS, other=None, n=COUNT))
    assert case.upload.state is UploadState.PUBLISHED
    assert [one.column.name for one in case.desk.files.tables[case.number].columns] == ["status", "n"]


NESTED = {
    "list": [[SURNAME, NHS]],
    "structure": [{"name": SURNAME}],
    "list of structures": [[{"name": SURNAME, "nhs": NHS}]],
    "map": pa.array([[(SURNAME, NHS)]], pa.map_(pa.string(), pa.string())),
    "bytes": [SURNAME.encode()],
    "fixed bytes": pa.array([SURNAME.encode()], pa.binary(10)),
    "dictionary of bytes": pa.array([SURNAME.encode()]).dictionary_encode(),
    "list in a dictionary": pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([SURNAME.encode()], pa.large_binary())),
}


@pytest.mark.parametrize("kind", NESTED)
def test_recipe_13_nested_and_binary_columns_are_refused(kind: str) -> None:
    assert refusal(parquet(pa.table({"status": ["open"], "more": NESTED[kind]}))).rule == "U-21"


# 15. Formulas ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1+1", "=cmd|' /C calc'!A0"])
def test_recipe_15_text_that_would_be_a_formula_is_made_plain_on_export(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["open", "", "-5", "+44", "-1.5e3", 7, -7, -1.5, None, True, "a=b", "2024-01"])
def test_recipe_15_other_cells_leave_as_they_are(cell: object) -> None:
    assert inert(cell) == cell


# 16. Names -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", [f"{SURNAME} {NHS}.csv", "xl/worksheets/sheet1.xml"])
def test_recipe_16_an_archive_is_refused_whatever_its_members_are_called(member: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, "status,n\nopen,1\n")
    case = Case(out.getvalue())
    assert case.upload.state is UploadState.REFUSED
    assert refusal(out.getvalue()).rule == "U-02"
    assert not in_bytes(case.said.encode())


def test_recipe_16_a_scan_tells_of_the_files_own_name_without_repeating_it() -> None:
    content = table(["status", "n"], [("open", 1)])
    found = scan_file(source=io.BytesIO(content), size=len(content), name=f"Sarah Jones {NHS}.csv", parser=parse_here)
    assert [one["entity"] for one in cast("list[dict[str, Any]]", found["name"])] == ["PERSON", "UK_NHS"]
    assert not in_bytes(json.dumps(found).encode())


# The harness itself ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", WORDS)
def test_the_canary_search_sees_every_form(word: str) -> None:
    for disguise in (
        word.encode(), word.encode("utf-16"), word[::-1].encode(), word.encode().hex().encode(),
        *(base64.b64encode(b"x" * offset + word.encode() + b"more") for offset in range(3)),
        *(base64.b64encode(b"x" * offset + word.encode("utf-16-le")) for offset in range(3)),
    ):  # fmt: skip
        assert word in in_bytes(b"before " + disguise + b" after")
    assert not in_bytes(b"nothing of the kind " * 1000)


def test_the_canary_search_sees_numbers() -> None:
    assert NHS in in_bytes(b"\1" + int(NHS).to_bytes(8, "little") + b"\1")
