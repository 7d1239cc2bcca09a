"""How publishing went, for the eyes of the agency whose rows they are: exact counts, never shown to anyone else."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.upload import Upload
from enclave.terms.canonical import Json

FATES = {
    "kept": "kept as they were",
    "empty": "empty",
    "outside": "moved to the nearest bound",
    "unlisted": "blanked: not on your list",
    "unreadable": "blanked: not readable as declared",
}


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """``rows`` and ``people`` are counts; ``columns`` has, per published column, the cells of every fate in the order of ``FATES``."""

    rows_in: int
    rejected: int
    brought: int
    kept: int
    left_out: int
    people: int
    within_bound: int
    columns: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def fates(self) -> list[str]:
        """The headings."""
        return list(FATES.values())


def report_view(upload: Upload) -> ReportView | None:
    """The report, where publishing has written one."""
    report = upload.report
    if not report:
        return None
    rows, columns = _object(report.get("rows")), _object(report.get("columns"))
    return ReportView(
        rows_in=_count(rows.get("in")),
        rejected=_count(rows.get("rejected")),
        brought=_count(rows.get("brought")),
        kept=_count(rows.get("kept")),
        left_out=_count(rows.get("left_out")),
        people=_count(report.get("people")),
        within_bound=_count(report.get("rows_within_bound")),
        columns=tuple((name, tuple(_count(_object(fates).get(fate)) for fate in FATES)) for name, fates in columns.items()),
    )


def _object(body: Json) -> dict[str, Json]:
    return body if isinstance(body, dict) else {}


def _count(body: Json) -> int:
    return body if isinstance(body, int) and not isinstance(body, bool) else 0
