"""Settings that need nothing of the machine."""

from pathlib import Path
from typing import Any

from enclave.hub.settings import HubSettings

ROOT = Path(__file__).resolve().parents[3]


def settings(folder: Path = Path("/srv/enclave"), **changes: Any) -> HubSettings:
    """Profile rootless below `folder`, unless told otherwise."""
    usual: dict[str, Any] = {
        "profile": "rootless",
        "run": folder / "run",
        "state": folder / "state",
        "homes": folder / "homes",
        "internal_socket": folder / "internal" / "internal.sock",
        "portal_target": "http://127.0.0.1:18001",
        "public_port": 18000,
        "desk_python": ROOT / ".venv-desk/bin/python",
        "proxy_modules": ROOT / ".node/node_modules",
    }
    return HubSettings(**(usual | changes))


def full(folder: Path = Path("/srv/enclave"), **changes: Any) -> HubSettings:
    """Profile full with made-up uids."""
    uids = {"hub_uid": 901, "hub_gid": 901, "portal_uid": 902, "portal_gid": 902}
    return settings(folder, **({"profile": "full"} | uids | changes))
