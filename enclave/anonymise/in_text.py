"""Detectors behind their gates: what is asked about a text that is not plainly one thing."""

from __future__ import annotations

from collections.abc import Callable

from enclave.anonymise.entities import Entity
from enclave.anonymise.examine import InText
from enclave.anonymise.gates import open_gates
from enclave.anonymise.presidio_detector import PresidioDetector, WithheldError


def in_text_of(detector: PresidioDetector | None = None) -> Callable[[str], InText]:
    """For a column's name in words, what finds the identifiers in its texts. A text a detector gave up on counts as unreadable."""
    asked = detector or PresidioDetector()

    def of_column(context: str) -> InText:
        return lambda text: _find(asked, text, context)

    return of_column


def _find(detector: PresidioDetector, text: str, context: str) -> set[Entity]:
    gates = open_gates(text, context)
    try:
        return detector.find(text, asked=gates, context=context) if gates else set()
    except WithheldError:
        return {Entity.UNREADABLE}
