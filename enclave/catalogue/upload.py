"""The life of an upload, as a table: who moves it on and what the log says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enclave.catalogue.declaration import Declaration
from enclave.terms.canonical import Json


class UploadState(StrEnum):
    """Where an upload is."""

    RECEIVING = "receiving"
    PROFILING = "profiling"
    DECLARING = "declaring"
    PREPARING = "preparing"
    WEIGHING = "weighing"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REBUILDING = "rebuilding"  # no file came in: a version is made again from the one before, without people who are not to be in it


@dataclass(frozen=True, kw_only=True)
class Step:
    """One allowed transition: who takes it (``agency`` or ``worker``) and the audit event it leaves."""

    old: UploadState
    new: UploadState
    owner: str
    event: str


STEPS: tuple[Step, ...] = (
    Step(old=UploadState.RECEIVING, new=UploadState.PROFILING, owner="agency", event="upload.received"),
    Step(old=UploadState.RECEIVING, new=UploadState.WITHDRAWN, owner="agency", event="upload.withdrawn"),
    Step(old=UploadState.PROFILING, new=UploadState.DECLARING, owner="worker", event="upload.profiled"),
    # Like the last file, of a dataset whose officer has said that such files need no asking.
    Step(old=UploadState.PROFILING, new=UploadState.PREPARING, owner="worker", event="upload.repeated"),
    Step(old=UploadState.PROFILING, new=UploadState.REFUSED, owner="worker", event="upload.refused"),
    Step(old=UploadState.PROFILING, new=UploadState.WITHDRAWN, owner="agency", event="upload.withdrawn"),
    Step(old=UploadState.DECLARING, new=UploadState.PREPARING, owner="agency", event="upload.declared"),
    Step(old=UploadState.DECLARING, new=UploadState.WITHDRAWN, owner="agency", event="upload.withdrawn"),
    Step(old=UploadState.PREPARING, new=UploadState.WEIGHING, owner="worker", event="upload.prepared"),
    # No riskier than the limits its officer set the last time: nobody has to be asked.
    Step(old=UploadState.PREPARING, new=UploadState.PUBLISHING, owner="worker", event="upload.passed"),
    Step(old=UploadState.PREPARING, new=UploadState.REFUSED, owner="worker", event="upload.refused"),
    Step(old=UploadState.PREPARING, new=UploadState.WITHDRAWN, owner="agency", event="upload.withdrawn"),
    Step(old=UploadState.WEIGHING, new=UploadState.PREPARING, owner="agency", event="upload.measured_again"),
    Step(old=UploadState.WEIGHING, new=UploadState.DECLARING, owner="agency", event="upload.reconsidered"),
    Step(old=UploadState.WEIGHING, new=UploadState.PUBLISHING, owner="agency", event="upload.confirmed"),
    Step(old=UploadState.WEIGHING, new=UploadState.WITHDRAWN, owner="agency", event="upload.withdrawn"),
    Step(old=UploadState.PUBLISHING, new=UploadState.PUBLISHED, owner="worker", event="upload.published"),
    Step(old=UploadState.PUBLISHING, new=UploadState.PREPARING, owner="worker", event="upload.draft_lost"),
    Step(old=UploadState.REBUILDING, new=UploadState.PUBLISHED, owner="worker", event="version.rebuilt"),
    Step(old=UploadState.REBUILDING, new=UploadState.WITHDRAWN, owner="worker", event="version.overtaken"),
)


def page() -> str:
    """``docs/reference/upload-lifecycle.md``: the table and its picture. A test keeps the file equal to this."""
    arrows = [f"    {one.old.value} --> {one.new.value}: {one.owner}" for one in STEPS]
    begins = sorted({one.old.value for one in STEPS} - {one.new.value for one in STEPS})
    ends = sorted({one.new.value for one in STEPS} - {one.old.value for one in STEPS})
    rows = [f"| {one.old.value} | {one.new.value} | {one.owner} | `{one.event}` |" for one in STEPS]
    return "\n".join(
        [
            "# The life of an upload",
            "",
            "Generated from `enclave/catalogue/upload.py`; do not edit.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f"    [*] --> {begin}" for begin in begins),
            *arrows,
            *(f"    {end} --> [*]" for end in ends),
            "```",
            "",
            "| from | to | who | entry in the log |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def step(old: UploadState, new: UploadState) -> Step:
    """The transition; raises ``ValueError`` where there is none."""
    for one in STEPS:
        if one.old is old and one.new is new:
            return one
    raise ValueError(f"an upload does not go from {old.value} to {new.value}")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file on its way in. ``received`` and ``expected`` are bytes; the file's own name is never stored.

    ``profile`` is the report for the agency's eyes only (headers, classes, counts; no values). ``report`` is too: what was kept, what risk
    was measured, which draft of the version file waits, how publishing went. ``rebuilt_from`` is the version that a rebuilt one takes the
    place of.
    """

    id: int
    dataset: int
    person: int
    state: UploadState
    expected: int
    received: int
    sha256: str
    profile: dict[str, Json] | None
    declaration: Declaration | None
    report: dict[str, Json] | None
    sentence: str
    rebuilt_from: int | None = None


def rows_read(upload: Upload) -> int:
    """The rows of a profiled file that can be read, one at least."""
    return max(1, _count((upload.profile or {}).get("rows")))


def rows_rejected(upload: Upload) -> int:
    """The rows of a profiled file that cannot be read."""
    rejected = (upload.profile or {}).get("rejected")
    return _count(rejected.get("rows")) if isinstance(rejected, dict) else 0


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
