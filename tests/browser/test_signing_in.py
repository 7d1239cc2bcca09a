"""Signing in with the keyboard alone, and what happens to somebody's work when the session ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from enclave.identity.credentials import code_at
from tests.browser.conftest import shoot, violations
from tests.factories.house import PASSWORD, House


def code(house: House, name: str) -> str:
    """A code that was not used yet: one step ahead of the last one of this test run."""
    with house.portal.transactions.begin() as work:
        account = work.accounts.by_name(name)
    assert account is not None
    return code_at(house.secrets[name], max(int(time.time()), (account.last_step + 1) * 30))


def test_the_keyboard_is_enough(open_as: Callable[..., Page], house: House) -> None:
    page = open_as()
    page.goto("/projects/night-safety")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    for text in ("rhea", PASSWORD):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")  # the button that shows the password
    page.keyboard.press("Tab")
    page.keyboard.type(code(house, "rhea"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Safer nights")


def test_a_wrong_code_is_said_where_a_screen_reader_hears_it(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/login")
    page.get_by_label("Name").fill("nora")
    page.get_by_label("Password", exact=True).fill("wrong wrong wrong")
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The name, password or code is not right.")
    assert violations(page) == []
    shoot(page, "login-wrong")


def test_what_was_typed_is_sent_after_signing_in_again(open_as: Callable[..., Page], house: House) -> None:
    page = open_as("gwen")
    page.goto("/governance/agencies")
    page.get_by_label("Name", exact=True).fill("Northshire Fire & Rescue")
    page.get_by_label("Short name").fill("northshire_fire")
    house.expire("gwen")
    page.get_by_role("button", name="Register the agency").click()
    expect(page.get_by_text("Nothing is lost.")).to_be_visible()
    shoot(page, "session-ended")
    assert violations(page) == []
    page.get_by_label("Name").fill("gwen")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Six-digit code").fill(code(house, "gwen"))
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("It has not been sent yet.")).to_be_visible()
    shoot(page, "send-again")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agreements, projects, people")
    with house.portal.transactions.begin() as work:
        assert work.agencies.by_slug("northshire_fire") is not None
