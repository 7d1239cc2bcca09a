"""Counting in bulk says what looking at every cell says; reading in bulk hands out what the strict reader does, or nothing."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.anonymise.cell.examine import examine
from enclave.anonymise.columns import observe
from enclave.anonymise.columns.alike import keys
from enclave.anonymise.columns.alike_checks import OWN
from enclave.anonymise.columns.observe import Observer
from enclave.anonymise.entities import Entity
from enclave.anonymise.published.code_book import books_by_value
from enclave.anonymise.reading.facts import ColumnFacts
from enclave.anonymise.reading.whole_rows import whole_rows
from tests.deep import draws

# Every form that has a key, with digits that are often a date's, a check digit's or a telephone's.
_YEAR, _MOMENT = r"(18|19|20|21)[0-9]{2}", r"[0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,7})?)?"
_FORMS = (
    r"[0-9]{1,14}", r"[+-]?[0-9]{1,11}(\.[0-9]{1,8})?", r"0?[0-9]{10}", r"44[0-9]{10}", r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}",
    rf"{_YEAR}[-/][01][0-9][-/][0-3][0-9]", rf"[0-3][0-9][/.-][0-3][0-9][/.-]{_YEAR}", rf"{_YEAR}-[01][0-9]-[0-3][0-9][ T]{_MOMENT}Z?",
    rf"[0-3][0-9]/[0-3][0-9]/{_YEAR} {_MOMENT}", r"[0-3][0-9]/[0-3][0-9]/[0-9]{2}", rf"{_YEAR}[01][0-9][0-3][0-9]",
    rf"[0-3][0-9][01][0-9]{_YEAR}", r"0[0-9]{4} [0-9]{6}", r"0[0-9]{2} [0-9]{4} [0-9]{4}", r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}",
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", r"[0-9a-f]{40}", r"[0-9e]{40}", r"[0-9a-f]{64}", r"[0-9]{40}",
)  # fmt: skip
CELLS = st.one_of([st.from_regex(form, fullmatch=True).filter(lambda text: text.isascii()) for form in _FORMS])
ANY = CELLS | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(sorted(books_by_value()))


def is_odd(text: str) -> set[Entity]:
    """A detector that finds something in half of what it is asked about: no two texts may be taken for the same."""
    return {Entity.UUID} if sum(text.encode()) % 2 else set()


def looked_at(cells: Sequence[str]) -> ColumnFacts:
    """The same facts, slowly."""
    shown = [examine(cell, in_text=is_odd) for cell in cells]
    full = [(row, cell, seen) for row, (cell, seen) in enumerate(zip(cells, shown, strict=True), start=1) if seen]
    return ColumnFacts(
        header="c",
        cells=len(cells),
        empty=shown.count(None),
        distinct=len({cell for _, cell, _ in full}),
        many=False,
        shortest=min((len(cell) for _, cell, _ in full), default=0),
        longest=max((len(cell) for _, cell, _ in full), default=0),
        shapes=dict(Counter(shape for _, _, seen in full for shape in seen.shapes)),
        formats=dict(Counter(name for _, _, seen in full for name in seen.formats)),
        whole=dict(Counter(entity for _, _, seen in full for entity in seen.whole)),
        found=dict(Counter(entity for _, _, seen in full for entity in seen.found)),
        books=dict(Counter(book for _, cell, _ in full for book in books_by_value().get(cell.strip().lower(), ()))),
        decades=dict(Counter(seen.decade for _, _, seen in full if seen.decade is not None)),
        places={
            entity: tuple(row for row, _, seen in full if entity in seen.found)[:20]
            for entity in sorted({entity for _, _, seen in full for entity in seen.found})
        },
    )


@settings(deadline=None, max_examples=draws(150))
@given(batches=st.lists(st.lists(ANY, min_size=1, max_size=40), min_size=1, max_size=3), few=st.sampled_from([0, 64]))
@example(batches=[["", " ", "\u200b", "0", "1", "0.0", "10000000", "00000000", "1900-02-29", "2000-02-29", "29/02/00"]], few=0)
@example(batches=[["9434765919", "943 476 5919", "09434765919", "1111111111", "0000000000", "07700900123", "447700900123"]], few=0)
@example(
    batches=[["CM1 2AB", "cm1 2ab", "CM1 2CI", "GIR 0AA", "AB51 ABC", "2015-13-01", "2015-01-01T10:00:00Z", "2015-01-01A10:00:00A"]], few=0
)
def test_counts_in_bulk_are_the_counts_of_all_cells(batches: list[list[str]], few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(observe, "_FEW", few)
        observer = Observer("c", columns=1, in_text=is_odd)
        for cells in batches:
            observer.take(pa.array(["x", *cells], pa.string())[1:])  # as a slice of something longer, too
    assert observer.facts().as_json() == looked_at([cell for cells in batches for cell in cells]).as_json()


@settings(deadline=None, max_examples=draws(400))
@given(st.lists(CELLS, min_size=2, max_size=60))
def test_cells_of_one_key_show_the_same(cells: list[str]) -> None:
    found = keys(pa.array(cells, pa.string())).tolist()
    shown: dict[int, object] = {}
    for key, cell in zip(found, cells, strict=True):
        if key != OWN:
            assert shown.setdefault(key, examine(cell, in_text=is_odd)) == examine(cell, in_text=is_odd)


def test_plain_columns_hardly_need_a_look() -> None:
    days = [f"{day:02}/{month:02}/{year}" for year in range(1990, 2020) for month in range(1, 13) for day in range(1, 29)]
    for cells in (days, [str(1000 + n) for n in range(9000)], [f"{n}.{n % 100:02}" for n in range(9000)]):
        made = keys(pa.array(cells, pa.string()))
        assert OWN not in made
        assert len(set(made.tolist())) < 20


def test_different_values_are_counted_to_the_cap_and_no_further() -> None:
    observer = Observer("c", columns=10_000, in_text=is_odd)  # a hundred
    for start in range(0, 300, 70):
        observer.take(pa.array([f"{n:05}" for n in range(start, start + 70)], pa.string()))
    facts = observer.facts()
    assert (facts.distinct, facts.many) == (100, True)


PARTS = st.lists(
    st.sampled_from(["a", "", '"', '""', "\n", "\r\n", "\r", ",", " ", "é", "1", '"b"', '"c,d"', "\ufeff", ",", "\n"]), max_size=25
)


@settings(deadline=None, max_examples=draws(600))
@given(PARTS.map("".join) | st.text(alphabet='a",\r\n', max_size=30), st.integers(1, 3))
@example('"a""b",c\n', 2)
@example('a,"b"\r\n"",""', 2)
@example('""""\n', 1)
@example('a"b,c\n', 2)
@example('"a"b,c\n', 2)
@example('"a\nb",c\n', 2)
@example("a,b\n\nc,d\n", 2)
def test_rows_read_in_bulk_are_those_of_the_strict_reader(text: str, width: int) -> None:
    found = whole_rows(text, delimiter=",", width=width)
    if found is None:
        return
    strict = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [list(row) for row in zip(*(cells.to_pylist() for cells in found), strict=True)] == strict
    assert len(strict) == text.count("\n") + (not text.endswith("\n"))


def test_ordinary_blocks_are_read_in_bulk() -> None:
    for text in ("a,b\nc,d\n", 'a,"b, c"\r\n"d ""e""",f\r\n', "a,\n,b"):
        assert whole_rows(text, delimiter=",", width=2) is not None
