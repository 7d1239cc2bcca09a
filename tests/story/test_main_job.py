"""The main job, end to end, as people do it: the started demo, headless Chromium, JupyterLab in its sandbox. Screenshots are kept.

The tests of this module build on each other, in order.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from enclave.demo import street_crime
from tests.chromium import EXECUTABLE, FLAGS, SHOTS
from tests.story.demo import DATASETS, Demo, demo

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(600)]

CANARY = "Quibblethorpe"
TITLE = "Burglary by district"


@pytest.fixture(scope="module")
def enclave() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="story-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with demo(Path(folder)) as made:
            yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=EXECUTABLE, headless=True, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, enclave: Demo) -> Iterator[Callable[[str], Page]]:
    """A page where that person is signed in; each person signs in once, with password and code."""
    contexts: dict[str, BrowserContext] = {}

    def page(name: str) -> Page:
        if name not in contexts:
            contexts[name] = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=enclave.address())
            sign_in(contexts[name].new_page(), enclave, name)
        return contexts[name].pages[0]

    yield page
    for context in contexts.values():
        context.close()


def sign_in(page: Page, enclave: Demo, name: str) -> None:
    page.goto("/login")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(enclave.password(name))
    page.locator("input[name=code]").fill(enclave.code(name))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: not address.endswith("/login"))


def fetch(enclave: Demo, page: Page, path: str) -> httpx.Response:
    """A GET with this person's session. Not every resolver knows that names below localhost are this machine, so it is said here."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies(enclave.address())}
    return httpx.get(f"http://127.0.0.1:{enclave.port}{path}", headers={"Host": f"portal.localhost:{enclave.port}"}, cookies=cookies)


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"story-{name}.png", full_page=True)


def test_wish_09_the_address_that_is_printed_leads_to_the_login_page(enclave: Demo, browser: Browser) -> None:
    assert f"http://127.0.0.1:{enclave.port}/" in enclave.output
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{enclave.port}/")
    page.get_by_role("link", name="Sign in").first.click()
    expect(page.locator("input[name=code]")).to_be_visible()
    shoot(page, "01-login")
    page.close()


def test_every_gate_is_on(enclave: Demo) -> None:
    said = enclave.run("doctor")
    assert said.returncode == 0, said.stdout
    assert "MISSING" not in said.stdout


def test_wish_05_all_demo_data_arrive(enclave: Demo) -> None:
    deadline = time.monotonic() + 180
    while _versions(enclave) < DATASETS and time.monotonic() < deadline:
        time.sleep(0.5)
    assert _versions(enclave) == DATASETS, enclave.output + enclave.logs()


