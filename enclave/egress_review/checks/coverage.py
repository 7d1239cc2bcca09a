"""Which cells of a table are numbers that the enclave released to this project before.

A cell is covered when it stands at the keys of a released row and writes the released value, or its error, or one end of its interval,
exactly or rounded. Keys come first: a number is looked up where it claims to be from, never searched for among all numbers, or chance
would cover much (random numbers against ten thousand cells must cover nothing).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeAlias

from enclave.egress_review.checks.cells import Number
from enclave.egress_review.checks.columns import Column, Kind
from enclave.egress_review.checks.table import Table
from enclave.egress_review.checks.words import fold
from enclave.terms.canonical import Json

MOST_DECIMALS = 4
_INTEGERS, _THOUSANDS = 0, -3
_ROUNDINGS = (ROUND_HALF_EVEN, ROUND_HALF_UP)
_FORMS = 4
# By measure: what its value may be written as.
_Forms: TypeAlias = tuple[tuple[Decimal, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Released:
    """One released table: names of its keys, and by key values what each measure may be written as (names of measures first)."""

    keys: tuple[str, ...]
    measures: tuple[str, ...]
    rows: dict[tuple[str, ...], _Forms]

    def values(self, key: int) -> frozenset[str]:
        """All values of one key."""
        return frozenset(row[key] for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Covered cells as (row, column), keys included; ``numbers`` counts those that are no keys, ``whole``: no number is left over."""

    cells: frozenset[tuple[int, int]]
    numbers: int
    whole: bool


def released(body: dict[str, Json]) -> Released | None:
    """Read ``{"headings": [{"name", "measure"}], "rows": [{"cells", "errors"}]}``; ``None`` for another shape (a synthetic copy's)."""
    headings, rows = body.get("headings"), body.get("rows")
    if not isinstance(headings, list) or not isinstance(rows, list):
        return None
    names = [(str(one.get("name")), one.get("measure") is True) for one in headings if isinstance(one, dict)]
    keys = [index for index, (_, measure) in enumerate(names) if not measure]
    measures = [index for index, (_, measure) in enumerate(names) if measure]
    found = {}
    for row in rows:
        cells, errors = (row.get("cells"), row.get("errors")) if isinstance(row, dict) else (None, None)
        if not isinstance(cells, list) or not isinstance(errors, list) or not len(cells) == len(errors) == len(names):
            return None
        found[tuple(_key(cells[index]) for index in keys)] = tuple(_written(cells[index], errors[index]) for index in measures)
    return Released(keys=tuple(names[index][0] for index in keys), measures=tuple(names[index][0] for index in measures), rows=found)


def coverage(table: Table, columns: Sequence[Column], answers: Iterable[Released]) -> Coverage:
    """What the answers cover of the table."""
    keys: set[tuple[int, int]] = set()
    numbers: set[tuple[int, int]] = set()
    for answer in answers:
        reading = _read(table, columns, answer)
        if reading is not None:
            found = {cell for column in reading.value_columns() for cell in reading.agreeing(column)}
            numbers |= found
            keys |= {(row, column) for row, _ in found for column in reading.places.values()}
    written = {(row, column.index) for column in columns for row, one in enumerate(column.numbers) if one is not None}
    return Coverage(cells=frozenset(numbers | keys), numbers=len(numbers), whole=bool(numbers) and written <= numbers | keys)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A table read as an answer: the column of each key, and perhaps one key whose values are headings."""

    table: Table
    columns: Sequence[Column]
    answer: Released
    places: dict[int, int]
    spread: int | None

    def value_columns(self) -> list[int]:
        """Columns that may hold values."""
        free = [column for column in range(self.table.width) if column not in self.places.values()]
        if self.spread is not None:
            headings = self.answer.values(self.spread)
        elif self.answer.keys:
            return free
        elif len(self.table.rows) == 1:
            # Without keys a number stands nowhere in particular: then the table is that one line, and a name, if known, must be right.
            headings = frozenset(_key(name) for name in self.answer.measures)
            return free if headings == {""} else [column for column in free if _key(self.table.headings[column]) in headings]
        else:
            return []
        return [column for column in free if _key(self.table.headings[column]) in headings]

    def agreeing(self, column: int) -> set[tuple[int, int]]:
        """One column, one meaning: the measure or error that most of its numbers agree with, if that is half of them at least."""
        numbers = self.columns[column].numbers
        forms = [self._forms(row, column) for row in range(len(numbers))]
        options = [
            {row for row, one in enumerate(numbers) if one is not None and _writes_form(one, forms[row], measure, form)}
            for measure in range(len(self.answer.measures))
            for form in range(_FORMS)
        ]
        best = max(options, key=len, default=set())
        enough = 2 * len(best) >= sum(one is not None for one in numbers)
        return {(row, column) for row in best} if enough else set()

    def _forms(self, row: int, column: int) -> _Forms:
        return self.answer.rows.get(tuple(self._key_at(key, row, column) for key in range(len(self.answer.keys))), ())

    def _key_at(self, key: int, row: int, column: int) -> str:
        return _key(self.table.headings[column] if key == self.spread else self.table.rows[row][self.places[key]])


def _read(table: Table, columns: Sequence[Column], answer: Released) -> _Reading | None:
    places = _places(table, columns, answer)
    missing = [key for key in range(len(answer.keys)) if key not in places]
    if len(missing) > 1 or not table.rows:
        return None
    return _Reading(table=table, columns=columns, answer=answer, places=places, spread=missing[0] if missing else None)


def _places(table: Table, columns: Sequence[Column], answer: Released) -> dict[int, int]:
    """The column of each key: all its cells are values of the key; best one called like it, then one of words, then the first."""
    places: dict[int, int] = {}
    for key, name in enumerate(answer.keys):
        values = answer.values(key)
        fitting = [
            column.index
            for column in columns
            if column.index not in places.values() and all(_key(cell) in values for cell in table.column(column.index))
        ]
        called = [index for index in fitting if _key(table.headings[index]) == _key(name)]
        worded = [index for index in fitting if None in columns[index].numbers]
        other = [index for index in fitting if columns[index].kind is not Kind.COUNT]
        if called or worded or other:
            places[key] = (called or worded or other)[0]
    return places


def _writes_form(written: Number, forms: _Forms, measure: int, form: int) -> bool:
    return measure < len(forms) and form < len(forms[measure]) and writes(written, forms[measure][form])


def writes(written: Number, value: Decimal) -> bool:
    """Whether the cell writes the value: exactly, or rounded to its own 0 to 4 decimals, to integers or to thousands."""
    if written.percent:
        return False
    if written.value == value:
        return True
    places = {min(written.decimals, MOST_DECIMALS), _INTEGERS} | ({_THOUSANDS} if written.value else set())
    # Programs round the binary number, people the decimal one: 0.95 becomes 0.9 or 1.0.
    exact = (value, Decimal(float(value)))
    units = [Decimal(1).scaleb(-digits) for digits in places]
    return any(written.value == one.quantize(unit, rounding) for one in exact for unit in units for rounding in _ROUNDINGS)


def _written(value: Json, error: Json) -> tuple[Decimal, ...]:
    """Value, error, and the two ends of the interval; fewer where there is no error."""
    exact, half = _decimal(value), _decimal(error)
    if exact is None:
        return ()
    return (exact,) if half is None else (exact, half, exact - half, exact + half)


def _decimal(value: Json) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and abs(exact) < 10**15 else None


def _key(value: object) -> str:
    return "" if value is None else fold(str(value)).strip().casefold()
