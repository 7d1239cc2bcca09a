"""Which folders an installation has, and which process owns each: what a process need not reach, it cannot.

The hub, its launcher and the sandboxes keep theirs themselves: see ``hub/layout.py``.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from enclave.settings.settings import Profile, Settings

BASE_UID = 61_000


@dataclass(frozen=True, kw_only=True)
class Service:
    """A process of the enclave and the uid it runs as in profile ``full``; its group ``DATA`` shares database and sealed uploads."""

    name: str
    uid: int


PORTAL = Service(name="portal", uid=BASE_UID + 1)
WORKER = Service(name="worker", uid=BASE_UID + 2)
HUB = Service(name="hub", uid=BASE_UID + 3)
DATA = BASE_UID


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder, its owner (``None`` is whoever starts the enclave), the group that shares it, and its mode."""

    path: str
    owner: Service | None = None
    group: int = 0
    mode: int


FOLDERS = (
    Folder(path="", mode=0o755),
    Folder(path="db", owner=WORKER, group=DATA, mode=0o2770),
    Folder(path="keys", mode=0o755),
    Folder(path="keys/portal", owner=PORTAL, mode=0o700),
    Folder(path="keys/worker", owner=WORKER, mode=0o700),
    Folder(path="public", owner=WORKER, mode=0o755),
    Folder(path="lookups", mode=0o755),  # tables of places, put there by the operator: public facts
    Folder(path="quarantine", owner=PORTAL, group=DATA, mode=0o2770),
    Folder(path="versions", owner=WORKER, mode=0o700),
    Folder(path="scratch", owner=WORKER, mode=0o700),
    Folder(path="journal", owner=WORKER, mode=0o700),
    Folder(path="blobs", owner=PORTAL, group=DATA, mode=0o2770),
    Folder(path="jobs", owner=WORKER, mode=0o700),
    Folder(path="logs", mode=0o750),  # opened by root: whoever may write here could have root write to any file
    Folder(path="run", mode=0o755),
    Folder(path="run/api", owner=PORTAL, mode=0o700),
    Folder(path="run/portal", owner=PORTAL, group=HUB.uid, mode=0o750),
    Folder(path="run/worker", owner=WORKER, group=DATA, mode=0o2750),
    Folder(path="demo", owner=PORTAL, mode=0o700),
)


def lay_out(settings: Settings) -> None:
    """Make the folders with their owners and modes; doing it again repairs what somebody changed."""
    for folder in FOLDERS:
        path = settings.folder(*folder.path.split("/"))
        path.mkdir(parents=True, exist_ok=True)
        claim(path)
        if settings.profile is Profile.FULL:
            os.chown(path, folder.owner.uid if folder.owner else 0, folder.group)
        path.chmod(folder.mode)


def claim(path: Path) -> None:
    """Refuse a folder that is a link or belongs to somebody we did not make: below /tmp anyone could have put it there first."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), *(service.uid for service in (PORTAL, WORKER, HUB))}:
        raise PermissionError("a folder of the enclave belongs to somebody else")


def socket_path(settings: Settings, name: str) -> Path:
    """Where a process listens for its neighbours; lower case, because proxies carry the path as a host name."""
    return {
        "worker": settings.folder("run", "worker", "worker.sock"),
        "portal": settings.folder("run", "portal", "portal.sock"),
        "internal": settings.folder("run", "portal", "internal.sock"),
    }[name]
