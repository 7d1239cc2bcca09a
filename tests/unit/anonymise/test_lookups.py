"""Tables of places: read strictly, joined where they meet, and right for the areas we ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enclave.adapters.lookup_folders import LookupFolders
from enclave.anonymise.published.lookup import About, key, read_lookup, read_manifest
from enclave.terms.errors import OperatorError
from tests.factories.licensed import wider

ABOUT = About(name="lsoa-district", file="t.csv", source_area="lsoa", target_area="district", source="s", licence="l", version="1")


def manifest(*lookups: dict[str, str]) -> bytes:
    return json.dumps({"format": "enclave-lookups/1", "lookups": lookups}).encode()


def about(name: str, small: str, large: str) -> dict[str, str]:
    return {"name": name, "file": f"{name}.csv", "from": small, "to": large, "source": "s", "licence": "l", "version": "1"}


def test_what_we_ship_leads_from_small_areas_to_forces(tmp_path: Path) -> None:
    lookups = LookupFolders(tmp_path)
    lookups.check()
    assert [one.name for one in lookups.all()] == ["district-force", "lsoa-district", "lsoa-msoa", "msoa-district"]
    assert all("Open Government Licence" in one.licence for one in lookups.all())
    assert lookups.table("lsoa-msoa")[key("Chelmsford 012A")] == "Chelmsford 012"
    assert lookups.table("lsoa-district")[key("chelmsford 012a ")] == "Chelmsford"
    assert lookups.table("lsoa-msoa>msoa-district>district-force")[key("Wychavon 011B")] == "West Mercia Police"
    assert [one.code for one in lookups.targets("lsoa-district>district-force")] == ["Essex Police", "West Mercia Police"]
    assert len(lookups.targets("lsoa-district")) == 23


def test_both_ways_to_a_district_agree(tmp_path: Path) -> None:
    lookups = LookupFolders(tmp_path)
    direct, stepwise = lookups.table("lsoa-district"), lookups.table("lsoa-msoa>msoa-district")
    assert direct == stepwise
    assert len(direct) > 3_000


def test_the_deployments_table_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "lookups.json").write_bytes(
        manifest(about("district-force", "district", "force"), about("ward-district", "ward", "district"))
    )
    (tmp_path / "district-force.csv").write_text("from,to,label\nChelmsford,E,Essex Police\n")
    (tmp_path / "ward-district.csv").write_text("from,to\nMoulsham,Chelmsford\n")
    lookups = LookupFolders(tmp_path)
    assert dict(lookups.table("ward-district>district-force")) == {"moulsham": "E"}
    assert [(one.code, one.label) for one in lookups.targets("ward-district>district-force")] == [("E", "Essex Police")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"from,to\nA,B\na,C\n", "Line 3 of the lookup lsoa-district contradicts"),
        (b"from,to\nA\n", "Line 2"),
        (b"from,to\nA,\n", "Line 2"),
        (b"from,to\nA," + b"x" * 101 + b"\n", "Line 2"),
        (b"from,to,label\nA,B,one\nC,B,two\n", "Line 3"),
        (b"from,to\n", "no rows"),
        (b"", "does not begin"),
        (b"code,name\nA,B\n", "does not begin"),
        (b"from,to\n\xff,B\n", "UTF-8"),
        (b'from,to\n"A,B\n', "CSV"),
    ],
)
def test_a_table_that_is_not_as_it_should_be_is_refused_with_its_line(content: bytes, sentence: str) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read_lookup(ABOUT, content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b'{"format": "enclave-lookups/2", "lookups": []}', manifest({"name": "a"}),
        manifest({**about("a", "b", "c"), "file": "../../etc/passwd"}), manifest({**about("a", "b", "c"), "licence": ""}),
        manifest(about("a", "b", "c"), about("a", "b", "c")), b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_manifest_that_is_not_one_is_refused(content: bytes) -> None:
    with pytest.raises(OperatorError):
        read_manifest(content)


def test_tables_that_do_not_meet_or_are_not_there_are_refused(tmp_path: Path) -> None:
    lookups = LookupFolders(tmp_path)
    with pytest.raises(OperatorError, match="does not begin where"):
        lookups.table("lsoa-msoa>district-force")
    with pytest.raises(OperatorError, match="not supplied"):
        lookups.table("postcode-lsoa")
    (tmp_path / "lookups.json").write_bytes(manifest(about("gone", "a", "b")))
    with pytest.raises(OperatorError, match="does not begin with"):
        LookupFolders(tmp_path).check()


def test_the_shipped_tables_are_those_of_the_source() -> None:
    from enclave.demo.street_crime.pack_lookups import areas

    source = wider("police_street")
    with_source = {place: district for place, _, district in areas(source)}
    shipped = LookupFolders(Path("/nonexistent")).table("lsoa-district")
    assert {key(place): district for place, district in with_source.items()} == shipped
