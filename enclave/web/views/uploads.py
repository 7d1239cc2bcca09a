"""An upload on its way as pages show it: what happens now, and each column in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.anonymise.cell.dates import CLOCKS, FORMATS
from enclave.anonymise.column_class import ColumnClass
from enclave.catalogue.declaration import LinkRole, Treatment
from enclave.catalogue.upload import Upload, UploadState
from enclave.jobs.job import Job, JobState
from enclave.terms.canonical import Json

# By what a column holds, as the form groups them.
TREATMENT_GROUPS: dict[str, dict[Treatment, str]] = {
    "Anything": {Treatment.DROP: "Drop it", Treatment.KEEP: "Keep it"},
    "Dates": {
        Treatment.MONTH: "Keep only the month",
        Treatment.QUARTER: "Keep only the quarter",
        Treatment.YEAR: "Keep only the year",
        Treatment.WEEK: "Keep only the week",
        Treatment.WEEKDAY: "Keep only the day of the week",
        Treatment.HOUR: "Keep only the hour of the day",
        Treatment.AGE: "Keep only the age at another date",
        Treatment.SHIFT: "Move each person’s dates by a secret number of days",
    },
    "Numbers": {Treatment.ROUND: "Round it", Treatment.BAND: "Keep only the band it lies in"},
    "Free text": {Treatment.MENTIONS: "Keep only whether it mentions words you list"},
    "Places": {
        Treatment.SECTOR: "Keep only the postcode sector (CM1 2)",
        Treatment.OUTWARD: "Keep only the first half of the postcode (CM1)",
        Treatment.AREA: "Keep only the letters of the postcode (CM)",
        Treatment.ROLL_UP: "Keep only the larger area it lies in",
    },
}
TREATMENTS = {one: words for group in TREATMENT_GROUPS.values() for one, words in group.items()}
LINKS = {
    LinkRole.NHS_NUMBER: "NHS number",
    LinkRole.PUPIL_NUMBER: "Unique pupil number",
    LinkRole.FORENAME: "First name",
    LinkRole.SURNAME: "Surname",
    LinkRole.FULL_NAME: "Full name",
    LinkRole.BIRTH_DATE: "Date of birth",
    LinkRole.SEX: "Sex",
    LinkRole.POSTCODE: "Postcode",
    LinkRole.ADDRESS: "Address (number and street)",
    LinkRole.PLACE: "Town, or place of birth",
    LinkRole.EMAIL: "E-mail address",
    LinkRole.PHONE: "Telephone number",
    LinkRole.OCCUPATION: "Occupation",
}
TITLES = {
    UploadState.PROFILING: "Looking at every cell of the file",
    UploadState.PREPARING: "Taking names out, linking and measuring the risk",
    UploadState.PUBLISHING: "Publishing",
}
DATE_FORMATS = {written: dt.datetime(2024, 12, 31, 14, 5, 9, tzinfo=dt.UTC).strftime(written) for written in (*FORMATS, *CLOCKS)}


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """A column of the file, for the agency's eyes: what it looks like, why, and counts. Never a value of it."""

    header: str
    looks_like: str
    why: str
    counts: str
    dated: bool


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What the enclave does with the file now: ``failed`` says why it stopped."""

    title: str
    percent: int
    waiting: bool
    failed: str


def column_lines(upload: Upload) -> list[ColumnLine]:
    """Every column that profiling found, in the file's order."""
    columns = (upload.profile or {}).get("columns")
    return [_line(column) for column in columns if isinstance(column, dict)] if isinstance(columns, list) else []


def notes(upload: Upload) -> list[str]:
    """What profiling noticed about the file as a whole."""
    profile = upload.profile or {}
    return [str(note) for name in ("notes", "drift") for note in (profile[name] if isinstance(profile.get(name), list) else [])]  # type: ignore[union-attr]


def progress(upload: Upload, jobs: list[Job]) -> Progress:
    """The running job of the upload, newest first in ``jobs``."""
    job = jobs[0] if jobs else None
    title = TITLES.get(upload.state, TITLES[UploadState.PUBLISHING])
    failed = job.sentence if job and job.state is JobState.FAILED else ""
    return Progress(title=title, percent=job.percent if job else 0, waiting=job is None or job.state is JobState.WAITING, failed=failed)


def _line(column: dict[str, Json]) -> ColumnLine:
    cells, empty, distinct = (_count(column.get(name)) for name in ("cells", "empty", "distinct"))
    many = "more than " if column.get("many") is True else ""
    formats = column.get("formats")
    return ColumnLine(
        header=str(column["header"]),
        looks_like=ColumnClass(str(column["class"])).plain,
        why=str(_object(column.get("proposal")).get("reason", column.get("reason", ""))),
        counts=f"{cells - empty:,} of {cells:,} cells filled, {many}{distinct:,} different",
        dated=bool(formats),
    )


def _object(body: Json) -> dict[str, Json]:
    return body if isinstance(body, dict) else {}


def _count(body: Json) -> int:
    return body if isinstance(body, int) and not isinstance(body, bool) else 0
