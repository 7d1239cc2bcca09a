"""JupyterLab in a real browser: what its pages may not send, and what its menus do not offer."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from enclave.hub.sandbox_command import BWRAP
from tests.chromium import EXECUTABLE, FLAGS
from tests.sandbox.stack import PEOPLE, Stack, stack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.browser,
    pytest.mark.skipif(not (Path(EXECUTABLE).exists() and Path(BWRAP).exists()), reason="chromium or bubblewrap is not installed"),
]


@pytest.fixture(scope="module")
def enclave() -> Iterator[Stack]:
    with stack("full" if os.geteuid() == 0 else "rootless") as made:
        yield made


@pytest.fixture(scope="module")
def page(enclave: Stack) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        page = browser.new_page()
        page.goto(enclave.hub("/"))
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PEOPLE["ada"].password)
        page.get_by_label("One-time code").fill(PEOPLE["ada"].otp)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Open notebook").first.click()
        page.wait_for_selector(".jp-DirListing-item", timeout=60_000)
        yield page
        browser.close()


WAYS = ["fetch", "beacon", "image", "style", "script", "websocket"]
SEND = """async ([address, way]) => {
  const done = (promise) => promise.then(() => "sent", (error) => "refused");
  if (way === "fetch") return done(fetch(address, {mode: "no-cors"}));
  if (way === "beacon") return navigator.sendBeacon(address, "x") ? "queued" : "refused";
  if (way === "image") return done(new Promise((yes, no) => { const i = new Image(); i.onload = yes; i.onerror = no; i.src = address; }));
  if (way === "style") return done(new Promise((yes, no) => {
    const l = document.createElement("link"); l.rel = "stylesheet"; l.onload = yes; l.onerror = no; l.href = address; document.head.append(l); }));
  if (way === "script") return done(new Promise((yes, no) => {
    const s = document.createElement("script"); s.onload = yes; s.onerror = no; s.src = address; document.head.append(s); }));
  if (way === "websocket") return done(new Promise((yes, no) => {
    const w = new WebSocket(address.replace("http", "ws")); w.onopen = yes; w.onerror = no; }));
}"""


def reached(listening: socket.socket) -> bool:
    listening.settimeout(0.7)
    try:
        listening.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("way", WAYS)
def test_a_page_of_the_notebook_reaches_nobody_else(page: Page, way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        page.evaluate(SEND, [f"http://127.0.0.1:{listening.getsockname()[1]}/{way}", way])
        assert not reached(listening)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_code_reaches_the_tester_from_a_page_without_our_policy(enclave: Stack, page: Page, way: str) -> None:
    """The control: every way works from the fake portal's page, which forbids nothing."""
    browser = page.context.browser
    assert browser is not None
    free = browser.new_page()
    free.goto(enclave.settings.origin("127.0.0.1"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        free.evaluate(f"a => {{ ({SEND})(a); }}", [f"http://127.0.0.1:{listening.getsockname()[1]}/{way}", way])
        assert reached(listening)
    free.close()


PLANT = """() => {
  const s = document.createElement("script"); s.textContent = "window.planted = 1"; document.head.append(s); return window.planted || null; }"""


def test_scripts_written_into_a_page_do_not_run(page: Page) -> None:
    assert page.evaluate(PLANT) is None


def test_menus_offer_no_way_to_carry_files_off(page: Page) -> None:
    page.get_by_text("File", exact=True).first.click()
    menu = page.locator(".lm-Menu").first.inner_text()
    page.keyboard.press("Escape")
    assert "Save Notebook" in menu or "Open from Path" in menu  # it is the File menu
    for word in ("Download", "Export", "Print", "Open from URL", "Terminal"):
        assert word not in menu
    page.locator(".jp-DirListing-item").first.click(button="right")
    assert "Rename" in page.locator(".lm-Menu").first.inner_text()
    assert "Download" not in page.locator(".lm-Menu").first.inner_text()
    page.keyboard.press("Escape")
    launcher = page.locator(".jp-Launcher").inner_text()
    assert "Notebook" in launcher
    assert "Terminal" not in launcher
