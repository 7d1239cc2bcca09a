"""How much a request may carry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from enclave.web.security.body_limit import FORM, WHOLE_FILE, BodyLimit, limit_for


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/login", FORM),
        ("PUT", "/api/uploads/12/parts", 8 * 1024 * 1024),
        ("PUT", "/api/uploads/12/parts/x", FORM),
        ("POST", "/datasets/police.incidents/upload", WHOLE_FILE + 64 * 1024),
    ],
)
def test_limits_by_path(method: str, path: str, most: int) -> None:
    assert limit_for(method, path) == most


def test_what_fits_arrives_whole(behind) -> None:
    assert behind(BodyLimit).post("/", content=b"x" * FORM).text == str(FORM)


def test_a_declared_length_that_is_too_much_is_refused_before_reading(behind) -> None:
    answer = behind(BodyLimit).post("/", content=b"x" * (FORM + 1))
    assert answer.status_code == 413
    assert "W-04" in answer.text


@pytest.mark.parametrize("length", ["-1", "many"])
def test_a_length_that_is_no_number_is_refused(behind, length: str) -> None:
    assert behind(BodyLimit).post("/", content=b"", headers={"content-length": length}).status_code == 413


def test_a_body_without_a_declared_length_is_counted_while_it_comes(behind) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(2 * FORM // 65_536):
            yield b"x" * 65_536

    assert behind(BodyLimit).post("/", content=endless()).status_code == 500  # the bare application has no page for refusals
