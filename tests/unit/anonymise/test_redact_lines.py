"""A stream of JSON lines through the task and the jails that share it, here without a jail."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import pytest

from enclave.adapters import text_jails
from enclave.adapters.text_jails import TextJails
from enclave.anonymise.jail import redact_lines as task
from enclave.anonymise.refusal import FileRefusedError
from enclave.terms.errors import OperatorError


@dataclass
class Frame:
    value: object


class FailedError(Exception):
    reason = "missing"


class Sink:
    """Keeps what a task emits."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def json(self, value: Any) -> None:
        self.frames.append(Frame(value))

    def bytes(self, value: bytes) -> None:
        self.frames.append(Frame(value))


def here(_task: str, *, source: int, params: dict[str, Any], limits: object) -> Iterator[Frame]:
    """The task in a thread instead of a jail."""
    sink = Sink()
    with os.fdopen(os.dup(source), "rb") as stream:
        task.redact_lines(stream, params, sink)
    yield from sink.frames


def jails(run: Any = here) -> TextJails:
    return TextJails(run=run, limits=lambda **_: None, failed=FailedError)


def redacted(raw: bytes, *, known: bytes = b"", most: int = 2, run: Any = here) -> list[dict[str, Any]]:
    lines = b"".join(jails(run).redacted(io.BytesIO(raw), known=known, names=False, most=most))
    return [json.loads(line) for line in lines.splitlines()]


def record(name: object, text: str, **more: object) -> bytes:
    return json.dumps({"id": name, "text": text, **more}).encode() + b"\n"


def test_lines_in_lines_out() -> None:
    found = redacted(record(1, "NHS 943 476 5919.") + b"\r\n" + record("b", "told Quatermian", known=["Quatermain"]))
    assert found == [
        {"id": 1, "text": "NHS [NHS_NUMBER].", "spans": [{"start": 4, "end": 16, "entity": "UK_NHS"}]},
        {"id": "b", "text": "told [PERSON]", "spans": [{"start": 5, "end": 15, "entity": "PERSON"}]},
    ]


def test_known_identifiers_come_from_a_file() -> None:
    found = redacted(record(1, "then Zbigniewa left"), known=b"surname,phone\nZbigniewa,1\n")
    assert found[0]["text"] == "then [PERSON] left"


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert redacted(b'{"id": 1, "text": "x \\ud800 y"}') == [{"id": 1, "text": "x \ud800 y", "spans": []}]


def test_order_is_kept_whoever_answers_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_jails, "_SIZE", 64)
    found = redacted(b"".join(record(number, f"text {number}") for number in range(300)), most=3)
    assert [one["id"] for one in found] == list(range(300))


@pytest.mark.parametrize(
    "bad",
    [
        b"Quatermain",
        b'"Quatermain"',
        b'{"id": 1}',
        b'{"text": "Quatermain"}',
        b'{"id": 1, "text": 2}',
        b'{"id": NaN, "text": "a"}',
        b"\xff",
        b"[" * 9_999,
        b'{"id": 1, "text": "a", "known": "Quatermain"}',
        b'{"id": [], "text": "Quatermain"}',
    ],
)
@pytest.mark.parametrize("size", [16, 1 << 18])
def test_a_line_that_is_none_is_named_by_its_number(bad: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_jails, "_SIZE", size)
    raw = record(1, "first") + b"\n" + record(2, "second") + bad + b"\n" + record(4, "never")
    out: list[bytes] = []
    with pytest.raises(FileRefusedError) as refused:
        out.extend(jails().redacted(io.BytesIO(raw), known=b"", names=False, most=2))
    assert refused.value.rule == "T-01"
    assert "Line 4 " in refused.value.sentence
    assert "Quatermain" not in refused.value.sentence + refused.value.instead
    assert [json.loads(line)["id"] for line in b"".join(out).splitlines()] == [1, 2]


def test_a_line_too_long_to_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_jails, "_SIZE", 64)
    monkeypatch.setattr(text_jails, "LONGEST_LINE", 1_000)
    with pytest.raises(FileRefusedError) as refused:
        redacted(record(1, "a") + record(2, "b" * 2_000))
    assert (refused.value.rule, refused.value.why.line) == ("T-02", 2)


def test_too_many_known_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enclave.anonymise.text.known.MOST_FORMS", 2)
    with pytest.raises(FileRefusedError) as refused:
        redacted(record(1, "a"), known=b"Anna\nBerta\nCecilia\n")
    assert refused.value.rule == "T-04"


def test_a_jail_that_cannot_start_is_the_operators() -> None:
    def broken(_task: str, **_: object) -> Iterator[Frame]:
        raise FailedError
        yield

    with pytest.raises(OperatorError):
        redacted(record(1, "a"), run=broken)


def test_a_jail_that_dies_half_way_is_no_end_of_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    class DiedError(FailedError):
        reason = "memory"

    def dying(task: str, **given: Any) -> Iterator[Frame]:
        for number, frame in enumerate(here(task, **given)):
            if number == 2:
                raise DiedError
            yield frame

    monkeypatch.setattr(text_jails, "_SIZE", 32)
    with pytest.raises(FileRefusedError) as refused:
        redacted(b"".join(record(number, "a" * 40) for number in range(20)), run=dying)
    assert refused.value.rule == "T-05"


def test_a_source_that_fails_is_no_end_of_the_answers() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            got = super().read(size)
            if not got:
                raise OSError("gone")
            return got

    source: BinaryIO = Broken(record(1, "a") * 3)
    with pytest.raises(OSError, match="gone"):
        list(jails().redacted(source, known=b"", names=False, most=2))


def test_nothing_in_nothing_out() -> None:
    assert redacted(b"") == []
