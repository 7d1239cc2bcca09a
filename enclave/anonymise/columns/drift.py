"""How a file differs from the last one of its dataset, in sentences for its agency's eyes only; and which differences alarm.

Whatever is said here rests on counts that profiling and publishing make anyway. No sentence holds a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from enclave.anonymise.cell.fate import Fate
from enclave.anonymise.entities import Entity
from enclave.catalogue.declaration import WHOLE, Declaration
from enclave.terms.canonical import Json

# What becomes of cells that no longer fit what was declared.
_MISFITS = {
    Fate.OUTSIDE: "beyond the declared bounds",
    Fate.UNLISTED: "not on the declared list",
    Fate.UNREADABLE: "not readable as declared",
    Fate.QUARANTINED: "withheld because they say who somebody is",
}


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One difference. ``alarming``: a file that would be published without asking waits for its officer instead."""

    sentence: str
    alarming: bool


def of_profiles(now: Mapping[str, Json], before: Mapping[str, Json], last: Declaration) -> list[Drift]:
    """Differences that show before publishing: columns, gaps, stray identifiers, size."""
    return [*of_columns(now, last), *_cells(now, before, last.tolerated_drift), *_rows(now), *_size(now, before)]


def of_reports(now: Mapping[str, Json], before: Mapping[str, Json], tolerated: int) -> list[Drift]:
    """Differences that show once the cells were treated: how many fit what was declared."""
    return [*_about_people(now, before, tolerated), *_misfits(now, before, tolerated)]


def of_columns(now: Mapping[str, Json], last: Declaration) -> Iterator[Drift]:
    """Columns that are new, gone or elsewhere."""
    before, here = [plan.header for plan in last.columns], [str(header) for header in _list(now.get("headers"))]
    for header in here:
        if header not in before:
            yield Drift(sentence=f"Column {header} is new.", alarming=True)
    for header in before:
        if header not in here:
            yield Drift(sentence=f"Column {header} is gone.", alarming=True)
    if before != here and sorted(before) == sorted(here):
        yield Drift(sentence="The columns stand in another order.", alarming=True)


def _cells(now: Mapping[str, Json], before: Mapping[str, Json], tolerated: int) -> Iterator[Drift]:
    old = {str(column["header"]): column for column in _columns(before)}
    for column in _columns(now):
        header = str(column["header"])
        if header not in old:
            continue
        yield from _moved(f"Column {header}: cells empty", _share(column, "empty"), _share(old[header], "empty"), tolerated)
        for entity in sorted(set(_object(column.get("stray"))) - set(_object(old[header].get("stray")))):
            yield Drift(
                sentence=f"Column {header} holds something that looks like {Entity(entity).plain}, for the first time.", alarming=True
            )


def _rows(now: Mapping[str, Json]) -> Iterator[Drift]:
    rejected = _count(_object(now.get("rejected")).get("rows"))
    if rejected:
        yield Drift(sentence=f"Rows that cannot be read: {rejected:,}.", alarming=False)  # what is tolerated the declaration says


def _size(now: Mapping[str, Json], before: Mapping[str, Json]) -> Iterator[Drift]:
    rows, old = max(1, _count(now.get("rows"))), max(1, _count(before.get("rows")))
    if rows > 2 * old or old > 2 * rows:
        yield Drift(
            sentence=f"The file has {'more than twice' if rows > old else 'less than half'} as many rows as the last one.", alarming=True
        )
    elif 10 * abs(rows - old) > old:
        more = "up to twice as many rows as" if rows > old else "fewer rows than"
        yield Drift(sentence=f"The file has {more} the last one.", alarming=False)


def _misfits(now: Mapping[str, Json], before: Mapping[str, Json], tolerated: int) -> Iterator[Drift]:
    old = _object(before.get("columns"))
    for name, fates in _object(now.get("columns")).items():
        if name not in old:
            continue
        for fate, words in _MISFITS.items():
            here, there = (_part(_object(one), fate.value) for one in (fates, old[name]))
            yield from _moved(f"Column {name}: cells {words}", here, there, tolerated)


def _about_people(now: Mapping[str, Json], before: Mapping[str, Json], tolerated: int) -> Iterator[Drift]:
    """Linking columns are dropped, so nothing else shows that they are written otherwise: rows become nobody's, or strangers one person."""
    rows, old = _object(now.get("rows")), _object(before.get("rows"))
    if not _count(old.get("in")):
        return
    left, left_before = (_ratio(_count(one.get("left_out")), _count(one.get("in"))) for one in (rows, old))
    yield from _moved("Rows that do not say whom they are about", left, left_before, tolerated)
    if "people" in now and "people" in before and _count(old.get("kept")):
        people, people_before = (_ratio(_count(one.get("people")), _count(_object(one.get("rows")).get("kept"))) for one in (now, before))
        yield from _moved("People for each hundred rows", people, people_before, max(tolerated, people_before // 10))


def _ratio(part: int, whole: int) -> int:
    return part * WHOLE // max(1, whole)


def _moved(what: str, now: int, before: int, tolerated: int) -> Iterator[Drift]:
    """Shares in ten thousandths, said to the per cent. Less than a per cent either way is no difference."""
    if abs(now - before) > min(tolerated, WHOLE // 100):
        yield Drift(sentence=f"{what}, {_percent(now)} now and {_percent(before)} last time.", alarming=abs(now - before) > tolerated)


def _percent(share: int) -> str:
    return f"{share / 100:.0f} %"


def _share(column: Mapping[str, Json], name: str) -> int:
    return _count(column.get(name)) * WHOLE // max(1, _count(column.get("cells")))


def _part(fates: Mapping[str, Json], name: str) -> int:
    return _count(fates.get(name)) * WHOLE // max(1, sum(_count(count) for count in fates.values()))


def _columns(profile: Mapping[str, Json]) -> Sequence[dict[str, Json]]:
    return [column for column in _list(profile.get("columns")) if isinstance(column, dict)]


def _list(body: Json) -> list[Json]:
    return body if isinstance(body, list) else []


def _object(body: Json) -> dict[str, Json]:
    return body if isinstance(body, dict) else {}


def _count(body: Json) -> int:
    return body if isinstance(body, int) and not isinstance(body, bool) else 0
