"""Rows that cannot be read: their officer sees which and why, and only their word publishes the file without them."""

from __future__ import annotations

import csv
import io

import pytest

from enclave.catalogue.upload import UploadState
from tests.factories.house import CANARY, INCIDENTS, INCIDENTS_CSV, House, send

WIDTH = INCIDENTS_CSV.partition(b"\n")[0].count(b",") + 1


@pytest.fixture
def upload(house: House) -> int:
    """A file like the last one, but for two rows with too few columns and one with a broken quote."""
    lines = INCIDENTS_CSV.splitlines(keepends=True)
    broken = [b"short,row\r\n", b'"x" %s\r\n' % CANARY.encode(), b"short\r\n"]
    number = send(house, INCIDENTS, b"".join([*lines[:2], *broken, *lines[2:]]))
    house.work_off()
    return number


def state(house: House, upload: int) -> UploadState:
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    return found.state


def test_the_list_names_lines_and_reasons_and_quotes_nothing(visit, upload) -> None:
    olive = visit("olive")
    page = olive.get(f"/uploads/{upload}/rejected").text
    assert "3 of the file’s" in page
    assert f"Line 3 has 2 columns where the header has {WIDTH}." in page
    assert "In the row at line 4 something follows a closing quote." in page
    assert "See which and why" in olive.get(f"/uploads/{upload}/columns").text
    download = olive.get(f"/uploads/{upload}/rejected.csv")
    assert download.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(download.text)))
    assert sorted((line, rule) for line, _, rule, _, _ in lines[1:]) == [("3", "U-07"), ("4", "U-09"), ("5", "U-07")]
    for text in (page, download.text):
        assert CANARY not in text
        assert "short" not in text


def test_other_agencies_see_no_list(visit, upload) -> None:
    for path in ("rejected", "rejected.csv"):
        assert visit("hugo").get(f"/uploads/{upload}/{path}").status_code == 404


def test_without_the_officers_word_nothing_is_published(visit, house, upload) -> None:
    olive = visit("olive")
    refused = olive.post(f"/uploads/{upload}/confirm")
    assert refused.status_code == 400
    assert "Some rows of the file cannot be read, more than the declaration leaves out." in refused.text
    assert state(house, upload) is UploadState.DECLARING


def test_with_it_the_file_is_published_and_every_row_accounted_for(visit, house, upload) -> None:
    olive = visit("olive")
    assert "Publish without these rows" in olive.get(f"/uploads/{upload}/confirm").text
    assert olive.post(f"/uploads/{upload}/confirm", {"without_rejected": "yes"}).headers["location"] == f"/uploads/{upload}"
    house.work_off()
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.declaration is not None
    assert found.report is not None
    rows = found.report["rows"]
    assert isinstance(rows, dict)
    assert rows["rejected"] == 3
    assert rows["in"] == rows["kept"] + rows["left_out"] + rows["rejected"]  # type: ignore[operator]
    assert found.declaration.tolerates(rejected=3, rows=int(str(rows["in"])))
    assert not found.declaration.tolerates(rejected=4, rows=int(str(rows["in"])))
