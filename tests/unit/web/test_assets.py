"""Style sheets and scripts: addressed by content, with their licences, and nothing that belongs to GOV.UK alone."""

from __future__ import annotations

import re

import pytest

from enclave.terms.errors import EnclaveError
from enclave.web.assets import FOLDER, asset, served


def test_an_address_names_its_content_and_may_be_kept_for_ever() -> None:
    address = asset("css/enclave.css")
    edition = address.split("/")[2]
    answer = served(edition, "css/enclave.css")
    assert re.fullmatch(r"[0-9a-f]{12}", edition)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.media_type == "text/css"


@pytest.mark.parametrize("name", ["../app.py", "vendor/README.md", "css/nothing.css", "/etc/passwd"])
def test_only_what_is_meant_to_be_served_is(name: str) -> None:
    with pytest.raises(EnclaveError):
        served(asset("css/enclave.css").split("/")[2], name)
    with pytest.raises(KeyError):
        asset(name)


def test_every_vendored_folder_has_its_licence() -> None:
    for folder in (FOLDER / "vendor").iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").is_file(), folder.name


def test_no_font_and_no_crown() -> None:
    names = [path.name.lower() for path in FOLDER.rglob("*") if path.is_file()]
    assert not [name for name in names if name.endswith((".woff", ".woff2", ".ttf")) or "crown" in name or "crest" in name]
    assert "font-family: var(--app-font) !important" in (FOLDER / "css" / "enclave.css").read_text()
