"""The one door to Presidio: its UK pattern recognisers, without a model, without a download, and failing closed.

* ``AnalyzerEngine()`` is never built: on a machine without the model it wants, it tries to download one. The recognisers work alone.
* Presidio logs a warning and goes on when a pattern takes too long or a check fails, so a cell that defeats it looks clean. Here a
  warning while a cell is read is an error, and the cell counts as unreadable. Its log, which quotes text, goes nowhere.
* The stock URL recogniser (quadratic on ``a.a.a.``: 100 s for 100 KB) and e-mail recogniser (asks the network for a list of domains) stay out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from functools import cached_property

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, pattern_recognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IbanRecognizer,
    IpRecognizer,
    NhsRecognizer,
    PhoneRecognizer,
    UkNinoRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
)
from presidio_analyzer.predefined_recognizers.generic import iban_recognizer

from enclave.anonymise.entities import Entity

SECONDS = 2
_PART, _OVERLAP = 2_048, 400  # nothing asked for is longer than an e-mail address, 320
_EMAIL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}"
# Presidio's own scores; a postcode's form alone scores 0.1 there, but it is quite specific, and a missed one is worse than a false alarm.
_ENOUGH = {Entity.UK_POSTCODE: 0.1}
_WORD = re.compile(r"[a-z0-9]+")
_BOOST, _BOOSTED_LEAST = 0.35, 0.4


class WithheldError(Exception):
    """A recogniser gave up on the text. Says nothing of it."""


class _FailClosed(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - what it says may quote the text
        raise WithheldError


def _parts(text: str) -> Iterator[str]:
    """A long text in overlapping parts: Presidio compares all findings with each other, so thousands in one text take minutes."""
    for start in range(0, max(1, len(text) - _OVERLAP), _PART - _OVERLAP):
        yield text[start : start + _PART]


class PresidioDetector:
    """Finds which of the asked entities are in a text."""

    def __init__(self) -> None:
        pattern_recognizer.REGEX_TIMEOUT_SECONDS = SECONDS
        iban_recognizer.REGEX_TIMEOUT_SECONDS = SECONDS
        log = logging.getLogger("presidio-analyzer")
        log.handlers, log.propagate, log.disabled = [_FailClosed(logging.WARNING)], False, False
        log.setLevel(logging.WARNING)

    def find(self, text: str, *, asked: Collection[Entity], context: str) -> set[Entity]:
        """The entities present with enough confidence; ``context`` (the column's name) lifts weak findings as Presidio's enhancer would.

        Raises ``WithheldError`` where a recogniser timed out or failed.
        """
        return {entity for entity in asked if any(self._is_in(part, entity, context) for part in _parts(text))}

    def _is_in(self, text: str, entity: Entity, context: str) -> bool:
        recognizer = self._recognizers[entity]
        try:
            results = recognizer.analyze(text, [entity.value], None)  # type: ignore[arg-type]
        except WithheldError:
            raise
        except Exception:  # noqa: BLE001 - whatever went wrong, nobody has read this cell
            raise WithheldError from None
        enough = _ENOUGH.get(entity, 0.35)
        return any(self._score(result.score, recognizer, text[: result.start], context) >= enough for result in results)

    def _score(self, score: float, recognizer: EntityRecognizer, before: str, context: str) -> float:
        # Whole words: Presidio's own substring matching finds "ip" in "description".
        nearby = f" {' '.join(_WORD.findall(f'{context} {before[-60:]}'.lower()))} "
        if any(f" {word.strip()} " in nearby for word in recognizer.context or ()):
            return max(score + _BOOST, _BOOSTED_LEAST)
        return float(score)

    @cached_property
    def _recognizers(self) -> dict[Entity, EntityRecognizer]:
        email = PatternRecognizer(supported_entity="EMAIL_ADDRESS", patterns=[Pattern("e-mail", _EMAIL, 0.5)], context=["email"])
        return {
            Entity.UK_NHS: NhsRecognizer(),
            Entity.UK_NINO: UkNinoRecognizer(),
            Entity.UK_POSTCODE: UkPostcodeRecognizer(),
            Entity.UK_PASSPORT: UkPassportRecognizer(),
            Entity.UK_VEHICLE_REGISTRATION: UkVehicleRegistrationRecognizer(),
            Entity.PHONE_NUMBER: PhoneRecognizer(supported_regions=("GB",)),
            Entity.IBAN_CODE: IbanRecognizer(),
            Entity.CREDIT_CARD: CreditCardRecognizer(),
            Entity.IP_ADDRESS: IpRecognizer(patterns=IpRecognizer.PATTERNS[:2]),  # the third takes every "::" for one
            Entity.EMAIL_ADDRESS: email,
        }
