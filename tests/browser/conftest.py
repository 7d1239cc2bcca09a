"""Headless Chromium against the portal on a real port of this machine. One house and one browser for all of these tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from enclave.web.app import portal_app
from tests.chromium import EXECUTABLE, FLAGS, SHOTS
from tests.factories.house import House, bare_portal, settle

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house with its portal listening."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        port = listener.getsockname()[1]
        settled = settle(bare_portal(tmp_path_factory.mktemp("house"), port=port))
        server = uvicorn.Server(uvicorn.Config(portal_app(settled.portal), log_level="warning", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield settled
        server.should_exit = True
        thread.join(timeout=5)
        settled.portal.database.close()


@pytest.fixture(scope="module")  # while Playwright is up, an event loop runs in this thread: nobody else here could run one
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=EXECUTABLE, headless=True, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What browsers said in their consoles: an error or a broken policy fails the test."""
    said: list[str] = []
    yield said
    serious = [complaint for complaint in said if "Failed to load resource" not in complaint]
    assert not serious, serious


@pytest.fixture
def open_as(browser: Browser, house: House, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """``open_as("olive")``: a page of a browser of its own in which that person is signed in."""
    contexts: list[BrowserContext] = []

    def make(name: str | None = None, *, scripts: bool = True) -> Page:
        contexts.append(signed_in(browser, house, name, scripts=scripts))
        return listened_to(contexts[-1].new_page(), complaints)

    yield make
    for context in contexts:
        context.close()


def signed_in(browser: Browser, house: House, name: str | None, *, scripts: bool = True) -> BrowserContext:
    """A browser with that person's session."""
    address = house.portal.settings.address_of("portal")
    context = browser.new_context(base_url=address, viewport=DESK, java_script_enabled=scripts)
    if name is not None:
        context.add_cookies([{"name": "enclave", "value": house.session(name)[0], "url": address}])
    return context


def listened_to(page: Page, complaints: list[str]) -> Page:
    """The page, its complaints noted."""
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def violations(page: Page) -> list[str]:
    """What axe finds wrong: the rule and the first element."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:150]}" for one in found["violations"]]
