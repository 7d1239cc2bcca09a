"""The life of an upload: the documented table is the code's, and every state has a way on or is an end."""

from __future__ import annotations

from pathlib import Path

from enclave.catalogue.upload import STEPS, UploadState, page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "upload-lifecycle.md"


def test_the_documented_life_is_the_table() -> None:
    assert PAGE.read_text() == page(), "write enclave.catalogue.upload.page() to docs/reference/upload-lifecycle.md"


def test_every_state_is_reached_and_until_it_is_published_its_officer_can_take_it_back() -> None:
    begins = {UploadState.RECEIVING, UploadState.REBUILDING}
    assert {one.new for one in STEPS} | begins == set(UploadState)
    taken_back = {one.old for one in STEPS if one.new is UploadState.WITHDRAWN}
    assert {one.old for one in STEPS} - taken_back == {UploadState.PUBLISHING}
