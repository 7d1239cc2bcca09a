"""What the next file does: chosen at the beginning, shown on the dataset's page, and published unasked only where its officer says so."""

from __future__ import annotations

import json

from enclave.catalogue.dataset import Cadence
from enclave.terms.names import DatasetName
from tests.factories.house import ATTENDANCES, INCIDENTS, INCIDENTS_CSV, House, send

POLICE = str(INCIDENTS)


def test_a_cadence_is_chosen_and_explained(visit, house) -> None:
    olive = visit("olive")
    form = {"agency": "northshire_police", "dataset": "stops", "label": "Stops", "row": "one stop", "unit": "person", "cadence": "snapshot"}
    assert olive.post("/agency/datasets", form).status_code == 303
    with house.portal.transactions.begin() as work:
        made = work.datasets.by_name(DatasetName(agency="northshire_police", dataset="stops"))
    assert made is not None
    assert made.cadence is Cadence.SNAPSHOT
    page = olive.get("/datasets/northshire_police.stops").text
    assert "Each file is the state of one day" in page
    assert "No file brings a new budget." in page


def test_wish_17_a_file_like_the_last_one_goes_by_itself_once_that_is_allowed(visit, house: House) -> None:
    olive = visit("olive")
    assert "You are asked about every file." in olive.get(f"/datasets/{POLICE}").text
    assert olive.post(f"/datasets/{POLICE}/unasked", {"unasked": "yes"}).headers["location"] == f"/datasets/{POLICE}"
    assert "A file like the last one is published without asking you" in olive.get(f"/datasets/{POLICE}").text
    head, *rows = INCIDENTS_CSV.splitlines(keepends=True)
    first = send(house, INCIDENTS, b"".join((head, *reversed(rows))))
    house.work_off()
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(first)
    assert found is not None
    assert found.declaration is not None  # nobody declared it
    assert "repeated" in "".join(entry.event.kind for entry in house.portal.log.entries())
    olive.post(f"/datasets/{POLICE}/unasked", {"unasked": ""})
    assert "You are asked about every file." in olive.get(f"/datasets/{POLICE}").text


def test_the_very_same_file_is_asked_about_even_then(visit, house: House) -> None:
    olive = visit("olive")
    olive.post(f"/datasets/{POLICE}/unasked", {"unasked": "yes"})
    again = send(house, INCIDENTS, INCIDENTS_CSV)
    house.work_off()
    assert "The very same file was published before." in olive.get(f"/uploads/{again}/columns").text


def test_what_differs_is_told(visit, house: House) -> None:
    """Column by column, on the first page the officer sees."""
    changed = INCIDENTS_CSV.replace(b"district", b"area", 1)
    upload = send(house, INCIDENTS, changed)
    house.work_off()
    page = visit("olive").get(f"/uploads/{upload}/columns").text
    assert "Column area is new." in page
    assert "Column district is gone." in page


def test_the_dictionary_goes_out_and_can_be_sent_back(visit, house: House) -> None:
    """What is public of one dataset fills in the form of another with the same columns; researchers may have it too."""
    out = visit("olive").get(f"/datasets/{POLICE}/dictionary.json")
    assert out.headers["content-disposition"] == f'attachment; filename="{POLICE}.dictionary.json"'
    body = out.json()
    assert body == visit("rhea").get(f"/projects/night-safety/datasets/{POLICE}/dictionary.json").json()
    assert {field["name"] for field in body["fields"]} >= {"district", "outcome", "age"}
    upload = send(house, ATTENDANCES, INCIDENTS_CSV, by="hugo")
    house.work_off()
    hugo = visit("hugo")
    body["missingValues"] = ["", "NULL"]
    sent = hugo.post(f"/uploads/{upload}/dictionary", files={"dictionary": ("d.json", json.dumps(body).encode(), "application/json")})
    assert sent.status_code == 303
    assert "NULL" in hugo.get(f"/uploads/{upload}/size").text
