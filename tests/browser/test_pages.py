"""Every page, as a role that sees it: no accessibility violation, nothing wider than a phone, and a picture of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESK, PHONE, listened_to, shoot, signed_in, violations
from tests.factories.house import INCIDENTS, House

# shot: (who, address); {review}, {released}, {blocked} and {upload} are the house's numbers.
PAGES: dict[str, tuple[str | None, str]] = {
    "front": (None, "/"),
    "front-without-role": ("nora", "/"),
    "login": (None, "/login"),
    "register": (None, "/register"),
    "how-it-protects": (None, "/how-it-protects"),
    "agency": ("olive", "/agency"),
    "agency-new-dataset": ("olive", "/agency/datasets"),
    "datasets": ("cora", "/datasets"),
    "agency-dataset": ("olive", f"/datasets/{INCIDENTS}"),
    "agency-version": ("olive", f"/datasets/{INCIDENTS}/versions/1"),
    "agency-erase": ("olive", f"/datasets/{INCIDENTS}/versions/1/erase"),
    "upload-1-choose": ("olive", f"/datasets/{INCIDENTS}/upload"),
    "upload-2-columns": ("olive", "/uploads/{upload}/columns"),
    "upload-3-bounds": ("olive", "/uploads/{upload}/bounds"),
    "upload-4-size": ("olive", "/uploads/{upload}/size"),
    "upload-5-confirm": ("olive", "/uploads/{upload}/confirm"),
    "upload-risk": ("olive", "/uploads/1/risk"),
    "upload-rejected": ("olive", "/uploads/1/rejected"),
    "upload-certificate": ("olive", "/uploads/1/certificate"),
    "agency-lists": ("olive", "/lists"),
    "upload-published": ("olive", "/uploads/1"),
    "agreements": ("sam", "/agreements"),
    "agreement-to-sign": ("sam", "/agreements/2"),
    "governance": ("gwen", "/governance"),
    "governance-new-agreement": ("gwen", "/governance/agreements"),
    "governance-new-project": ("gwen", "/governance/projects"),
    "governance-role": ("gwen", "/governance/roles"),
    "governance-key": ("gwen", "/governance/keys"),
    "governance-agency": ("gwen", "/governance/agencies"),
    "governance-lists": ("gwen", "/governance/lists"),
    "projects": ("rhea", "/projects"),
    "project": ("rhea", "/projects/night-safety"),
    "project-empty": ("rory", "/projects/quiet-study"),
    "project-dataset": ("rhea", f"/projects/night-safety/datasets/{INCIDENTS}"),
    "request-in-review": ("rhea", "/requests/{review}"),
    "request-blocked": ("rhea", "/requests/{blocked}"),
    "request-released": ("rhea", "/requests/{released}"),
    "queue": ("cora", "/queue"),
    "review": ("cora", "/requests/{review}"),
    "review-released": ("cora", "/requests/{released}"),
    "review-table": ("cora", "/requests/{review}/files/1"),
    "review-findings": ("cora", "/requests/{review}/files/1?show=findings"),
    "review-provenance": ("cora", "/requests/{review}/files/1?show=provenance"),
    "review-picture": ("cora", "/requests/{review}/files/2"),
    "review-text": ("cora", "/requests/{released}/files/1"),
    "operator": ("otto", "/operator"),
    "log-check": ("otto", "/operator/log"),
    "audit": ("gwen", "/audit"),
    "no-such-page": ("olive", "/nothing"),
    "another-role": ("olive", "/queue"),
}


# Of these a picture is kept as a phone shows them, too.
ON_A_PHONE = frozenset({"front", "agency", "upload-2-columns", "upload-3-bounds", "project", "queue", "review", "review-table", "register"})


@pytest.fixture(scope="module")
def pages(browser: Browser, house: House) -> Iterator[Callable[[str | None], Page]]:
    """One page per person for all of this module."""
    opened: dict[str | None, Page] = {}

    def page_of(name: str | None) -> Page:
        if name not in opened:
            opened[name] = signed_in(browser, house, name).new_page()
        return opened[name]

    yield page_of
    for page in opened.values():
        page.context.close()


@pytest.mark.parametrize("shot", PAGES)
def test_a_page_is_accessible_and_fits_a_phone(pages: Callable[[str | None], Page], house: House, complaints: list[str], shot: str) -> None:
    name, path = PAGES[shot]
    page = listened_to(pages(name), complaints)
    page.set_viewport_size(DESK)
    page.goto(path.format(**house.requests, upload=house.waiting))
    assert violations(page) == []
    shoot(page, shot)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if shot in ON_A_PHONE:
        shoot(page, f"{shot}-phone")
