"""Rows that cannot be read, as their agency sees them: how many for which reason, and the first of each by line. Never what is in them."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.anonymise.reading.rejects import FIRST, Rejected, Rejects
from enclave.catalogue.declaration import MOST_REJECTS, WHOLE
from enclave.catalogue.upload import Upload, rows_read, rows_rejected

SHOWN = 20  # of each reason on the page; the file has as many as are kept
TITLES = {
    "U-03": "NUL bytes, which no text has",
    "U-04": "Bytes that do not fit the file’s encoding",
    "U-07": "Too few or too many columns",
    "U-09": "A quote that does not end its cell",
    "U-10": "A cell of more than 64 KiB, or a quote that is not closed",
    "U-11": "A row of more than 1 MiB",
    "U-19": "Lines lost to a broken quote before them",
    "U-24": "Text that is not text",
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason with the number of rows, and the first of them: line, column ("" where the whole row is meant), sentence."""

    title: str
    rows: int
    first: tuple[tuple[str, str, str], ...]
    remedy: str


@dataclass(frozen=True, kw_only=True)
class RejectedView:
    """``rows`` of ``of`` rows of the file cannot be read."""

    rows: int
    of: int
    reasons: tuple[Reason, ...]
    first: int = FIRST

    @property
    def words(self) -> str:
        """How many, in words."""
        return (
            f"{self.rows:,} of the file’s {self.of:,} rows cannot be read"
            if self.rows != 1
            else f"1 of the file’s {self.of:,} rows cannot be read"
        )


def rejected_view(upload: Upload) -> RejectedView:
    """The rejected rows of a profiled file; none where it has none or is not profiled."""
    found = rejects_of(upload)
    reasons = []
    for rule, count in sorted(found.counts.items(), key=lambda pair: -pair[1]):
        named = [one for one in found.first if one.why.rule == rule]
        reasons.append(
            Reason(
                title=TITLES[rule],
                rows=count,
                first=tuple(_told(one) for one in named[:SHOWN]),
                remedy=named[0].why.instead if named else "",
            )
        )
    return RejectedView(rows=found.rows, of=rows_read(upload) + found.rows, reasons=tuple(reasons))


def rejects_of(upload: Upload) -> Rejects:
    """The stored list."""
    body = (upload.profile or {}).get("rejected")
    return Rejects.from_json(body) if body is not None else Rejects()


def csv_lines(upload: Upload) -> list[list[str]]:
    """The list as rows of a file: line, column, rule, sentence, remedy."""
    told = rejects_of(upload).first
    return [
        ["line", "column", "rule", "reason", "remedy"],
        *([*_told(one)[:2], one.why.rule, one.why.sentence, one.why.instead] for one in told),
    ]


def covering(upload: Upload) -> int:
    """The smallest share, in ten thousandths, that lets the file be published without its rejected rows."""
    rejected = rows_rejected(upload)
    return min(MOST_REJECTS, -(-rejected * WHOLE // (rows_read(upload) + rejected)))


def _told(one: Rejected) -> tuple[str, str, str]:
    return f"{one.why.line:,}", str(one.column or ""), one.why.sentence
