"""The offline scan: its JSON as published, its table for people, and not a word of what is in the file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from enclave.anonymise.column_class import ColumnClass
from enclave.anonymise.columns.file_name import found_in_name
from enclave.anonymise.scan import scan_file
from enclave.cli import anonymise as command
from enclave.terms.errors import EnclaveError
from tests.factories.licensed import COMMITTED
from tests.factories.uploads import CANARIES, csv_bytes
from tests.fakes.memory_anonymise import parse_here

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "reference" / "enclave-scan-1.schema.json").read_text())
FILES = {
    "uploads": csv_bytes(),
    **{path.name: path.read_bytes() for path in sorted(COMMITTED.glob("synthea_agencies/*.csv"))},
    "odi": (COMMITTED / "ae_odi_mock" / "hospital_ae_data.csv").read_bytes(),
    "windows": "prénom,n\n".encode("cp1252") + b"a,1\n" * 9,
}


def scanned(content: bytes, *, name: str = "extract.csv") -> dict[str, Any]:
    return scan_file(source=io.BytesIO(content), size=len(content), name=name, parser=parse_here)


@pytest.mark.parametrize("name", FILES)
def test_the_json_is_as_published(name: str) -> None:
    body = json.loads(json.dumps(scanned(FILES[name], name="Jane Smith 9434765919.csv")))
    jsonschema.Draft202012Validator(SCHEMA).validate(body)
    assert [one["column"] for one in body["columns"]] == list(range(1, len(body["columns"]) + 1))


def test_the_schema_is_strict_and_knows_every_class() -> None:
    assert SCHEMA["$defs"]["class"]["enum"] == [kind.value for kind in ColumnClass]
    body = scanned(csv_bytes())
    for spoiled in (body | {"value": "Quatermain"}, body | {"format": "enclave-scan/2"}, {**body, "columns": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(SCHEMA).validate(spoiled)


def test_findings_have_counts_and_rows_and_no_values() -> None:
    body = scanned(csv_bytes())
    findings = {one["header"]: one["findings"] for one in body["columns"] if one["findings"]}
    assert findings["minutes"] == [{"entity": "UK_NHS", "plain": "NHS number", "cells": 1, "rows": [4]}]
    assert "surname" not in findings  # what a column is made of is not out of place in it
    assert not [canary for canary in CANARIES if canary in json.dumps(body)]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("extract.csv", []),
        ("2024-01-attendances_v2.csv", []),
        ("ae_2024_01_05 final (3).csv", []),
        ("Jane_Smith_943 476 5919.csv", ["PERSON", "UK_NHS"]),
        ("9434765919.parquet", ["UK_NHS"]),
        ("943-476-5919-notes.csv", ["UK_NHS"]),
        ("letters to jane.doe@example.org.csv", ["EMAIL_ADDRESS"]),
        ("AB123456C.csv", ["UK_NINO"]),
        ("referral SW1A 2AA.csv", ["UK_POSTCODE"]),
        ("sarah-jones.csv", ["PERSON"]),
    ],
)
def test_a_files_own_name_is_looked_at_and_not_repeated(name: str, wanted: list[str]) -> None:
    assert [entity.value for entity in found_in_name(name)] == wanted
    body = scanned(csv_bytes(), name=name)
    assert [one["entity"] for one in body["name"]] == wanted
    assert name.rpartition(".")[0] not in json.dumps(body)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command with the parser of the tests instead of the jail."""

    def scan(path: Path, *, tick: Any) -> Any:
        content = path.read_bytes()
        return scan_file(source=io.BytesIO(content), size=len(content), name=path.name, parser=parse_here, tick=tick)

    monkeypatch.setattr(command, "scan", scan)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_table_fits_and_says_what_to_do(
    width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    path = tmp_path / "Jane Smith.csv"
    path.write_bytes(csv_bytes())
    assert command.run(path, as_json=False) == 0
    said, warned = capsys.readouterr()
    lines = said.splitlines()
    assert lines[0] == "5 rows, 10 columns. Read as CSV, UTF-8, comma."
    assert warned == ""  # progress is for terminals
    assert [line.split()[1] for line in lines[4:14]] == [one["header"] for one in scanned(csv_bytes())["columns"]]
    assert "The file's own name holds something that looks like: person's name. Rename it" in said
    assert "minutes: " in said
    assert not [word for word in (*CANARIES, "Jane") if word in said]
    if width == 200:
        assert any(line.endswith("NHS number × 1 in row 4") for line in lines)


@pytest.mark.usefixtures("here")
def test_json_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(csv_bytes())
    assert command.run(path, as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == scanned(csv_bytes())


@pytest.mark.usefixtures("here")
def test_rows_that_cannot_be_read_are_named_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(b"a,b\n1,2\nQuatermain\n3,4\n")
    assert command.run(path, as_json=False) == 1
    said = capsys.readouterr().out
    assert "1 rows cannot be read and would be left out:" in said
    assert "Line 3 has 1 columns where the header has 2." in said
    assert "Quatermain" not in said
    body = scanned(path.read_bytes())
    jsonschema.Draft202012Validator(SCHEMA).validate(body)
    assert (body["rows"], body["rejected"]["rows"], body["rejected"]["first"][0]["line"]) == (2, 1, 3)


@pytest.mark.usefixtures("here")
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(b'a,b\n1,2\n"Quatermain,3\n')
    with pytest.raises(EnclaveError) as refused:
        command.run(path, as_json=False)
    assert refused.value.rule == "U-08"
    assert "line 3" in refused.value.sentence
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("here")
def test_progress_is_told_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 60_000)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert command.run(path, as_json=True) == 0
    assert "rows read\r" in capsys.readouterr().err
