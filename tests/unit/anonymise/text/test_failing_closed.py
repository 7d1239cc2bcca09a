"""Whatever goes wrong while a text is read: nobody has read it, so nobody gets it; and nothing of it is said anywhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest
import regex  # type: ignore[import-untyped]

from enclave.anonymise import presidio_detector
from enclave.anonymise.entities import Entity
from enclave.anonymise.presidio_detector import Presidio, presidio
from enclave.anonymise.text import redact as redacting
from enclave.anonymise.text.redact import redact, redact_many
from enclave.anonymise.text.span import Span
from enclave.anonymise.withheld import WithheldError

SECRET = "told Quatermain at 10 and 943 476 5919"


def nhs() -> Presidio:
    return next(one for one in presidio() if one.entity is Entity.UK_NHS)


def test_a_pattern_that_takes_too_long_withholds_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    one = nhs()
    slow = replace(one, compiled=((regex.compile(r"(a|aa)+$"), 0.5),))
    monkeypatch.setattr(presidio_detector, "SECONDS", 0.05)
    with pytest.raises(WithheldError):
        slow.raw("a" * 40 + "b")


def test_a_recogniser_that_raises_withholds_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    one = nhs()

    def fail(*_: object) -> None:
        raise RuntimeError("Quatermain")

    monkeypatch.setattr(one.inner, "validate_result", fail)
    with pytest.raises(WithheldError) as withheld:
        one.raw(SECRET)
    assert "Quatermain" not in str(withheld.value)


@pytest.mark.parametrize("step", ["normalise", "opened", "read", "Words", "row_from", "find_row", "widened", "merged"])
def test_a_text_nobody_read_is_one_placeholder(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    usual = getattr(redacting, step)

    def gives_up(*asked: object) -> object:
        if any("Quatermain" in str(getattr(one, "text", one)) for one in asked):
            raise WithheldError
        return usual(*asked)

    monkeypatch.setattr(redacting, step, gives_up)
    other, found = redact_many(["nobody came", SECRET], rows_known=[["Smith"], ["Quatermain"]])
    assert (other.text, found.text) == ("nobody came", "[WITHHELD]")
    assert [(span.start, span.end, span.entity) for span in found.spans] == [(0, len(SECRET), Entity.WITHHELD)]


class Moody:
    """A model that cannot read one of the texts."""

    def spans(self, text: str) -> Sequence[Span]:
        if "Quatermain" in text:
            raise RuntimeError(text)
        return [Span(start=0, end=4, entity=Entity.PERSON, score=0.9)] if text.startswith("Zora") else []

    def spans_many(self, texts: Sequence[str]) -> list[Sequence[Span]]:
        return [self.spans(text) for text in texts]


def test_a_model_that_fails_withholds_that_text_alone() -> None:
    found = redact_many(["Zora came", SECRET, "nobody came"], names=Moody())
    assert [one.text for one in found] == ["[PERSON] came", "[WITHHELD]", "nobody came"]


def test_a_model_reads_a_long_text_to_its_end() -> None:
    class Last:
        def spans(self, text: str) -> Sequence[Span]:
            at = text.find("Zora")
            return [Span(start=at, end=at + 4, entity=Entity.PERSON)] if at >= 0 else []

        def spans_many(self, texts: Sequence[str]) -> list[Sequence[Span]]:
            return [self.spans(text) for text in texts]

    text = "so it goes on " * 500 + "with Zora"
    assert redact(text, names=Last()).text == text.replace("Zora", "[PERSON]")


def test_presidio_logs_nowhere(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for word in ("GB00 QUAT ERMA IN12 3456 78", "943 476 5919", "jane@quatermain.org"):
        for one in presidio():
            one.raw(word)
    assert "QUAT" not in (caplog.text + "".join(capfd.readouterr())).upper()


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\ud800", "\x00"])
def test_texts_of_nothing(text: str) -> None:
    assert redact(text).text == text
