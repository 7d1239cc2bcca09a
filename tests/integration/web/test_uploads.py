"""Sending a file: part by part, in one form, broken off, resumed, in two windows, after the session has ended."""

from __future__ import annotations

import pytest

from enclave.adapters.keys import KeyFolder, quarantine_pair
from enclave.adapters.quarantine import OpenParts
from enclave.catalogue.upload import UploadState
from tests.factories.house import CANARY, INCIDENTS, INCIDENTS_CSV, House

PART = 1_000


def begin(visitor, size: int = len(INCIDENTS_CSV)) -> int:
    answer = visitor.api("POST", "/api/uploads", json={"dataset": str(INCIDENTS), "bytes": size})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def put(visitor, upload: int, offset: int, data: bytes):
    return visitor.api("PUT", f"/api/uploads/{upload}/parts?offset={offset}", content=data)


def send(visitor, upload: int, *, start: int = 0) -> None:
    for offset in range(start, len(INCIDENTS_CSV), PART):
        answer = put(visitor, upload, offset, INCIDENTS_CSV[offset : offset + PART])
        assert answer.status_code == 200, answer.text


def stored(house: House, upload: int) -> bytes:
    settings = house.portal.settings
    pair = quarantine_pair(KeyFolder(settings.folder("keys", "worker")), settings.folder("public"))
    return OpenParts(settings.folder("quarantine"), pair).open(upload).read()


def state(house: House, upload: int) -> UploadState:
    with house.portal.transactions.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    return found.state


def test_a_file_arrives_part_by_part_and_is_unreadable_where_it_lies(visit, house) -> None:
    visitor = visit("olive")
    upload = begin(visitor)
    send(visitor, upload)
    assert visitor.api("POST", f"/api/uploads/{upload}/finish").json()["state"] == "profiling"
    assert stored(house, upload) == INCIDENTS_CSV
    sealed = b"".join(path.read_bytes() for path in house.portal.settings.folder("quarantine", str(upload)).iterdir())
    assert CANARY.encode() not in sealed


def test_after_a_reload_the_server_says_where_to_go_on(visit, house) -> None:
    upload = begin(visit("olive"))
    put(visit("olive"), upload, 0, INCIDENTS_CSV[:PART])
    page = visit("olive").get(f"/datasets/{INCIDENTS}/upload?upload={upload}")
    assert "Go on sending the file" in page.text
    assert f'data-id="{upload}"' in page.text
    where = visit("olive").api("GET", f"/api/uploads/{upload}").json()
    assert where["offset"] == PART
    assert where["part"] == 4 * 1024 * 1024
    send(visit("olive"), upload, start=PART)
    assert stored(house, upload) == INCIDENTS_CSV


def test_a_part_whose_answer_was_lost_may_come_again(visit) -> None:
    visitor = visit("olive")
    upload = begin(visitor)
    for _ in range(2):
        answer = put(visitor, upload, 0, INCIDENTS_CSV[:PART])
        assert (answer.status_code, answer.json()["offset"]) == (200, PART)


@pytest.mark.parametrize("offset", [5, 2 * PART])
def test_a_gap_is_refused_with_the_offset_to_go_on_from(visit, offset: int) -> None:
    visitor = visit("olive")
    upload = begin(visitor)
    put(visitor, upload, 0, INCIDENTS_CSV[:PART])
    answer = put(visitor, upload, offset, INCIDENTS_CSV[:PART])
    assert answer.status_code == 409
    assert answer.json()["details"] == {"offset": PART}
    assert set(answer.json()) == {"who", "rule", "sentence", "instead", "details"}


