"""What nobody foresaw says nothing."""

from __future__ import annotations

import logging

import pytest

from enclave.web.security.unforeseen import Unforeseen


def test_neither_page_nor_log_quotes_the_message(behind, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = behind(Unforeseen).get("/raise")
    assert answer.status_code == 500
    assert "Something went wrong inside the enclave." in answer.text
    assert "RuntimeError at GET /raise" in caplog.text
    for secret in ("Zebulon", "9434765919"):
        assert secret not in answer.text
        assert secret not in caplog.text
