"""The operator's page and the log: is everything healthy, what happened, and does the log hold?"""

from __future__ import annotations

import shutil
from collections import deque
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enclave.audit.events import Entry
from enclave.audit.verify import verify
from enclave.web.templating import render
from enclave.web.views.jobs import job_line
from enclave.web.views.log import TOPICS, log_line
from enclave.web.visitor import PortalDep
from enclave.web.words.sizes import per_cent, size
from enclave.wiring.log import checkpoint_file
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)
MOST_JOBS = 50
A_PAGE = 100
LOOKED_AT = 20_000


@router.get("/operator")
def operator(request: Request, portal: PortalDep) -> Response:
    """Jobs with their progress, room on the disk, the log."""
    with portal.transactions.begin() as work:
        jobs = [job_line(job, now=portal.governance.clock()) for job in work.jobs.latest(MOST_JOBS)]
    disk = shutil.disk_usage(portal.settings.home)
    length, _ = portal.log.head()
    return render(
        request,
        "operator/operator.html",
        jobs=jobs,
        moving=[job for job in jobs if job.moving],
        failed=[job for job in jobs if job.failed],
        free=size(disk.free),
        full=per_cent(disk.used, disk.total),
        entries=length,
    )


@router.get("/operator/log")
def check_log(request: Request, portal: PortalDep) -> Response:
    """Recompute the whole chain; it only reads."""
    return render(
        request,
        "operator/log_check.html",
        verdict=verify(log=portal.log, verifier=portal.verifier, against=checkpoint_file(portal.settings).tokens()),
    )


@router.get("/audit")
def log(request: Request, portal: PortalDep, topic: str = "", before: int = 0) -> Response:
    """What happened, newest first, by topic."""
    topic = topic if topic in TOPICS else ""
    entries, more = _latest(portal, topic=topic, before=before)
    with portal.transactions.begin() as work:
        people = {person.id: person for person in work.accounts.people()}
    lines = [log_line(entry, people) for entry in entries]
    return render(
        request, "operator/audit.html", lines=lines, topic=topic, topics=TOPICS, older=lines[-1].sequence if more and lines else 0
    )


def _latest(portal: Portal, *, topic: str, before: int) -> tuple[list[Entry], bool]:
    """The newest entries of a topic before a sequence number, and whether there may be older ones. Costs one pass over the last few thousand."""
    length, _ = portal.log.head()
    end = min(before - 1, length) if before > 0 else length
    start = max(0, end - LOOKED_AT)
    found: deque[Entry] = deque(maxlen=A_PAGE + 1)
    for entry in islice(portal.log.entries(after=start), end - start):
        if not topic or entry.event.kind.startswith(f"{topic}."):
            found.append(entry)
    newest = list(reversed(found))
    return newest[:A_PAGE], len(newest) > A_PAGE or start > 0
