"""Put a word in the place of everything in a text that points at a person.

Normalise; look for what the row and the dataset know, for what patterns recognise, for names a model sees, and for all but the last again in
pieces written in another form; cut the original text. A text that any of them cannot read is withheld whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.beside import widened
from enclave.anonymise.text.encoded import DEPTH, decoded
from enclave.anonymise.text.known import Known, find_known
from enclave.anonymise.text.merge import merged
from enclave.anonymise.text.normalise import Normalised, normalise
from enclave.anonymise.text.recognise import Read, opened, parts, read
from enclave.anonymise.text.row import find_row, row_from
from enclave.anonymise.text.span import NameModel, Span
from enclave.anonymise.text.words import Words

T = TypeVar("T")
_AT_ONCE = 64  # texts


@dataclass(frozen=True, slots=True)
class Redacted:
    """``text`` with placeholders; ``spans`` say what was cut from the original, in order, apart from each other."""

    text: str
    spans: tuple[Span, ...]


def redact(text: str, *, row_known: Sequence[str] = (), dataset_known: Known | None = None, names: NameModel | None = None) -> Redacted:
    """One text without what points at a person. ``row_known`` are the values of the row the text stands in."""
    return redact_many([text], rows_known=[row_known], dataset_known=dataset_known, names=names)[0]


def redact_many(
    texts: Sequence[str],
    *,
    rows_known: Sequence[Sequence[str]] | None = None,
    dataset_known: Known | None = None,
    names: NameModel | None = None,
) -> list[Redacted]:
    """Many texts, each with its row's values: as ``redact`` on each, faster where a model reads names."""
    rows = rows_known or [()] * len(texts)
    if len(rows) != len(texts):
        raise ValueError("each text needs the values of its row")
    shown = [_tried(normalise, text) for text in texts]
    named = _named(shown, names)
    done: list[Redacted] = []
    for at in range(0, len(texts), _AT_ONCE):
        some = slice(at, at + _AT_ONCE)
        done += _redacted(texts[some], shown[some], named[some], rows[some], dataset_known)
    return done


def _tried(step: Callable[..., T], *args: object) -> T | None:
    """``None`` where the step failed: nobody has read that text to its end, whatever the reason."""
    try:
        return step(*args)
    except Exception:  # noqa: BLE001
        return None


def _named(shown: Sequence[Normalised | None], names: NameModel | None) -> list[Sequence[Span] | None]:
    """The model's findings; ``None`` where it failed. A batch that fails is read again text by text, so that one text withholds itself alone."""
    if names is None:
        return [()] * len(shown)
    chunks = [list(parts(one.text)) if one else [] for one in shown]
    try:
        found = iter(names.spans_many([part for chunk in chunks for _, part in chunk]))
        return [[_moved(span, start) for start, _ in chunk for span in next(found)] for chunk in chunks]
    except Exception:  # noqa: BLE001
        return [_named_alone(chunk, names) for chunk in chunks]


def _named_alone(chunk: Sequence[tuple[int, str]], names: NameModel) -> Sequence[Span] | None:
    try:
        return [_moved(span, start) for start, part in chunk for span in names.spans(part)]
    except Exception:  # noqa: BLE001
        return None


def _moved(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by, entity=span.entity, score=span.score) if by else span


def _redacted(
    texts: Sequence[str],
    shown: Sequence[Normalised | None],
    named: Sequence[Sequence[Span] | None],
    rows: Sequence[Sequence[str]],
    known: Known | None,
) -> list[Redacted]:
    """Step by step for some texts together, so that the processor finds in its caches what a step needs."""
    windows = [_tried(opened, one.text) if one else None for one in shown]
    seen = [_tried(read, one) for one in windows]
    sure = [_tried(_sure, *one, known) for one in zip(shown, rows, strict=True)]
    hidden = [_tried(_hidden, *one, known) for one in zip(shown, seen, rows, strict=True)]
    spans = [_tried(_placed, *one) for one in zip(shown, seen, sure, hidden, named, strict=True)]
    return [_cut(*one) for one in zip(texts, spans, strict=True)]


def _sure(shown: Normalised, values: Sequence[str], known: Known | None) -> list[Span]:
    """What row and dataset know."""
    words, row = Words(shown.text), row_from(values)
    found = [*(find_row(words, row, known) if row else ()), *(find_known(words, known) if known else ())]
    return [widened(shown.text, span) for span in found]


def _hidden(shown: Normalised, seen: Read, values: Sequence[str], known: Known | None, depth: int = DEPTH) -> list[Span]:
    """Pieces written another way that hide a finding."""
    found: list[Span] = []
    for start, end, piece in decoded(shown.text) if seen.encoded and depth else ():
        plain = normalise(piece)
        inner = read(opened(plain.text))
        inside = merged("", [*inner.spans, *_sure(plain, values, known), *_hidden(plain, inner, values, known, depth - 1)])
        if inside:
            found.append(Span(start=start, end=end, entity=max(inside, key=lambda span: span.end - span.start).entity, score=0.9))
    return found


def _placed(shown: Normalised, seen: Read, *others: Sequence[Span]) -> list[Span]:
    """All findings on the original text, merged. Raises where a step before had failed."""
    spans = merged(shown.text, [*seen.spans, *(span for some in others for span in some)])
    if shown.starts is None:
        return spans
    places = [shown.original(span.start, span.end) for span in spans]
    return merged("", [Span(start=a, end=b, entity=span.entity, score=span.score) for (a, b), span in zip(places, spans, strict=True)])


def _cut(text: str, spans: Sequence[Span] | None) -> Redacted:
    """The original with placeholders. Where ``spans`` is ``None`` nobody has read the text to its end: it is withheld whole."""
    if spans is None:
        spans = [Span(start=0, end=len(text), entity=Entity.WITHHELD, score=1.0)] if text else ()
    pieces: list[str] = []
    place = 0
    for span in spans:
        pieces += (text[place : span.start], f"[{span.entity.placeholder}]")
        place = span.end
    return Redacted("".join((*pieces, text[place:])) if pieces else text, tuple(spans))
