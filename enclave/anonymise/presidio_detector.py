"""The one door to Presidio: its UK pattern recognisers, without a model, without a download, and failing closed.

* ``AnalyzerEngine()`` is never built: on a machine without the model it wants, it tries to download one. The recognisers work alone.
* Presidio logs a warning and goes on when a pattern takes too long or a check fails, so a text that defeats it looks clean. Here a
  warning while a text is read is an error, and the text counts as unreadable. Its log, which quotes text, goes nowhere.
* The stock URL recogniser (quadratic on ``a.a.a.``: 100 s for 100 KB) and e-mail recogniser (asks the network for a list of domains) stay out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped]
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, pattern_recognizer
from presidio_analyzer.nlp_engine import SpacyNlpEngine, TransformersNlpEngine
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
from enclave.terms.errors import OperatorError

SECONDS = 2
Finding = tuple[int, int, float]  # start, end, score
# PhoneRecognizer has no pattern (it asks phonenumbers): seven digits close together, between them no letter but the x of an extension.
SEVEN_DIGITS = r"(?:\d[^\dA-WYZa-wyz]{0,8}){6}\d"


class _FailClosed(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - what it says may quote the text
        raise WithheldError


@dataclass(frozen=True)
class Presidio:
    """One of Presidio's recognisers, alone. ``patterns``: one at least is somewhere in every text in which it finds something."""

    entity: Entity
    inner: EntityRecognizer
    patterns: Sequence[str]
    compiled: tuple[tuple[Any, float], ...] = ()

    @property
    def context(self) -> Sequence[str]:
        """Words that make a weak finding more likely, in lower case."""
        return tuple(word.strip() for word in self.inner.context or ())

    def raw(self, text: str) -> list[Finding]:
        """What Presidio finds. Raises ``WithheldError``."""
        try:
            return self._by_pattern(text) if self.compiled else self._asked(text)
        except WithheldError:
            raise
        except Exception:  # noqa: BLE001 - whatever went wrong, nobody has read this text
            raise WithheldError from None

    def _asked(self, text: str) -> list[Finding]:
        results = self.inner.analyze(text, [self.entity.value], None)  # type: ignore[arg-type]
        return [(result.start, result.end, float(result.score)) for result in results]

    def _by_pattern(self, text: str) -> list[Finding]:
        """What ``PatternRecognizer.analyze`` does, without the explanation it writes for every finding, and failing where that goes on."""
        inner: Any = self.inner
        found: list[Finding] = []
        for compiled, usual in self.compiled:
            for match in compiled.finditer(text, timeout=SECONDS, concurrent=False):
                piece = match.group()
                valid = inner.validate_result(piece)
                score = usual if valid is None else float(valid)
                if piece and score > 0 and not inner.invalidate_result(piece):
                    found.append((*match.span(), score))
        return _apart(found) if len(found) > 1 else found


def _apart(found: list[Finding]) -> list[Finding]:
    """Without findings inside others of the same or a higher score (``EntityRecognizer.remove_duplicates``)."""
    kept: list[Finding] = []
    for start, end, score in sorted(set(found), key=lambda one: (-one[2], one[0], one[0] - one[1])):
        if not any(low <= start and end <= high for low, high, _ in kept):
            kept.append((start, end, score))
    return kept


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
        # One pattern each, so that only the one whose form is there is asked.
        *(
            _of(Entity.UK_VEHICLE_REGISTRATION, UkVehicleRegistrationRecognizer(patterns=[one]))
            for one in UkVehicleRegistrationRecognizer.PATTERNS
        ),
        Presidio(Entity.PHONE_NUMBER, phone, (SEVEN_DIGITS,)),
        _of(Entity.IBAN_CODE, IbanRecognizer()),
        _of(Entity.CREDIT_CARD, CreditCardRecognizer()),
        _of(Entity.IP_ADDRESS, IpRecognizer(patterns=IpRecognizer.PATTERNS[:2])),  # the third takes every "::" for one
        _of(Entity.MAC_ADDRESS, MacAddressRecognizer()),
    )


def _of(entity: Entity, inner: PatternRecognizer) -> Presidio:
    patterns: list[Pattern] = inner.patterns  # type: ignore[has-type]
    usual = type(inner).analyze is PatternRecognizer.analyze
    compiled = tuple((regex.compile(one.regex, flags=inner.global_regex_flags), one.score) for one in patterns) if usual else ()
    return Presidio(entity, inner, tuple(one.regex for one in patterns), compiled)


Named = tuple[str, int, int, float]  # the model's label, start, end, score


def named_by(folder: Path, *, transformer: Path | None = None) -> Callable[[str], list[Named]]:
    """What a site's own spaCy pipeline, or a transformer over one, says of a text. Both are folders on this machine.

    Raises ``OperatorError`` for anything that is no folder: the engines would take it for the name of a model and fetch that from elsewhere.
    """
    for path in (folder, transformer):
        if path is not None and not (path.is_absolute() and path.is_dir()):
            raise OperatorError(
                rule="T-06", sentence="The model of names is no folder on this machine.", instead="Give the full path of one."
            )
    if transformer is None:
        engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": str(folder)}])
    else:
        names = {"spacy": str(folder), "transformers": str(transformer)}
        engine = TransformersNlpEngine(models=[{"lang_code": "en", "model_name": names}])
    engine.load()

    def named(text: str) -> list[Named]:
        found = engine.process_text(text, "en")
        return [(one.label_, one.start_char, one.end_char, float(score)) for one, score in zip(found.entities, found.scores, strict=True)]

    return named
