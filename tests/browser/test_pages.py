"""Every page, as every role that sees it: no accessibility violation, nothing wider than a phone, and a picture of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, shoot, violations
from tests.factories.house import INCIDENTS

PAGES: tuple[tuple[str, str | None, str], ...] = (
    ("front", None, "/"),
    ("login", None, "/login"),
    ("agency", "olive", "/agency"),
    ("agency-new-dataset", "olive", "/agency/datasets"),
    ("agency-dataset", "olive", f"/datasets/{INCIDENTS}"),
    ("agency-version", "olive", f"/datasets/{INCIDENTS}/versions/1"),
    ("agency-upload", "olive", f"/datasets/{INCIDENTS}/upload"),
    ("no-such-page", "olive", "/nothing"),
    ("not-for-this-role", "olive", "/uploads/999"),
)


@pytest.mark.parametrize(("shot", "name", "path"), PAGES, ids=[shot for shot, _, _ in PAGES])
def test_a_page_is_accessible_and_fits_a_phone(open_as: Callable[..., Page], shot: str, name: str | None, path: str) -> None:
    page = open_as(name)
    page.goto(path)
    assert violations(page) == []
    shoot(page, shot)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shoot(page, f"{shot}-phone")