def test_an_agency_uploads_next_months_file(enclave: Demo, signed_in: Callable[[str], Page], tmp_path: Path) -> None:
    page, file = signed_in("grace.gp"), _next_month(enclave, tmp_path)
    page.goto("/datasets/anglia_gp.contacts/upload")
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/uploads/*/columns", timeout=60_000)
    expect(page.get_by_text("note", exact=True)).to_be_visible()
    shoot(page, "02-columns")
    for name in ("03-bounds", "04-size", "05-confirm"):
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_load_state()
        shoot(page, name)
    expect(page.get_by_text("None of this is stored.")).to_be_visible()
    page.get_by_role("button", name="Prepare it and measure the risk").click()
    page.wait_for_url("**/uploads/*/risk", timeout=60_000)
    shoot(page, "06-risk")
    page.get_by_role("button", name="Publish as a new version").click()
    expect(page.get_by_text("Version 2 is published")).to_be_visible(timeout=60_000)
    shoot(page, "06-published")


def test_nothing_of_the_raw_file_is_left_anywhere(enclave: Demo) -> None:
    assert not [path for path in (enclave.home / "quarantine").rglob("*") if path.is_file()]
    forms = [CANARY.encode(), CANARY.upper().encode(), CANARY.encode("utf-16-le"), CANARY[::-1].encode()]
    searched = 0
    for path in enclave.home.rglob("*"):
        if path.is_file() and "demo" not in path.relative_to(enclave.home).parts:
            content = path.read_bytes()
            searched += 1
            assert not any(form in content for form in forms), path.relative_to(enclave.home)
    assert searched > 15


def test_a_version_at_rest_is_encrypted(enclave: Demo) -> None:
    files = list((enclave.home / "versions").glob("*.parquet"))
    assert len(files) == DATASETS + 1
    assert {file.read_bytes()[:4] for file in files} == {b"PARE"}


def test_wish_32_a_researcher_works_through_the_tutorial(enclave: Demo, signed_in: Callable[[str], Page]) -> None:
    page = signed_in("rosa")
    page.goto("/projects/early-help")
    shoot(page, "07-project")
    page.get_by_role("button", name="Open the notebook").click()
    page.wait_for_selector(".jp-DirListing-item", timeout=90_000)
    page.dblclick(".jp-DirListing-item >> text=01-first-answer.ipynb")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=30_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.get_by_text("Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    cells = _executed(enclave, page)
    page.keyboard.press("Escape")
    page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => { panel.scrollTop = 1780; }")
    page.set_viewport_size({"width": 1280, "height": 1_450})
    time.sleep(1)
    shoot(page, "08-notebook")
    page.set_viewport_size({"width": 1280, "height": 900})
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    said = json.dumps(outputs)
    for expected in ("spent: 0", "Q-05", "Q-07", "Q-19", "P-01", "SYNTHETIC", "with the custodians", "image/png", "cost 0.0048"):
        assert expected in said, (expected, said[:6000])


def _executed(enclave: Demo, page: Page) -> list[dict[str, Any]]:
    """The notebook's code cells once all have run, from the file in the sandbox's home: Lab draws only what is in sight."""
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        time.sleep(1)
        page.keyboard.press("Control+s")
        file = next((enclave.home / "homes").glob("s*/01-first-answer.ipynb"))
        written = file.read_text()
        if not written.endswith("}\n") and not written.endswith("}"):
            continue  # Jupyter is writing it at this moment
        cells = [cell for cell in json.loads(written)["cells"] if cell["cell_type"] == "code"]
        if all(cell["execution_count"] for cell in cells):
            return cells
    raise AssertionError("not every cell ran")


def test_the_files_cannot_be_taken_before_they_are_released(enclave: Demo, signed_in: Callable[[str], Page]) -> None:
    page = signed_in("rosa")
    page.goto(f"{enclave.address()}/requests/1")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("Every number comes from answers of this project")).to_be_visible()
    assert page.get_by_role("button", name="Download").count() == 0
    assert fetch(enclave, page, "/requests/1/files/1/download").status_code in {403, 404, 409}
    shoot(page, "09-request")


def test_two_custodians_vote_blind_and_release(enclave: Demo, signed_in: Callable[[str], Page]) -> None:
    first, second = signed_in("custodian.hospital"), signed_in("custodian.schools")
    first.goto("/queue")
    shoot(first, "10-queue")
    _approve_all(first)
    second.goto("/requests/1")
    assert "Joan" not in second.content() + first.content().split("<main")[0]
    assert second.get_by_text("approved this file").count() == 0
    expect(second.get_by_text("0 of 2 reviewers").or_(second.get_by_text("1 of 2 reviewers"))).to_be_visible()
    assert second.get_by_role("button", name="Release").count() == 0
    _approve_all(second)
    second.goto("/requests/1")
    shoot(second, "11-approved")
    second.get_by_role("button", name="Release exactly these files").click()
    second.wait_for_load_state()
    shoot(second, "12-released")


def _approve_all(page: Page) -> None:
    for number in (1, 2):
        page.goto(f"/requests/1/files/{number}")
        if number == 1:
            shoot(page, "10-file")
        page.get_by_role("button", name="Approve this file").click()
        page.wait_for_load_state()


