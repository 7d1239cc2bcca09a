"""How a supervisor starts the two processes of this room, in this order: the launcher (root in profile `full`), then the hub.

Both read the settings from one file. In profile `full` the hub's command drops to the hub's own uid by itself (`isolation.stage`).
"""

import os
import sys
from pathlib import Path

from enclave.hub.launcher import command as launcher_command
from enclave.hub.sandbox_command import PACKAGE, STAGE
from enclave.hub.settings import HubSettings

__all__ = ["hub_command", "hub_environment", "launcher_command"]


def hub_command(settings_file: Path) -> list[str]:
    """JupyterHub and, as its child, the proxy. Run it with exactly `hub_environment`."""
    settings = HubSettings.load(settings_file)
    plain = [sys.executable, "-I", "-m", "jupyterhub", "-f", str(PACKAGE / "hub" / "config.py")]
    if settings.profile == "rootless" or settings.hub_uid is None or settings.hub_gid is None:
        return plain
    needed = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        PACKAGE,
        settings.proxy_modules,
        settings.run,
        settings.state / "hub",
        settings.internal_socket.parent,
        settings_file,
    ]
    words = [word for path in needed for word in ("--path", str(path))]
    return [sys.executable, "-I", str(STAGE), "--uid", str(settings.hub_uid), "--gid", str(settings.hub_gid), *words, "--", *plain]


def hub_environment(settings_file: Path) -> dict[str, str]:
    """All the hub needs to be told, and nothing of the supervisor's own environment but where programs are."""
    settings = HubSettings.load(settings_file)
    return {
        "ENCLAVE_HUB_SETTINGS": str(settings_file),
        "HOME": str(settings.state / "hub"),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
