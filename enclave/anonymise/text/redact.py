"""Put a word in the place of everything in a text that points at a person.

Normalise; look for what the row and the dataset know, for what patterns recognise, for names a model sees, and for all but the last again in
pieces written in another form; cut the original text. A text that any of them cannot read is withheld whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.beside import widened
from enclave.anonymise.text.encoded import DEPTH, decoded
from enclave.anonymise.text.known import Known, find_known
from enclave.anonymise.text.merge import merged
from enclave.anonymise.text.normalise import Normalised, normalise
from enclave.anonymise.text.recognise import parts, read
from enclave.anonymise.text.row import Row, find_row, row_from
from enclave.anonymise.text.span import NameModel, Span
from enclave.anonymise.text.words import Words


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
    shown = [_normalised(text) for text in texts]
    named = _named(shown, names)
    rows = rows_known or [()] * len(texts)
    return [_redacted(*one, dataset_known) for one in zip(texts, shown, named, rows, strict=True)]


def _normalised(text: str) -> Normalised | None:
    try:
        return normalise(text)
    except Exception:  # noqa: BLE001 - a text that cannot be read is withheld, whatever the reason
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


def _redacted(text: str, shown: Normalised | None, named: Sequence[Span] | None, row: Sequence[str], known: Known | None) -> Redacted:
    if not text:
        return Redacted(text, ())
    try:
        if shown is None or named is None:
            raise ValueError
        spans = _placed(shown, [*found_in(shown.text, row_from(row), known), *named])
    except Exception:  # noqa: BLE001 - fails closed: nobody has read this text to its end
        spans = [Span(start=0, end=len(text), entity=Entity.WITHHELD, score=1.0)]
    return Redacted("".join(_cut(text, spans)), tuple(spans))


def found_in(text: str, row: Row | None, known: Known | None, depth: int = DEPTH) -> list[Span]:
    """What patterns and known values find in a normalised text, and in what is written another way within it."""
    words = Words(text)
    sure = [
        *(find_row(words, row, known) if row else ()),
        *(find_known(words, known) if known else ()),
    ]
    seen = read(text)
    found = [*seen.spans, *(widened(text, span) for span in sure)]
    if depth and seen.encoded:
        for start, end, plain in decoded(text):
            inside = merged("", found_in(normalise(plain).text, row, known, depth - 1))
            if inside:
                found.append(Span(start=start, end=end, entity=max(inside, key=lambda span: span.end - span.start).entity, score=0.9))
    return found


def _placed(shown: Normalised, found: list[Span]) -> list[Span]:
    """The findings on the original text, merged."""
    spans = merged(shown.text, found)
    if shown.starts is None:
        return spans
    places = [shown.original(span.start, span.end) for span in spans]
    return merged("", [Span(start=a, end=b, entity=span.entity, score=span.score) for (a, b), span in zip(places, spans, strict=True)])


def _cut(text: str, spans: Sequence[Span]) -> Iterator[str]:
    place = 0
    for span in spans:
        yield text[place : span.start]
        yield f"[{span.entity.placeholder}]"
        place = span.end
    yield text[place:]
