"""The one door to Presidio: its UK pattern recognisers, without a model, without a download, and failing closed.

* ``AnalyzerEngine()`` is never built: on a machine without the model it wants, it tries to download one. The recognisers work alone.
* Presidio logs a warning and goes on when a pattern takes too long or a check fails, so a text that defeats it looks clean. Here a
  warning while a text is read is an error, and the text counts as unreadable. Its log, which quotes text, goes nowhere.
* The stock URL recogniser (quadratic on ``a.a.a.``: 100 s for 100 KB) and e-mail recogniser (asks the network for a list of domains) stay out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, pattern_recognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IbanRecognizer,
    IpRecognizer,
    MacAddressRecognizer,
    NhsRecognizer,
    PhoneRecognizer,
    UkNinoRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
)
from presidio_analyzer.predefined_recognizers.generic import iban_recognizer

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.rule import NEAR, WithheldError
from enclave.anonymise.text.span import Span

SECONDS = 2
# Presidio's own scores; a postcode's form alone scores 0.1 there, but it is quite specific, and a missed one is worse than a false alarm.
_LEAST, _POSTCODE_LEAST = 0.35, 0.1
_BOOST, _BOOSTED_LEAST = 0.35, 0.4
_WORD = re.compile(r"[a-z0-9]+")
# PhoneRecognizer has no pattern (it asks phonenumbers): seven digits close together, between them no letter but the x of an extension.
_SEVEN_DIGITS = r"(?:\d[^\dA-WYZa-wyz]{0,8}){6}\d"


class _FailClosed(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - what it says may quote the text
        raise WithheldError


@dataclass(frozen=True)
class PresidioRecogniser:
    """One of Presidio's recognisers, alone."""

    entity: Entity
    inner: EntityRecognizer
    gates: Sequence[str]
    least: float = _LEAST

    def raw(self, text: str) -> list[tuple[int, int, float]]:
        """What Presidio finds: start, end, its own score. Raises ``WithheldError``."""
        try:
            results = self.inner.analyze(text, [self.entity.value], None)  # type: ignore[arg-type]
        except WithheldError:
            raise
        except Exception:  # noqa: BLE001 - whatever went wrong, nobody has read this text
            raise WithheldError from None
        return [(result.start, result.end, float(result.score)) for result in results]

    def find(self, text: str, context: str) -> list[Span]:
        """The findings with enough confidence; words nearby lift weak ones as Presidio's enhancer would. Raises ``WithheldError``."""
        return list(self._enough(text, context))

    def _enough(self, text: str, context: str) -> Iterator[Span]:
        for start, end, score in self.raw(text):
            lifted = self._lifted(score, context, text[max(0, start - NEAR) : start])
            if lifted >= self.least:
                yield Span(start=start, end=end, entity=self.entity, score=min(1.0, lifted))

    def _lifted(self, score: float, context: str, before: str) -> float:
        # Whole words: Presidio's own substring matching finds "ip" in "description".
        nearby = f" {' '.join(_WORD.findall(f'{context} {before}'.lower()))} "
        told = any(f" {word.strip()} " in nearby for word in self.inner.context or ())
        return max(score + _BOOST, _BOOSTED_LEAST) if told else score


def presidio_recognisers() -> tuple[PresidioRecogniser, ...]:
    """Presidio's recognisers for the United Kingdom, and the general ones that need no model and no network."""
    pattern_recognizer.REGEX_TIMEOUT_SECONDS = SECONDS
    iban_recognizer.REGEX_TIMEOUT_SECONDS = SECONDS
    log = logging.getLogger("presidio-analyzer")
    log.handlers, log.propagate, log.disabled = [_FailClosed(logging.WARNING)], False, False
    log.setLevel(logging.WARNING)
    phone = PhoneRecognizer(supported_regions=("GB",))
    return (
        _of(Entity.UK_NHS, NhsRecognizer()),
        _of(Entity.UK_NINO, UkNinoRecognizer()),
        _of(Entity.UK_POSTCODE, UkPostcodeRecognizer(), least=_POSTCODE_LEAST),
        _of(Entity.UK_PASSPORT, UkPassportRecognizer()),
        _of(Entity.UK_VEHICLE_REGISTRATION, UkVehicleRegistrationRecognizer()),
        PresidioRecogniser(Entity.PHONE_NUMBER, phone, (_SEVEN_DIGITS,)),
        _of(Entity.IBAN_CODE, IbanRecognizer()),
        _of(Entity.CREDIT_CARD, CreditCardRecognizer()),
        _of(Entity.IP_ADDRESS, IpRecognizer(patterns=IpRecognizer.PATTERNS[:2])),  # the third takes every "::" for one
        _of(Entity.MAC_ADDRESS, MacAddressRecognizer()),
    )


def _of(entity: Entity, inner: PatternRecognizer, *, least: float = _LEAST) -> PresidioRecogniser:
    patterns: list[Pattern] = inner.patterns  # type: ignore[has-type]
    return PresidioRecogniser(entity, inner, tuple(pattern.regex for pattern in patterns), least)
