"""The folders hub, launcher and portal share, and who may enter which. Standard library only.

| folder | owner | who else may enter | holds |
|---|---|---|---|
| run/launcher | root | hub | the launcher's socket |
| run/nb | root | hub | one folder per sandbox: the socket of its Jupyter server |
| run/gate | hub | nobody | one folder per sandbox: the four calls of the hub |
| run/hub | hub | nobody | hub, proxy and door |
| run/api | portal | nobody | one folder per sandbox: the enclave's API |
| run/door | root | all | an empty mount point: inside each sandbox's own view its two doors appear here |
| homes | root | all may pass, none may list | s1, s2, … each for its own uid only |

A sandbox never enters these folders: the launcher, as root, puts the two folders it needs into the sandbox's own view (`isolation.stage`).
"""

import os
from pathlib import Path

from enclave.hub.settings import HubSettings


def prepare(settings: HubSettings) -> None:
    """Make or repair every folder. Called by the launcher before it listens; needs root in profile `full`."""
    hub, portal = _owners(settings)
    root = (os.geteuid(), os.getegid())
    wanted: list[tuple[Path, tuple[int, int], int]] = [
        (settings.run, root, 0o711),
        (settings.run / "launcher", (root[0], hub[1]), 0o750),
        (settings.run / "nb", (root[0], hub[1]), 0o750),
        (settings.run / "gate", hub, 0o700),
        (settings.run / "hub", hub, 0o700),
        (settings.run / "api", portal, 0o700),
        (settings.run / "door", root, 0o755),
        (settings.run / "door" / "api", root, 0o755),
        (settings.run / "door" / "hub", root, 0o755),
        (settings.homes, root, 0o711),
        (settings.state, (root[0], hub[1]), 0o750),
        (settings.state / "hub", hub, 0o700),
        (settings.programs, root, 0o755),
    ]
    for path, owner, mode in wanted:
        make(path, owner, mode)


def make(path: Path, owner: tuple[int, int], mode: int) -> None:
    """One folder with exactly this owner and mode. Refuses a symbolic link in its place."""
    path.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_RDONLY)
    try:
        if os.geteuid() == 0:
            os.fchown(fd, *owner)
        os.fchmod(fd, mode)
    finally:
        os.close(fd)


def _owners(settings: HubSettings) -> tuple[tuple[int, int], tuple[int, int]]:
    own = (os.geteuid(), os.getegid())
    if settings.profile == "rootless":
        return own, own
    if settings.hub_uid is None or settings.hub_gid is None or settings.portal_uid is None or settings.portal_gid is None:
        raise ValueError("profile full names the uids of hub and portal")
    return (settings.hub_uid, settings.hub_gid), (settings.portal_uid, settings.portal_gid)
