"""A sample in which every cell had the same chance, and texts that leave the jail redacted."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from scipy.stats import chi2

from enclave.anonymise.jail.redacting import redacting
from enclave.anonymise.ports import ROWS_TASK
from enclave.anonymise.publishing.text_sample import TextSample
from enclave.anonymise.reading.batches import unpack
from enclave.anonymise.reading.limits import LONGEST_CELL
from enclave.anonymise.reading.texts import Texts, known_in
from enclave.anonymise.treating.mentions import WITHHELD
from enclave.catalogue.text_review import CELLS
from tests.fakes.memory_anonymise import run_task

FILE = (
    b"forename,surname,note\n"
    b"Zebulon,Quatermain,Mr Quatermain rang about Philippa Ravenscroft\n"
    b"Philippa,Ravenscroft,\n"
    b'Ann,Dunne,"call 07700 900123 today"\n'
)


def batch(*cells: str) -> list[pa.StringArray]:
    return [pa.array(list(cells), pa.string())]


def test_every_cell_has_the_same_chance() -> None:
    """Exact: the uniform chi-square statistic of 200 cells over 400 draws stays below its 1 - 10^-6 quantile."""
    draws, cells = 400, 200
    seen = dict.fromkeys(range(cells), 0)
    for _ in range(draws):
        sample = TextSample(columns=(0,))
        for _ in sample.watching([batch(*map(str, range(start, start + 50))) for start in range(0, cells, 50)]):
            pass
        assert len(set(sample.cells[0])) == CELLS
        for cell in sample.cells[0]:
            seen[int(cell)] += 1
    share = CELLS / cells
    # Drawn without replacement: each count is binomial, and together they vary less than independent ones would.
    statistic = sum((count - draws * share) ** 2 / (draws * share * (1 - share)) for count in seen.values())
    assert statistic < chi2.ppf(1 - 1e-6, cells)


def test_it_survives_being_sealed_and_has_pages() -> None:
    sample = TextSample(columns=(0, 4))
    list(sample.watching([[*batch(*(f"text {n}" for n in range(25)), " ")] * 5]))
    again = TextSample.from_bytes(sample.as_bytes())
    assert again.cells == sample.cells
    assert again.filled == {0: 25, 4: 25}, "a blank cell is no text"
    assert [len(again.page(0, page)) for page in (-1, 0, 1, 2)] == [0, 20, 5, 0]
    assert not again.page(3, 0)


def test_a_column_without_any_text_waits_for_nobody() -> None:
    sample = TextSample(columns=(0,))
    list(sample.watching([batch("", "  ")]))
    assert sample.reviews() == {"0": {"filled": 0, "cells": 0, "leaks": {}, "seen": []}}


def test_texts_leave_the_jail_without_whom_row_and_file_name() -> None:
    batches = [batch_of for batch_of in run_task(ROWS_TASK, io.BytesIO(FILE)) if isinstance(batch_of, bytes)]
    texts = Texts(columns=(2,), own=(0, 1))
    known = known_in([unpack(one, columns=3) for one in batches], texts)
    assert set(known) == {"Zebulon", "Quatermain", "Philippa", "Ravenscroft", "Ann", "Dunne"}
    asked = Texts(columns=(2,), own=(0, 1), known=known).as_params()
    frames = run_task(ROWS_TASK, io.BytesIO(FILE), asked)
    [cells] = [unpack(frame, columns=3) for frame in frames if isinstance(frame, bytes)]
    assert cells[0].to_pylist() == ["Zebulon", "Philippa", "Ann"], "other columns are as they were: they are linked by"
    notes = cells[2].to_pylist()
    assert not any(word in "".join(notes) for word in ("Quatermain", "Philippa", "Ravenscroft", "07700"))
    assert "rang about" in notes[0]
    assert notes[1] == ""


def test_without_texts_nothing_is_touched_and_no_model_is_loaded() -> None:
    columns = [("a", "b"), ("c", "d")]
    assert redacting({})(columns) == columns


@pytest.mark.parametrize("text", ["a@b.co " * 2_000, "x" * LONGEST_CELL])
def test_a_text_that_would_grow_beyond_reason_is_withheld(text: str) -> None:
    [[made]] = redacting(Texts(columns=(0,), own=()).as_params())([(text,)])
    assert made == WITHHELD or len(made) <= 2 * len(text) + 200
    assert "a@b" not in made