def test_two_windows_lose_nothing(visit, house) -> None:
    one, two = visit("olive"), visit("olive")
    upload = begin(one)
    for offset in range(0, len(INCIDENTS_CSV), PART):
        sender = (one, two)[offset // PART % 2]
        assert put(sender, upload, offset, INCIDENTS_CSV[offset : offset + PART]).status_code == 200
        put((two, one)[offset // PART % 2], upload, offset, INCIDENTS_CSV[offset : offset + PART])
    assert stored(house, upload) == INCIDENTS_CSV
    for visitor in (one, two):
        assert visitor.api("POST", f"/api/uploads/{upload}/finish").status_code == 200


def test_when_the_session_ends_halfway_nothing_is_lost(visit, house) -> None:
    visitor = visit("olive")
    upload = begin(visitor)
    put(visitor, upload, 0, INCIDENTS_CSV[:PART])
    house.expire("olive")
    refused = put(visitor, upload, PART, INCIDENTS_CSV[PART : 2 * PART])
    assert refused.status_code == 401
    assert refused.json()["sentence"] == "Your session has ended."
    assert visitor.api("GET", "/api/session").json() == {"signed_in": False, "token": ""}
    visitor.sign_in("olive")
    assert visitor.api("GET", "/api/session").json() == {"signed_in": True, "token": visitor.csrf}
    send(visitor, upload, start=PART)
    assert stored(house, upload) == INCIDENTS_CSV


@pytest.mark.parametrize("size", [0, -1, 65 * 1024**3])
def test_empty_and_endless_files_are_refused(visit, size: int) -> None:
    answer = visit("olive").api("POST", "/api/uploads", json={"dataset": str(INCIDENTS), "bytes": size})
    assert answer.status_code in {400, 422}
    assert answer.json()["rule"] in {"C-03", "W-07"}


def test_a_part_that_is_too_large_is_refused(visit) -> None:
    visitor = visit("olive")
    upload = begin(visitor, 20 * 1024 * 1024)
    answer = put(visitor, upload, 0, b"x" * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["rule"]) == (413, "W-04")


def test_a_malformed_request_quotes_nothing(visit) -> None:
    answer = visit("olive").api("POST", "/api/uploads", json={"dataset": str(INCIDENTS), "bytes": CANARY})
    assert (answer.status_code, answer.json()["rule"]) == (422, "W-07")
    assert CANARY not in answer.text


@pytest.mark.parametrize("other", ["hugo", "rhea", "gwen"])
def test_nobody_else_reaches_an_upload(visit, other: str) -> None:
    upload = begin(visit("olive"))
    for answer in (
        visit(other).api("GET", f"/api/uploads/{upload}"),
        put(visit(other), upload, 0, b"x"),
        visit(other).api("POST", f"/api/uploads/{upload}/finish"),
        visit(other).get(f"/uploads/{upload}"),
        visit(other).post(f"/uploads/{upload}/withdraw"),
    ):
        assert answer.status_code in {403, 404}


def whole(visitor, content: bytes, **fields: str):
    form = {"csrf": visitor.csrf, **fields}
    return visitor.client.post(
        f"/datasets/{INCIDENTS}/upload",
        data=form,
        files={"file": ("Zebulon's victims.csv", content, "text/csv")},
        headers={"sec-fetch-site": "same-origin"},
    )


@pytest.mark.parametrize("content", [INCIDENTS_CSV, b"x", b"\r\n--\r\n\r\n", bytes(range(256)) * 40_000])
def test_a_whole_file_in_one_form_arrives_the_same(visit, house, content: bytes) -> None:
    answer = whole(visit("olive"), content)
    assert answer.status_code == 303
    upload = int(answer.headers["location"].rpartition("/")[2])
    assert stored(house, upload) == content
    assert state(house, upload) is UploadState.PROFILING
    everything = b"".join(path.read_bytes() for path in house.portal.settings.home.rglob("*") if path.is_file())
    assert b"victims.csv" not in everything


def test_a_whole_file_without_the_token_is_refused(visit, house) -> None:
    visitor = visit("olive")
    visitor.csrf = "another"
    answer = whole(visitor, INCIDENTS_CSV)
    assert answer.status_code == 403
    assert "choose it again" in answer.text


def test_an_empty_form_says_so_on_the_page(visit) -> None:
    page = whole(visit("olive"), b"")
    assert page.status_code == 400
    assert "The file is empty or larger than 64 GB." in page.text


def test_a_whole_file_after_the_session_ended_leads_back(visit, house) -> None:
    visitor = visit("olive")
    house.expire("olive")
    answer = whole(visitor, INCIDENTS_CSV)
    assert answer.status_code == 401
    assert "Nothing is lost." in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + b"a" * 100_000, b"nonsense"]
)
def test_a_broken_form_is_refused(visit, body: bytes) -> None:
    answer = visit("olive").client.post(
        f"/datasets/{INCIDENTS}/upload",
        content=body,
        headers={"sec-fetch-site": "same-origin", "content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 422


def test_progress_is_shown_and_then_the_page_moves_on(visit, house) -> None:
    visitor = visit("olive")
    upload = int(whole(visitor, INCIDENTS_CSV).headers["location"].rpartition("/")[2])
    page = visitor.get(f"/uploads/{upload}").text
    assert "Looking at every cell of the file" in page
    assert "Waiting for its turn." in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "hx-trigger" in visitor.get(f"/uploads/{upload}/progress").text
    house.work_off()
    assert visitor.get(f"/uploads/{upload}/progress").headers["hx-refresh"] == "true"
    assert visitor.get(f"/uploads/{upload}").headers["location"] == f"/uploads/{upload}/columns"


def test_a_bad_file_is_refused_with_its_line(visit, house) -> None:
    visitor = visit("olive")
    upload = int(whole(visitor, b"a,b,c\n1,2,3\n1,Zebulon").headers["location"].rpartition("/")[2])
    house.work_off()
    page = visitor.get(f"/uploads/{upload}").text
    assert "The last row, at line 3, stops short" in page
    assert CANARY not in page


def test_taking_a_file_back_erases_it(visit, house) -> None:
    visitor = visit("olive")
    upload = begin(visitor)
    put(visitor, upload, 0, INCIDENTS_CSV[:PART])
    for _ in range(2):
        assert visitor.post(f"/uploads/{upload}/withdraw").headers["location"] == f"/datasets/{INCIDENTS}"
    assert state(house, upload) is UploadState.WITHDRAWN
    assert not house.portal.settings.folder("quarantine", str(upload)).exists()
