"""The portal answers under one name."""

from __future__ import annotations

import pytest

from enclave.web.security.hosts import OneHost, host_name

HOUSE = {"host": "portal.localhost", "address": "http://portal.localhost:8000"}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("portal.localhost:8000", "portal.localhost"),
        ("Portal.Localhost", "portal.localhost"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


def test_its_own_name_is_answered(behind) -> None:
    assert behind(OneHost, **HOUSE).get("/").text == "hello"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_whoever_types_the_machines_address_is_led_to_the_name(behind, host: str) -> None:
    answer = behind(OneHost, **HOUSE).get("/register?page=2", headers={"host": host})
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://portal.localhost:8000/register?page=2"


def test_a_form_sent_to_the_machines_address_is_refused(behind) -> None:
    assert behind(OneHost, **HOUSE).post("/", headers={"host": "127.0.0.1:8000"}).status_code == 421


@pytest.mark.parametrize("host", ["evil.example", "portal.localhost.evil.example", "hub.localhost:8000", ""])
def test_any_other_name_is_refused(behind, host: str) -> None:
    answer = behind(OneHost, **HOUSE).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "W-10" in answer.text