def test_the_researcher_takes_exactly_the_reviewed_bytes(enclave: Demo, signed_in: Callable[[str], Page]) -> None:
    page = signed_in("rosa")
    page.goto(f"{enclave.address()}/requests/1")
    expect(page.get_by_role("button", name="Download").first).to_be_visible()
    shoot(page, "13-download")
    for number, name in ((1, "burglary-by-district.csv"), (2, "burglary-by-district.png")):
        reply = fetch(enclave, page, f"/requests/1/files/{number}/download")
        assert reply.status_code == 200
        digest = hashlib.sha256(reply.content).hexdigest()
        assert list((enclave.home / "blobs").rglob(digest)), "the reviewed bytes are stored under their hash"
        if os.access(enclave.home / "homes", os.R_OK) and os.geteuid() == 0:
            assert (next((enclave.home / "homes").glob("s*")) / name).read_bytes() == reply.content
    rows = list(csv.DictReader(io.StringIO(fetch(enclave, page, "/requests/1/files/1/download").text)))
    truth = _burglaries(enclave)
    near = [abs(int(row["crimes"]) - truth.get(row["district"], 0)) for row in rows]
    assert max(near) <= 80, "16 cells with a 95 % error of 20: beyond 80 lies eight standard deviations out, below 10^-13"


def test_the_public_register_tells_what_left(enclave: Demo, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{enclave.address()}/register")
    shoot(page, "14-register")
    assert "Nothing yet" not in page.locator("main").inner_text()
    page.close()


def test_the_log_holds_and_an_edit_shows(enclave: Demo) -> None:
    said = enclave.run("audit", "verify")
    assert said.returncode == 0, said.stdout
    with sqlite3.connect(enclave.home / "db" / "enclave.sqlite") as database:
        original = database.execute("SELECT subject FROM audit_entry WHERE sequence = 50").fetchone()
        database.execute("UPDATE audit_entry SET subject = 'upload:999' WHERE sequence = 50")
    broken = enclave.run("audit", "verify")
    with sqlite3.connect(enclave.home / "db" / "enclave.sqlite") as database:
        database.execute("UPDATE audit_entry SET subject = ? WHERE sequence = 50", original)
    assert broken.returncode == 1
    assert "Entry 50 was changed" in broken.stdout
    assert enclave.run("audit", "verify").returncode == 0


def test_after_a_stop_and_a_start_nothing_is_lost(enclave: Demo, browser: Browser) -> None:
    before = _state(enclave)
    enclave.stop()
    assert enclave.pids("enclave.wiring.worker_process") == []
    enclave.start()
    assert _state(enclave) == before
    assert enclave.run("audit", "verify").returncode == 0
    context = browser.new_context(base_url=enclave.address())
    page = context.new_page()
    sign_in(page, enclave, "ravi")
    page.goto("/projects/early-help")
    expect(page.get_by_text("Privacy loss 0.1 of 1 is used")).to_be_visible()
    context.close()


def _versions(enclave: Demo) -> int:
    database = enclave.home / "db" / "enclave.sqlite"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM version").fetchone()[0])


def _state(enclave: Demo) -> dict[str, list[tuple[object, ...]]]:
    """Everything that must survive."""
    database = enclave.home / "db" / "enclave.sqlite"
    questions = {
        "ledgers": "SELECT kind, subject, cap_rho, spent_rho FROM ledger ORDER BY id",
        "charges": "SELECT id, project, question, rho FROM charge ORDER BY id",
        "versions": "SELECT id, dataset, number, state FROM version ORDER BY id",
    }
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return {name: connection.execute(question).fetchall() for name, question in questions.items()}


def _next_month(enclave: Demo, folder: Path) -> Path:
    """The demo's own GP file again, with a surname and a note nobody else has."""
    source = next((enclave.home / "demo").rglob("anglia_gp.contacts.csv"))
    with source.open(newline="") as opened:
        rows = list(csv.reader(opened))[:400]
    surname, note = rows[0].index("surname"), rows[0].index("note")
    for row in rows[1:]:
        row[surname], row[note] = CANARY, f"Spoke with {CANARY} by telephone."
    file = folder / f"{CANARY}.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def _burglaries(enclave: Demo) -> dict[str, int]:
    """The truth, from the published street crime itself."""
    counts: dict[str, int] = {}
    packed = Path(street_crime.__file__).parent / "essex.csv.gz"
    with gzip.open(packed, "rt", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["Crime type"] == "Burglary":
                counts[row["District"]] = counts.get(row["District"], 0) + 1
    return counts
