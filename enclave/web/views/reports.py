"""How publishing went, for the eyes of the agency whose rows they are: exact counts, never shown to anyone else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.catalogue.upload import Upload
from enclave.terms.canonical import Json

FATES = {
    "kept": "kept as declared",
    "empty": "empty",
    "outside": "became a bound",
    "unlisted": "blanked: not on your list",
    "unreadable": "blanked: not readable as declared",
    "quarantined": "blanked: an identifier",
}
BAR = 100.0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of a bar: what became of the cells, where it begins and how wide it is, in hundredths of the bar."""

    fate: str
    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class ColumnReport:
    """What became of one column's cells: counts in the order of ``FATES``, the bar that draws them, and a sentence for who cannot see it."""

    name: str
    counts: tuple[int, ...]
    bar: tuple[Piece, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """``rows`` and ``people`` are counts; ``listed`` says whether lists of people apply;
    ``elsewhere`` is how many of the agency's people other agencies know too, in words.

    ``stray`` names by column the first rows of blanked identifiers. ``rebuilt_from`` is the number of the version that this one was made of,
    0 for one that was made of a file.
    """

    rows_in: int
    rejected: int
    kept: int
    left_out: int
    people: int | None
    within_bound: int
    columns: tuple[ColumnReport, ...]
    stray: tuple[tuple[str, str], ...]
    listed: bool
    elsewhere: str
    rebuilt_from: int
    drift: tuple[str, ...]

    @property
    def fates(self) -> list[tuple[str, str]]:
        """Every fate with its heading."""
        return list(FATES.items())


def report_view(upload: Upload) -> ReportView | None:
    """The report, where publishing has written one."""
    report = upload.report
    if not report:
        return None
    rows, columns = _object(report.get("rows")), _object(report.get("columns"))
    return ReportView(
        rows_in=_count(rows.get("in")),
        rejected=_count(rows.get("rejected")),
        kept=_count(rows.get("kept")),
        left_out=_count(rows.get("left_out")),
        people=_count(report["people"]) if "people" in report else None,
        within_bound=_count(report.get("rows_within_bound")),
        columns=tuple(_column(name, [_count(_object(fates).get(fate)) for fate in FATES]) for name, fates in columns.items()),
        stray=tuple((name, _places(rows)) for name, rows in _object(report.get("stray")).items()),
        listed=bool(report.get("lists")),
        elsewhere=str(_object(report.get("known_elsewhere")).get("band", "")),
        rebuilt_from=_count(report.get("rebuilt_from")),
        drift=_drift(upload),
    )


def _column(name: str, counts: Sequence[int]) -> ColumnReport:
    total = sum(counts) or 1
    pieces, x = [], 0.0
    for fate, count in zip(FATES, counts, strict=True):
        width = BAR * count / total
        if count:
            pieces.append(Piece(fate=fate, x=round(x, 3), width=round(width, 3)))
        x += width
    said = [f"{count:,} {words}" for words, count in zip(FATES.values(), counts, strict=True) if count]
    return ColumnReport(name=name, counts=tuple(counts), bar=tuple(pieces), words=f"{name}: {', '.join(said) or 'no cells'}")


def _places(rows: Json) -> str:
    numbers = [f"{_count(row):,}" for row in rows] if isinstance(rows, list) else []
    return f"{'rows' if len(numbers) > 1 else 'row'} {', '.join(numbers)}"


def _drift(upload: Upload) -> tuple[str, ...]:
    """What profiling and publishing found different from the file before."""
    said = [(body or {}).get("drift") for body in (upload.profile, upload.report)]
    return tuple(str(sentence) for one in said if isinstance(one, list) for sentence in one)


def _object(body: Json) -> dict[str, Json]:
    return body if isinstance(body, dict) else {}


def _count(body: Json) -> int:
    return body if isinstance(body, int) and not isinstance(body, bool) else 0
