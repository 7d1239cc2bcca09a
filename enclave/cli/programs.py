"""The processes of an installation and how each is started: in profile ``full`` under its own uid, seeing only what it needs."""

from __future__ import annotations

import http.client
import os
import socket
import sys
from pathlib import Path

import enclave
from enclave.cli.supervisor import Program
from enclave.hub.processes import hub_command, hub_environment, launcher_command
from enclave.hub.sandbox_command import STAGE
from enclave.hub.settings import HubSettings
from enclave.settings.layout import DATA, HUB, PORTAL, WORKER, Service, socket_path
from enclave.settings.settings import Profile, Settings

PACKAGE = Path(enclave.__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def programs(settings: Settings) -> list[Program]:
    """Everything to start, in order: the worker makes keys and database, the portal needs both, the hub needs the portal."""
    hub = write_hub_settings(settings)
    return [
        _service(WORKER, "enclave.wiring.worker_process", settings, socket_path(settings, "worker")),
        _service(PORTAL, "enclave.web.serve", settings, socket_path(settings, "internal")),
        Program(
            name="launcher",
            command=launcher_command(hub),
            environment=environment(settings),
            ready=lambda: listens(HubSettings.load(hub).launcher_socket),
        ),
        Program(
            name="hub",
            command=hub_command(hub),
            environment=hub_environment(hub),
            ready=lambda: serves_login(settings),
            patience=120,
        ),
    ]


def staged(service: Service, module: str, settings: Settings, *arguments: str) -> list[str]:
    """The command that runs a module as the service: plainly in ``rootless``, under its own uid and view in ``full``."""
    plain = [sys.executable, "-I", "-m", module, *arguments]
    if settings.profile is Profile.ROOTLESS:
        return plain
    seen = [Path(sys.prefix), Path(sys.base_prefix), PACKAGE, settings.home, settings.run]
    words = [word for path in dict.fromkeys(seen) for word in ("--path", str(path))]
    ids = ["--uid", str(service.uid), "--gid", str(service.uid), "--group", str(DATA)]
    return [sys.executable, "-I", str(STAGE), *ids, *words, "--", *plain]


def environment(settings: Settings) -> dict[str, str]:
    """What our own processes are told: the settings, and nothing of the caller's environment but where programs are."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
        **settings.environment(),
    }


def write_hub_settings(settings: Settings) -> Path:
    """Hub, launcher and proxy read one file; it holds no secret."""
    full = settings.profile is Profile.FULL
    path = settings.folder("hub.json")
    HubSettings(
        profile="full" if full else "rootless",
        run=settings.run,
        state=settings.folder("hub"),
        homes=settings.folder("homes"),
        internal_socket=socket_path(settings, "internal"),
        portal_target=f"http+unix://{str(socket_path(settings, 'portal')).replace('/', '%2F')}",
        public_port=settings.port,
        public_ip=settings.address,
        desk_python=CHECKOUT / ".venv-desk" / "bin" / "python",
        proxy_modules=CHECKOUT / ".node" / "node_modules",
        notebooks=CHECKOUT / "notebooks",
        portal_host=f"portal.{settings.domain}",
        hub_host=f"hub.{settings.domain}",
        notebook_domain=f"notebook.{settings.domain}",
        hub_uid=HUB.uid if full else None,
        hub_gid=HUB.uid if full else None,
        portal_uid=PORTAL.uid if full else None,
        portal_gid=PORTAL.uid if full else None,
    ).write(path)
    return path


def listens(path: Path) -> bool:
    """Whether somebody accepts connections on a unix socket."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
    except OSError:
        return False
    return True


def serves_login(settings: Settings) -> bool:
    """Whether the public port leads to the portal's and the hub's login pages."""
    return all(_answers(settings, host, path) for host, path in (("portal", "/login"), ("hub", "/hub/login")))


def _answers(settings: Settings, host: str, path: str) -> bool:
    connection = http.client.HTTPConnection(settings.address, settings.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{host}.{settings.domain}:{settings.port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _service(service: Service, module: str, settings: Settings, ready: Path) -> Program:
    return Program(
        name=service.name,
        command=staged(service, module, settings),
        environment=environment(settings),
        ready=lambda: listens(ready),
    )
