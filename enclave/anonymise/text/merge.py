"""Findings that overlap become one, and the parts of one name too."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.span import Span

_WITHIN_A_NAME = frozenset({" ", "-", "'", ". ", ".", ", "})
_PLACE = attrgetter("start", "end")
# Where two say different things of the same characters with the same confidence, what is written first is more telling.
_RANK = {entity: rank for rank, entity in enumerate(Entity)}


def merged(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans in order, apart from each other, together covering the same characters (and what lies between the parts of a name).

    Of spans that overlap the longest names the whole, of equally long ones the most confident.
    """
    out: list[Span] = []
    for span in sorted(spans, key=_PLACE):
        last = out[-1] if out else None
        if last is None or (span.start >= last.end and not _is_one_name(text, last, span)):
            out.append(span)
        elif span != last:
            out[-1] = _joined(last, span)
    return out


def _is_one_name(text: str, one: Span, other: Span) -> bool:
    return one.entity is other.entity is Entity.PERSON and text[one.end : other.start] in _WITHIN_A_NAME and bool(text)


def _joined(one: Span, other: Span) -> Span:
    best = other if _weight(other) > _weight(one) else one
    if one.end >= other.end and best.entity is one.entity and best.score == one.score:
        return one
    return Span(start=one.start, end=max(one.end, other.end), entity=best.entity, score=best.score)


def _weight(span: Span) -> tuple[int, float, int]:
    return span.end - span.start, span.score, -_RANK[span.entity]
