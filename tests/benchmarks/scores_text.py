"""How much of a labelled corpus a finder of identifiers covers, counted in characters (white space counts for nothing)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from deploy.names.corpora import Text
from enclave.anonymise.text.span import Span

Finder = Callable[[Sequence[str]], Sequence[Sequence[Span]]]


@dataclass(frozen=True, kw_only=True)
class Score:
    """``leaked``: share of the labelled characters that no span covers; ``broken``: of the labelled ranges, those not wholly covered.

    ``precision``: of the characters masked as this very entity, those labelled so (``nan`` where none are). ``masked``: share of all
    characters masked; ``wrongly``: masked, but neither labelled as a person nor found by ``by_form`` (handles, web addresses: identifying
    by their form, whether a corpus labels them or not).
    """

    texts: int
    labelled: int
    leaked: float
    broken: float
    precision: float
    masked: float
    wrongly: float


def covered(length: int, spans: Sequence[Span], entity: str = "") -> np.ndarray:
    """Which characters the spans cover, those of one entity where it is named."""
    found = np.zeros(length, bool)
    for span in spans:
        if not entity or span.entity.value == entity:
            found[span.start : span.end] = True
    return found


def score(
    texts: Sequence[Text], spans: Sequence[Sequence[Span]], entity: str = "PERSON", *, by_form: re.Pattern[str] | None = None
) -> Score:
    """Over all texts together."""
    ranges = broken = 0
    sums = np.zeros(7)
    for text, found in zip(texts, spans, strict=True):
        ink = np.array([not char.isspace() for char in text.text], bool)
        masked, named = (covered(len(text.text), found, which) & ink for which in ("", entity))
        gold, person = (np.zeros(len(ink), bool) for _ in range(2))
        for start, end, kind in text.labels:
            if kind == entity:
                gold[start:end] = ink[start:end]
                ranges += 1
                broken += not masked[start:end][ink[start:end]].all()
            person[start:end] |= kind == "PERSON"
        for form in by_form.finditer(text.text) if by_form else ():
            person[form.start() : form.end()] = True
        parts = (ink, gold, gold & masked, named, named & gold, masked, masked & ~person)
        sums += [part.sum() for part in parts]
    ink_, gold_, hit, named_, right, masked_, wrongly = sums
    return Score(
        texts=len(texts),
        labelled=int(gold_),
        leaked=1 - hit / gold_ if gold_ else 0.0,
        broken=broken / ranges if ranges else 0.0,
        precision=right / named_ if named_ else float("nan"),
        masked=masked_ / ink_,
        wrongly=wrongly / ink_,
    )
