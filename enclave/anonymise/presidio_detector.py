"""The one door to Presidio: its UK pattern recognisers, without a model, without a download, and failing closed.

* ``AnalyzerEngine()`` is never built: on a machine without the model it wants, it tries to download one. The recognisers work alone.
* Presidio logs a warning and goes on when a pattern takes too long or a check fails, so a text that defeats it looks clean. Here a
  warning while a text is read is an error, and the text counts as unreadable. Its log, which quotes text, goes nowhere.
* The stock URL recogniser (quadratic on ``a.a.a.``: 100 s for 100 KB) and e-mail recogniser (asks the network for a list of domains) stay out.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
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
from enclave.anonymise.withheld import WithheldError

SECONDS = 2
# PhoneRecognizer has no pattern (it asks phonenumbers): seven digits close together, between them no letter but the x of an extension.
_SEVEN_DIGITS = r"(?:\d[^\dA-WYZa-wyz]{0,8}){6}\d"


class _FailClosed(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - what it says may quote the text
        raise WithheldError


@dataclass(frozen=True)
class Presidio:
    """One of Presidio's recognisers, alone. ``patterns``: one at least is somewhere in every text in which it finds something."""

    entity: Entity
    inner: EntityRecognizer
    patterns: Sequence[str]

    @property
    def context(self) -> Sequence[str]:
        """Words that make a weak finding more likely, in lower case."""
        return tuple(word.strip() for word in self.inner.context or ())

    def raw(self, text: str) -> list[tuple[int, int, float]]:
        """What Presidio finds: start, end, its own score. Raises ``WithheldError``."""
        try:
            results = self.inner.analyze(text, [self.entity.value], None)  # type: ignore[arg-type]
        except WithheldError:
            raise
        except Exception:  # noqa: BLE001 - whatever went wrong, nobody has read this text
            raise WithheldError from None
        return [(result.start, result.end, float(result.score)) for result in results]


def presidio() -> tuple[Presidio, ...]:
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
        _of(Entity.UK_POSTCODE, UkPostcodeRecognizer()),
        _of(Entity.UK_PASSPORT, UkPassportRecognizer()),
        _of(Entity.UK_VEHICLE_REGISTRATION, UkVehicleRegistrationRecognizer()),
        Presidio(Entity.PHONE_NUMBER, phone, (_SEVEN_DIGITS,)),
        _of(Entity.IBAN_CODE, IbanRecognizer()),
        _of(Entity.CREDIT_CARD, CreditCardRecognizer()),
        _of(Entity.IP_ADDRESS, IpRecognizer(patterns=IpRecognizer.PATTERNS[:2])),  # the third takes every "::" for one
        _of(Entity.MAC_ADDRESS, MacAddressRecognizer()),
    )


def _of(entity: Entity, inner: PatternRecognizer) -> Presidio:
    patterns: list[Pattern] = inner.patterns  # type: ignore[has-type]
    return Presidio(entity, inner, tuple(pattern.regex for pattern in patterns))
