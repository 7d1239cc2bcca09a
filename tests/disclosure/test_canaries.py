"""People who never were, planted in every position of a file that goes through the worker's own adapters; then every byte is searched.

Searched are the database with its journal, quarantine, versions (sealed, and once more in the clear), scratch, keys, logs, standard output
and the folder of temporary files; the words are looked for in every form of ``tests/factories/canaries``.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enclave.adapters import parquet_store
from enclave.adapters.jail_parser import JailParser
from enclave.anonymise.ports import Parser, PublicColumn, PublicTable
from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.catalogue.upload import Upload, UploadState
from enclave.isolation import bubblewrap
from enclave.isolation.jail import JailFailed, Limits, run
from enclave.terms.schema import Category, Column, Kind
from tests.factories.canaries import FORENAME, NHS, SURNAME, WORDS, in_bytes, in_folder
from tests.factories.real_uploads import RealDesk
from tests.fakes.memory_anonymise import parse_here

JAIL = JailParser(run=run, limits=Limits, failed=JailFailed)
needs_jail = pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")

ORDINARY = {
    "nhs_number": "4505577104",
    "forename": "Ann",
    "surname": "Bell",
    "dob": "17/12/1999",
    "sex": "F",
    "postcode": "CM1 1AB",
    "arrived": "2024-02-18",
    "seen": "2024-02-18",
    "department": "Majors",
    "minutes": "12",
    "cost": "3.50",
    "smoker": "no",
    "note": "Quiet.",
}


def _codes(*codes: str) -> tuple[Category, ...]:
    return tuple(Category(code=code) for code in codes)


def _column(name: str, kind: Kind, **more: object) -> Column:
    return Column(name=name, label=name.title(), kind=kind, **more)  # type: ignore[arg-type]


def declaration() -> Declaration:
    """Every kind of public column, each with bounds wide enough that a number may pass."""

    def drop(header: str, link_as: LinkRole | None = None) -> ColumnPlan:
        return ColumnPlan(header=header, treatment=Treatment.DROP, link_as=link_as)

    def keep(header: str, public: Column, treatment: Treatment = Treatment.KEEP, **more: object) -> ColumnPlan:
        return ColumnPlan(header=header, treatment=treatment, public=public, **more)  # type: ignore[arg-type]

    year = _column("born", Kind.INTEGER, low=1900, high=2024)
    return Declaration(
        size=100,
        rows_per_person=5,
        columns=(
            drop("nhs_number", LinkRole.NHS_NUMBER),
            drop("forename", LinkRole.FORENAME),
            drop("surname", LinkRole.SURNAME),
            keep("dob", year, Treatment.YEAR, format="%d/%m/%Y", link_as=LinkRole.BIRTH_DATE),
            drop("sex", LinkRole.SEX),
            keep("postcode", _column("area", Kind.CATEGORY, categories=_codes("CM1", "M1")), Treatment.OUTWARD, link_as=LinkRole.POSTCODE),
            keep("arrived", _column("arrived", Kind.MONTH, low=600, high=700), Treatment.MONTH, format="%Y-%m-%d"),
            keep("seen", _column("seen", Kind.DATE, low=0, high=40_000), format="%Y-%m-%d"),
            keep("department", _column("department", Kind.CATEGORY, categories=_codes("Majors", "Minors"))),
            keep("minutes", _column("minutes", Kind.INTEGER, low=0, high=10**12)),
            keep("cost", _column("cost", Kind.NUMBER, low=0, high=10**15, decimals=2)),
            keep("smoker", _column("smoker", Kind.BOOLEAN, high=1)),
            drop("note"),
        ),
    )


def planted() -> list[list[str]]:
    """An ordinary row for every word in every column, and each word once more inside a longer text."""
    rows = [list(ORDINARY.values()) for _ in range(5)]
    for place in range(len(ORDINARY)):
        for word in WORDS:
            for text in (word, f"seen with {word} today"):
                row = list(ORDINARY.values())
                row[place] = text
                rows.append(row)
    return rows


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([list(ORDINARY), *rows])
    return out.getvalue().encode()


def as_parquet(rows: Sequence[Sequence[str]]) -> bytes:
    """With the words also in the schema's metadata, a field's metadata, the statistics and unused places of a dictionary."""
    arrays: list[pa.Array] = [pa.array(cells) for cells in zip(*rows, strict=True)]
    place = list(ORDINARY).index("smoker")
    kept = pa.array(["no"] * len(rows))
    arrays[place] = pa.DictionaryArray.from_arrays(pa.array([0] * len(rows), pa.int8()), pa.array(["no", *WORDS]))
    assert arrays[place].cast(pa.string()) == kept
    fields = [pa.field(name, array.type, metadata={"of": SURNAME}) for name, array in zip(ORDINARY, arrays, strict=True)]
    schema = pa.schema(fields, metadata={"note": " ".join(WORDS), "pandas": json.dumps({"index_columns": list(WORDS)})})
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="none")
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "parser"),
    [
        pytest.param(as_parquet, parse_here, id="Parquet"),
        pytest.param(as_csv, JAIL, id="CSV in the jail", marks=needs_jail),
    ],
)
def test_no_canary_is_in_any_byte_that_is_kept_or_said(
    make: type[bytes],
    parser: Parser,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = make(planted())  # type: ignore[arg-type]
    assert in_bytes(content) >= {FORENAME, SURNAME, NHS}
    caplog.set_level(logging.DEBUG)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    desk = RealDesk(tmp_path / "home", parser=parser)
    number = desk.received(content)
    assert in_folder(tmp_path) == {}
    profiled = desk.profiled(number)
    assert profiled.state is UploadState.DECLARING
    assert in_folder(tmp_path) == {}
    done = desk.published(number, declaration())
    assert done.state is UploadState.PUBLISHED, done.sentence
    assert in_folder(tmp_path) == {}
    assert not in_bytes((caplog.text + "".join(capfd.readouterr())).encode())
    assert not in_bytes(in_the_clear(desk, number))
    told_where(done)


def in_the_clear(desk: RealDesk, number: int) -> bytes:
    """The version as it is read, written by the same code without its seal and uncompressed."""
    columns = [plan.public for plan in declaration().columns if plan.public]
    table = pa.Table.from_batches(list(desk.store.read(number, ["person", "rank", *(column.name for column in columns)])))
    parts = [
        PublicColumn(
            column=column,
            values=table[column.name].fill_null(0).to_numpy().astype(np.int64),
            missing=table[column.name].is_null().to_numpy(),
        )
        for column in columns
    ]
    public = PublicTable(person=table["person"].to_numpy(), rank=table["rank"].to_numpy(), columns=tuple(parts))
    clear = io.BytesIO()
    parquet_store._write(clear, columns, [public], None, compression="none")
    return clear.getvalue()


def told_where(done: Upload) -> None:
    """The agency hears of each kept column how many cells were quarantined, and in which of its rows."""
    report = done.report or {}
    stray, fates = report["stray"], report["columns"]
    assert isinstance(stray, dict)
    assert isinstance(fates, dict)
    for name in ("department", "minutes", "cost", "seen", "arrived"):
        assert fates[name]["quarantined"] >= 5  # type: ignore[index,call-overload]
        assert stray[name]


def test_the_search_would_find_what_is_kept_by_mistake(tmp_path: Path) -> None:
    desk = RealDesk(tmp_path / "home")
    number = desk.received(as_csv(planted()))
    desk.profiled(number)
    with desk.portal.transactions.begin() as work:
        found = work.uploads.by_id(number)
        assert found is not None
        work.uploads.move(number, old=found.state, new=found.state, report={"first": f"Mr {SURNAME}"})
    assert {word for words in in_folder(tmp_path).values() for word in words} == {SURNAME}


def test_a_write_that_breaks_off_leaves_no_version_and_no_word(tmp_path: Path) -> None:
    """Recipe 19: nothing is adopted before it is whole, and what was written until then is sealed."""
    desk = RealDesk(tmp_path / "home")
    column = _column("minutes", Kind.INTEGER, low=0, high=10**12)
    part = PublicTable(
        person=np.arange(1000, dtype=np.int64),
        rank=np.ones(1000, dtype=np.int32),
        columns=(PublicColumn(column=column, values=np.full(1000, int(NHS)), missing=np.zeros(1000, dtype=np.bool_)),),
    )

    def breaking() -> object:
        yield part
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        desk.store.write(7, [column], breaking())  # type: ignore[arg-type]
    versions = desk.portal.settings.folder("versions")
    assert not list(versions.glob("*.parquet"))
    assert in_folder(tmp_path) == {}
    desk.store.discard(7)
    assert not list(versions.iterdir())
