"""Free text is used only for what the officer lists, and only after they read a sample of it; what they saw is in the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from enclave.anonymise.publishing.show_texts import ShowPorts, show_texts
from enclave.catalogue.upload import UploadState
from enclave.web.app import portal_app
from tests.factories.clicks import Visit
from tests.factories.house import ATTENDANCES, INCIDENTS_CSV, House, send
from tests.integration.web.test_declaring import chosen, place, typed

NAMES = (b"Zebulon", b"Quatermain")


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """The portal with the worker's answer to one call close by."""
    ports = ShowPorts(begin=house.portal.transactions.begin, samples=house.samples)
    portal = replace(
        house.portal, texts=lambda by, upload, column, page: show_texts(by=by, upload=upload, column=column, page=page, ports=ports)
    )
    with TestClient(portal_app(portal), base_url="http://portal.localhost:8000") as made:
        yield made


@pytest.fixture
def upload(house: House, visit: Callable[[str], Visit]) -> int:
    """A file whose notes are read for two words, prepared."""
    number = send(house, ATTENDANCES, INCIDENTS_CSV, by="hugo")
    house.work_off()
    hugo = visit("hugo")
    hugo.post(f"/uploads/{number}/columns", chosen(**{f"treatment-{place('note')}": "mentions"}))
    note = {"name": "station", "label": "Near the station", "kind": "boolean", "missing": "yes", "phrases": "station\nknife"}
    second = hugo.post(f"/uploads/{number}/bounds", typed(**{f"{field}-{place('note')}": text for field, text in note.items()}))
    assert second.headers["location"] == f"/uploads/{number}/size", second.text
    hugo.post(f"/uploads/{number}/size", {"size": "100", "rows_per_person": "3"})
    assert hugo.post(f"/uploads/{number}/confirm").status_code == 303
    house.work_off()
    return number


def address(upload: int, page: int = 1) -> str:
    return f"/uploads/{upload}/texts/{place('note') + 1}/{page}"


def test_the_whole_way(visit: Callable[[str], Visit], house: House, upload: int) -> None:
    hugo = visit("hugo")
    refused = hugo.post(f"/uploads/{upload}/risk")
    assert refused.status_code == 400
    assert "the sample was not read to the end" in refused.text
    assert f'href="{address(upload)}"' in hugo.get(f"/uploads/{upload}/risk").text
    for page in range(1, 6):
        shown = hugo.get(address(upload, page))
        assert shown.status_code == 200
        assert not any(name in shown.content for name in NAMES), "the row's own names are taken out"
        assert "near the station at night" in shown.text
        assert len(re.findall(r'name="leaks"', shown.text)) == 20
        judged = hugo.post(address(upload, page), {"leaks": ["3"] if page == 2 else []})
        assert judged.headers["location"] == (address(upload, page + 1) if page < 5 else f"/uploads/{upload}/risk#texts")
    assert "1 of the 100 you read still said who somebody is" in hugo.get(f"/uploads/{upload}/risk").text
    assert hugo.post(f"/uploads/{upload}/risk").headers["location"] == f"/uploads/{upload}"
    house.work_off()
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
        version = work.datasets.made_of(upload)
    assert found is not None
    assert found.state is UploadState.PUBLISHED
    assert version is not None
    assert version.schema.column("station") is not None
    [column] = [one for one in house.files.tables[upload].columns if one.column.name == "station"]
    assert column.values.all()
    assert not column.missing.any()
    assert house.samples.kept == {}, "the sample goes once it has served"
    kinds = [entry.event.kind for entry in house.portal.log.entries() if entry.event.subject == f"upload:{upload}"]
    assert kinds.count("upload.texts_seen") == 5
    assert kinds.count("upload.texts_judged") == 5


def test_too_many_leaks_leave_only_the_way_back(visit: Callable[[str], Visit], house: House, upload: int) -> None:
    hugo = visit("hugo")
    assert hugo.post(address(upload, 1), {"leaks": []}).status_code == 400, "nobody has opened that page"
    for page in range(1, 6):
        hugo.get(address(upload, page))
        hugo.post(address(upload, page), {"leaks": ["1", "1", "7"] if page == 1 else []})
    assert "go back and drop the column" in hugo.get(f"/uploads/{upload}/risk").text
    assert hugo.post(f"/uploads/{upload}/risk").status_code == 400
    assert hugo.post(f"/uploads/{upload}/reconsider").status_code == 303
    house.work_off()
    assert house.samples.kept == {}
    assert hugo.get(address(upload)).status_code == 404
    again = hugo.post(f"/uploads/{upload}/confirm")
    assert again.status_code == 400
    assert "A sample is not drawn twice" in again.text


def test_a_sight_is_in_the_log_before_anything_is_shown_and_nobody_else_has_one(
    visit: Callable[[str], Visit], house: House, upload: int
) -> None:
    before = house.portal.log.head()[0]
    assert visit("olive").get(address(upload)).status_code == 404, "an officer of another agency"
    assert visit("rhea").get(address(upload)).status_code == 403
    assert visit("olive").post(address(upload), {"leaks": []}).status_code == 404
    assert house.portal.log.head()[0] == before
    assert visit("hugo").get(address(upload, 6)).status_code == 409, "no such page"
    assert visit("hugo").get(f"/uploads/{upload}/texts/1/1").status_code == 404, "a column that is no text"
    assert house.portal.log.head()[0] == before
    visit("hugo").get(address(upload))
    [entry] = list(house.portal.log.entries(after=before))
    assert (entry.event.kind, entry.event.details) == ("upload.texts_seen", {"column": place("note") + 1, "page": 1, "cells": 20})


def test_nothing_in_the_log_or_the_report_quotes_a_text(visit: Callable[[str], Visit], house: House, upload: int) -> None:
    visit("hugo").get(address(upload))
    visit("hugo").post(address(upload), {"leaks": ["2"]})
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert "at night" not in f"{found.report}{found.profile}{[entry.event.details for entry in house.portal.log.entries()]}"
