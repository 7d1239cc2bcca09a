"""A custodian at work with the keyboard, and pages on paper."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import shoot
from tests.factories.house import TABLE_CSV, House, figure


def test_keys_turn_files_and_vote_once_they_are_turned_on(open_as: Callable[..., Page], house: House) -> None:
    number = house.submit("rhea", "For the keyboard", [("one.csv", TABLE_CSV), ("two.png", figure())])
    page = open_as("cora")
    page.goto(f"/requests/{number}/files/1")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("one.csv")  # keys are off until somebody turns them on
    page.get_by_label("Keys:").check()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("n")
    turned_to(page, "two.png")
    page.keyboard.press("p")
    turned_to(page, "one.csv")
    page.keyboard.press("c")
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.type("a nap")  # letters typed into a field are letters
    page.get_by_label("Comment").fill("")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("a")
    turned_to(page, "two.png")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("For the keyboard")
    expect(page.get_by_text("You approved")).to_have_count(2)


def turned_to(page: Page, name: str) -> None:
    """The file's page stands and its script listens: it is the script that ticks the box."""
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_label("Keys:")).to_be_checked()


def test_the_picture_is_drawn(open_as: Callable[..., Page], house: House) -> None:
    page = open_as("cora")
    page.goto(f"/requests/{house.requests['review']}/files/2")
    expect(page.get_by_role("img", name="The picture under review: districts.png")).to_be_visible()
    assert page.evaluate("document.querySelector('.app-picture').naturalWidth") == 240


def test_pages_print_without_what_paper_cannot_use(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/register")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shoot(page, "register-on-paper")


def test_a_request_moves_on_by_itself_once_it_is_checked(open_as: Callable[..., Page], house: House) -> None:
    number = house.submit("rhea", "To be watched", [("one.csv", TABLE_CSV)], checked=False)
    page = open_as("rhea")
    page.goto(f"/requests/{number}")
    expect(page.get_by_text("Programs will look at it in a moment.")).to_be_visible()
    house.check(number)
    expect(page.get_by_text("With the custodians")).to_be_visible()
