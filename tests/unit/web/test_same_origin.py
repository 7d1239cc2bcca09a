"""Only our own pages change anything."""

from __future__ import annotations

import pytest

from enclave.web.security.same_origin import SameOrigin


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "SAME-ORIGIN", None])
def test_a_request_from_elsewhere_changes_nothing(behind, site: str | None) -> None:
    answer = behind(SameOrigin).post("/", headers={} if site is None else {"sec-fetch-site": site})
    assert answer.status_code == 403
    assert "W-02" in answer.text


def test_our_own_pages_may(behind) -> None:
    assert behind(SameOrigin).post("/", content=b"xx", headers={"sec-fetch-site": "same-origin"}).text == "2"


def test_reading_is_free(behind) -> None:
    assert behind(SameOrigin).get("/", headers={"sec-fetch-site": "cross-site"}).text == "hello"
