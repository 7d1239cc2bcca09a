"""Names the row or the dataset knows, in labelled texts nobody here wrote: what share of their letters is left, without the name finder."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from enclave.anonymise.text.known import Known, known_from
from enclave.anonymise.text.redact import redact_many
from tests.factories.labelled import TWEETS, WIKIGOLD, WNUT, Labelled, labelled, with_slips

KNOWN, MISSPELT, MASKED = 0.03, 0.08, 0.15  # the promise: shares of letters left, and of text that is no name yet goes


def left(sentences: Sequence[Labelled], *, rows: Sequence[Sequence[str]] | None, known: Known | None) -> tuple[float, float]:
    """The share of the names' letters and digits left, and of other characters gone."""
    found = redact_many([text for text, _ in sentences], rows_known=rows, dataset_known=known)
    names = leaked = other = gone = 0
    for (text, places), one in zip(sentences, found, strict=True):
        cut = {at for span in one.spans for at in range(span.start, span.end)}
        named = {at for start, end in places for at in range(start, end)}
        letters = [at for at in named if text[at].isalnum()]
        names += len(letters)
        leaked += sum(at not in cut for at in letters)
        other += len(text) - len(named)
        gone += len(cut - named)
    return leaked / names, gone / other


@pytest.mark.parametrize("name", [WIKIGOLD, *TWEETS])
def test_known_names(name: str) -> None:
    sentences = labelled(name)
    rows = [[text[start:end] for start, end in places] for text, places in sentences]
    known = known_from(value for row in rows for value in row)
    for leaked, masked in (left(sentences, rows=rows, known=None), left(sentences, rows=None, known=known)):
        assert leaked <= KNOWN
        assert masked <= MASKED


@pytest.mark.parametrize("name", [WIKIGOLD, *TWEETS, WNUT])
def test_known_names_misspelt(name: str) -> None:
    sentences = labelled(name)
    rows = [[text[start:end] for start, end in places] for text, places in sentences]
    known = known_from(value for row in rows for value in row)
    chance = random.Random(name)
    slipped = [with_slips(text, places, chance) for text, places in sentences]
    assert left(slipped, rows=rows, known=None)[0] <= MISSPELT
    assert left(slipped, rows=None, known=known)[0] <= MISSPELT
