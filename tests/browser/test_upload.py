"""Sending a large file as people do: watching, pausing, reloading, losing the session, in two windows, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from enclave.adapters.keys import KeyFolder, quarantine_pair
from enclave.adapters.quarantine import OpenParts
from enclave.catalogue.upload import UploadState
from tests.browser.conftest import shoot, violations
from tests.factories.house import ATTENDANCES, INCIDENTS_CSV, House

ADDRESS = f"/datasets/{ATTENDANCES}/upload"
LARGE = INCIDENTS_CSV + b"A,B,01/01/1990,,,N,none,30,01/01/2024,x\n" * 230_000  # 9 MB: three parts


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("files") / "attendances.csv"
    path.write_bytes(LARGE)
    return str(path)


def newest(house: House) -> tuple[int, UploadState]:
    with house.portal.transactions.begin() as work:
        upload = work.uploads.of_dataset(house.dataset_in(work, ATTENDANCES))[0]
    return upload.id, upload.state


def stored(house: House) -> bytes:
    settings = house.portal.settings
    pair = quarantine_pair(KeyFolder(settings.folder("keys", "worker")), settings.folder("public"))
    return OpenParts(settings.folder("quarantine"), pair).open(newest(house)[0]).read()


def start(page: Page, file: str) -> None:
    page.goto(ADDRESS)
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload").click()


def held_at(page: Page, part: int) -> list[Route]:
    """Hold every sending of that part until somebody lets it go."""
    held: list[Route] = []
    seen = {"parts": 0}

    def handler(route: Route) -> None:
        seen["parts"] += 1
        if seen["parts"] == part:
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile("/parts"), handler)
    return held


def wait_for(page: Page, held: list[Route]) -> Route:
    for _ in range(100):
        if held:
            return held[0]
        page.wait_for_timeout(50)
    raise AssertionError("the part was never sent")


def test_it_is_watched_paused_reloaded_and_finished(open_as: Callable[..., Page], house: House, large: str) -> None:
    page = open_as("hugo")
    page.goto(ADDRESS)
    held = held_at(page, 2)
    page.set_input_files("#file", large)
    page.get_by_role("button", name="Upload").click()
    waiting = wait_for(page, held)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile("4[0-9]"))
    page.get_by_role("button", name="Pause").click()
    waiting.continue_()
    expect(page.get_by_text("Paused at 91 %.")).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    assert violations(page) == []
    shoot(page, "upload-paused")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Go on sending the file")
    shoot(page, "upload-resume")
    page.set_input_files("#file", files=[{"name": "other.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}])
    page.get_by_role("button", name="Go on sending").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the file of which a part is here.")
    page.set_input_files("#file", large)
    page.get_by_role("button", name="Go on sending").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your file is here")
    shoot(page, "upload-looked-at")
    assert violations(page) == []
    assert stored(house) == LARGE
    page.get_by_role("button", name="Withdraw this upload").click()
    assert newest(house)[1] is UploadState.WITHDRAWN


def test_it_survives_the_end_of_the_session(open_as: Callable[..., Page], house: House, large: str) -> None:
    page = open_as("hugo")
    page.goto(ADDRESS)
    held = held_at(page, 2)
    page.set_input_files("#file", large)
    page.get_by_role("button", name="Upload").click()
    waiting = wait_for(page, held)
    house.expire("hugo")
    waiting.continue_()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended. Nothing is lost")
    shoot(page, "upload-session-ended")
    house.session("hugo", csrf="a new one")  # signed in again in another window
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your file is here")
    assert stored(house) == LARGE


def test_a_broken_line_is_tried_again(open_as: Callable[..., Page], house: House, large: str) -> None:
    page = open_as("hugo")
    page.goto(ADDRESS)
    held = held_at(page, 1)
    page.set_input_files("#file", large)
    page.get_by_role("button", name="Upload").click()
    wait_for(page, held).abort("connectionreset")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your file is here", timeout=15_000)
    assert stored(house) == LARGE


def test_two_windows_send_the_same_file(open_as: Callable[..., Page], house: House, large: str) -> None:
    one = open_as("hugo")
    one.goto(ADDRESS)
    held = held_at(one, 2)
    one.set_input_files("#file", large)
    one.get_by_role("button", name="Upload").click()
    waiting = wait_for(one, held)
    two = open_as("hugo")
    two.goto(f"{ADDRESS}?upload={newest(house)[0]}")
    two.set_input_files("#file", large)
    two.get_by_role("button", name="Go on sending").click()
    expect(two.get_by_role("heading", level=1)).to_have_text("Your file is here")
    waiting.continue_()
    expect(one.get_by_role("heading", level=1)).to_have_text("Your file is here")
    assert stored(house) == LARGE


def test_the_page_moves_on_by_itself(open_as: Callable[..., Page], house: House) -> None:
    page = open_as("hugo")
    start_small(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your file is here")
    house.work_off()
    expect(page.get_by_role("heading", level=1)).to_have_text("What should happen with each column?")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What may each column hold?")
    page.locator("select[name^=kind-]").first.select_option("integer")
    expect(page.locator("[data-column]").first.get_by_label("Smallest possible")).to_be_visible()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("its smallest possible value has to be a whole number")
    assert violations(page) == []
    shoot(page, "upload-3-bounds-problems")


def start_small(page: Page) -> None:
    page.goto(ADDRESS)
    page.set_input_files("#file", files=[{"name": "small.csv", "mimeType": "text/csv", "buffer": INCIDENTS_CSV}])
    page.get_by_role("button", name="Upload").click()


def test_it_works_without_scripts(open_as: Callable[..., Page], house: House) -> None:
    page = open_as("hugo", scripts=False)
    start_small(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your file is here")
    assert stored(house) == INCIDENTS_CSV
    shoot(page, "upload-without-scripts")
