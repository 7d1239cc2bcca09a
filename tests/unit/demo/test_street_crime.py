"""What we ship is what police.uk published, with a district read off each row's public area."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

import pytest

from enclave.demo.street_crime.districts import DISTRICTS, ELSEWHERE, district
from enclave.demo.street_crime.pack import HERE, MONTHS, pack

DATA = Path(os.environ.get("ENCLAVE_DATA", "../shared/data")) / "police_street"


def _shipped(force: str) -> list[dict[str, str]]:
    with gzip.open(HERE / f"{force}.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize(("force", "rows"), [("essex", 51_428), ("west_mercia", 31_693)])
def test_all_rows_of_three_months_are_there(force: str, rows: int) -> None:
    shipped = _shipped(force)
    assert len(shipped) == rows
    assert sorted({row["Month"] for row in shipped}) == list(MONTHS)
    assert {row["District"] for row in shipped} == {*DISTRICTS[force], ELSEWHERE, ""}
    assert all(bool(row["District"]) == bool(row["LSOA name"]) for row in shipped)


def test_repeated_rows_are_kept() -> None:
    repeated = Counter(tuple(row.values()) for row in _shipped("essex"))
    assert sum(count - 1 for count in repeated.values() if count > 1) > 2_000


@pytest.mark.parametrize(
    ("area", "force", "expected"),
    [
        ("Colchester 001A", "essex", "Colchester"),
        ("Southend-on-Sea 010B", "essex", "Southend-on-Sea"),
        ("Herefordshire 004C", "west_mercia", "Herefordshire"),
        ("Telford and Wrekin 021D", "west_mercia", "Telford and Wrekin"),
        ("Babergh 010C", "essex", "Elsewhere"),
        ("Colchester 001A", "west_mercia", "Elsewhere"),
        ("Colchester", "essex", "Elsewhere"),
        ("", "essex", ""),
    ],
)
def test_the_district_is_the_area_s_authority(area: str, force: str, expected: str) -> None:
    assert district(area, force=force) == expected


def test_packing_again_gives_the_same_rows(tmp_path: Path) -> None:
    if not DATA.is_dir():
        pytest.skip("police_street is not here: set ENCLAVE_DATA to the folder of test data")
    pack(DATA, tmp_path)
    for force in DISTRICTS:
        assert gzip.decompress((tmp_path / f"{force}.csv.gz").read_bytes()) == gzip.decompress((HERE / f"{force}.csv.gz").read_bytes())


def test_attribution_and_licence_lie_beside_the_data() -> None:
    attribution = (HERE / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "Contains public sector information licensed under the Open Government Licence v3.0" in attribution
    assert "`District`" in attribution
    assert (HERE / "LICENCE-OGL-3.0.txt").read_text(encoding="utf-8").startswith("Open Government Licence v3.0")
