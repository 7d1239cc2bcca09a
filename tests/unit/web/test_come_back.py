"""Where somebody may be led back to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.web.addresses import safe_path
from enclave.web.forms import Form
from enclave.web.pages.come_back import kept_fields


@pytest.mark.parametrize("path", ["/", "/projects/night-safety", "/queue?sort=age", "/datasets/police.incidents/upload?upload=3"])
def test_own_pages_are_kept(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path", ["", "x", "//x.example", "/\\x.example", "https://x.example", "/a\nb", "/\t/x", "/login?next=/", "/logout", "/" + "a" * 3_000]
)
def test_everything_else_is_the_front_page(path: str) -> None:
    assert safe_path(path) == "/"


@given(st.text())
def test_whatever_it_is_it_stays_here(text: str) -> None:
    path = safe_path(text)
    assert path.startswith("/")
    assert not path.startswith("//")
    assert "\\" not in path


@pytest.mark.parametrize("resume", ["", "[]", "{", '{"a": 1}', "null", '"x"', '{"a": null}'])
def test_what_was_carried_along_and_broke_is_dropped(resume: str) -> None:
    assert kept_fields(Form(fields={"resume": (resume,)})) == {}


def test_what_was_carried_along_comes_back() -> None:
    assert kept_fields(Form(fields={"resume": ('{"a": ["1", "2"]}',)})) == {"a": ("1", "2")}
