"""``enclave anonymise run``: a file, a plan and keys become a table without identifiers, with the command in the real jail."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from enclave.cli.main import app
from enclave.isolation import bubblewrap
from enclave.terms.errors import AgencyError
from enclave.wiring import offline
from tests.factories.uploads import CANARIES, csv_bytes, declaration
from tests.fakes.memory_anonymise import parse_here

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/reference/risk.schema.json").read_bytes())
FORMS = [
    form
    for canary in (*CANARIES, "Quatermaine", "O'Brien", "03/04/1980", "SW1A2AA")
    for form in (canary.encode(), canary.encode("utf-16-le"), canary[::-1].encode(), base64.b64encode(canary.encode()).rstrip(b"="))
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_bytes(csv_bytes())
    return path


def ran(file: Path, out: Path, *, keys: str = "keys", plan: Any = None) -> dict[str, Any]:
    return offline.run_plan(
        file, plan=plan or declaration().as_json(), keys=out.parent / keys, out=out, parser=parse_here, rejected=lambda _report: None
    )


def people(out: Path) -> list[str]:
    return pq.read_table(out)["person"].to_pylist()


def test_the_table_shows_values_as_people_read_them_and_nobody(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    made = ran(file, out)
    table = pq.read_table(out)
    assert table.column_names == ["person", "born", "sex", "arrived", "department", "minutes"]
    assert set(map(str, table.schema.types)) == {"string", "int64"}
    rows = sorted(map(str, table.drop_columns("person").to_pylist()))
    assert len(rows) == 4
    assert "{'born': 1999, 'sex': 'F', 'arrived': '2024-02', 'department': 'Majors', 'minutes': 12}" in rows
    assert len(set(people(out))) == 2
    assert all(len(token) == 24 for token in people(out))
    written = out.read_bytes() + b"".join(_buffers(out)) + json.dumps(made).encode()
    assert not [form for form in FORMS if form in written]
    jsonschema.validate(made["risk"], SCHEMA)
    assert made["rows"]["rows"] == {"in": 5, "kept": 4, "left_out": 1, "rejected": 0}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "keys", "out.parquet"]  # no draft, no scratch


def test_the_file_is_clean(file: Path, tmp_path: Path) -> None:
    ran(file, tmp_path / "out.parquet")
    footer = pq.ParquetFile(tmp_path / "out.parquet").metadata
    assert footer.metadata is None
    for place in range(footer.num_columns):
        column = footer.row_group(0).column(place)
        assert (column.statistics, column.has_dictionary_page, column.has_column_index) == (None, False, False)


def test_the_same_keys_name_the_same_people_and_others_do_not(file: Path, tmp_path: Path) -> None:
    for name, keys in (("a", "keys"), ("b", "keys"), ("c", "other")):
        ran(file, tmp_path / f"{name}.parquet", keys=keys)
    first, again, other = (sorted(set(people(tmp_path / f"{name}.parquet"))) for name in "abc")
    assert first == again
    assert not set(first) & set(other)


def test_without_people_every_row_is_its_own(file: Path, tmp_path: Path) -> None:
    plan = declaration().as_json()
    for column in plan["columns"]:  # type: ignore[union-attr]
        column["link_as"] = None  # type: ignore[index,call-overload]
    ran(file, tmp_path / "out.parquet", plan=plan)
    assert len(set(people(tmp_path / "out.parquet"))) == 5


def test_a_plan_of_some_columns_says_what_happens_with_the_others(file: Path, tmp_path: Path) -> None:
    plan = declaration().as_json()
    plan["columns"] = plan["columns"][:-1]  # type: ignore[index]
    with pytest.raises(AgencyError, match="these columns of the file: 10"):
        ran(file, tmp_path / "out.parquet", plan=plan)
    assert not (tmp_path / "out.parquet").exists()
    ran(file, tmp_path / "out.parquet", plan={**plan, "others": "drop"})
    assert len(people(tmp_path / "out.parquet")) == 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": "x"}, "The plan is not a treatment plan."),
        ({"columns": [{}]}, "Column 1 of the plan cannot be read"),
        ({"columns": [{"header": "Quatermain", "treatment": "drop"}]}, "The file has no column of the name that column 1"),
        ({"columns": [{"header": "dob", "treatment": "Quatermain"}]}, "Column 1 of the plan cannot be read."),
        ({"columns": [{"header": "dob", "treatment": "drop"}] * 2}, "The plan names a column twice."),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_by_place(file: Path, tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AgencyError) as refused:
        ran(file, tmp_path / "out.parquet", plan={**declaration().as_json(), **change})
    assert refused.value.sentence.startswith(sentence)
    assert "Quatermain" not in str(refused.value)


def test_what_is_proposed_can_be_run_as_it_stands(file: Path, tmp_path: Path) -> None:
    plan = offline.propose(file, parser=parse_here)
    assert not [form for form in FORMS if form in json.dumps(plan).encode()]
    ran(file, tmp_path / "out.parquet", plan=plan)
    assert "sex" in pq.read_table(tmp_path / "out.parquet").column_names


def test_rows_that_cannot_be_read_are_told_and_left_out_only_if_the_plan_says_so(tmp_path: Path) -> None:
    file, said = tmp_path / "in.csv", []
    file.write_bytes(csv_bytes() + b"Quatermain,1,2\r\n")
    plan = declaration().as_json()
    arguments = {"keys": tmp_path / "keys", "out": tmp_path / "out.parquet", "parser": parse_here, "rejected": said.append}
    with pytest.raises(AgencyError):
        offline.run_plan(file, plan=plan, **arguments)
    assert said[0]["rows"] == 1
    assert said[0]["first"][0]["line"] == 7
    assert "Quatermain" not in json.dumps(said)
    made = offline.run_plan(file, plan={**plan, "tolerated_rejects": 5_000}, **arguments)
    assert made["rows"]["rows"] == {"in": 6, "kept": 4, "left_out": 1, "rejected": 1}


@pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")
def test_the_command_says_how_it_went(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    arguments = ["anonymise", "run", str(file), "--keys", str(tmp_path / "keys"), "--out", str(out)]
    assert CliRunner().invoke(app, arguments).exit_code == 1
    plan = tmp_path / "out.plan.json"
    assert plan.exists()
    assert not out.exists()
    plan.write_text(json.dumps(replace(declaration(), rows_per_person=1).as_json()))
    done = CliRunner().invoke(app, [*arguments, "--plan", str(plan)])
    assert done.exit_code == 0, done.output
    assert "5 rows: 4 kept, 1 left out" in done.output
    assert json.loads((tmp_path / "out.risk.json").read_text())["people"] == 2
    assert json.loads((tmp_path / "out.rejected.json").read_text())["rows"] == 0
    assert CliRunner().invoke(app, [*arguments[:-1], str(file)]).exit_code == 2  # over the input
    assert CliRunner().invoke(app, ["anonymise", "run", str(file)]).exit_code == 2


def _buffers(path: Path) -> list[bytes]:
    table = pq.read_table(path)
    return [buffer.to_pybytes() for column in table.columns for chunk in column.chunks for buffer in chunk.buffers() if buffer]
