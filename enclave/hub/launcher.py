"""The one small process that may be root: it starts and stops sandboxes for the hub, and can do nothing else. Standard library only.

One JSON object per line on a unix socket that only the hub may reach, checked again by the caller's uid:

    {"do": "start", "sandbox": 7, "env": {…}}    {"do": "poll", "sandbox": 7}    {"do": "stop", "sandbox": 7}    {"do": "list"}

Everything else about a sandbox was fixed when the launcher began: the hub chooses a number and the values of a few known variables of the
Jupyter server, never a path, a uid or a command. A layer of the profile that is missing refuses every start.

    python -m enclave.hub.launcher SETTINGS.json
"""

import asyncio
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from enclave.hub import cgroups, layers, layout
from enclave.hub.running import Refused, Sandboxes
from enclave.hub.settings import HubSettings

LINE_BYTES = 1 << 16
VALUE_BYTES = 4096
REAP_SECONDS = 1.0

# What the hub may tell a Jupyter server: its own names for itself, and this sandbox's pass to the enclave's API.
VARIABLES = frozenset(
    {
        "ENCLAVE_PROJECT",
        "ENCLAVE_TITLE",
        "ENCLAVE_TOKEN",
        "JUPYTERHUB_ACTIVITY_URL",
        "JUPYTERHUB_API_TOKEN",
        "JUPYTERHUB_API_URL",
        "JUPYTERHUB_BASE_URL",
        "JUPYTERHUB_CLIENT_ID",
        "JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED",
        "JUPYTERHUB_COOKIE_OPTIONS",
        "JUPYTERHUB_DEFAULT_URL",
        "JUPYTERHUB_HOST",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
        "JUPYTERHUB_OAUTH_CALLBACK_URL",
        "JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES",
        "JUPYTERHUB_OAUTH_SCOPES",
        "JUPYTERHUB_PUBLIC_HUB_URL",
        "JUPYTERHUB_PUBLIC_URL",
        "JUPYTERHUB_SERVER_NAME",
        "JUPYTERHUB_SERVICE_PREFIX",
        "JUPYTERHUB_SERVICE_URL",
        "JUPYTERHUB_USER",
    }
)


class Launcher:
    """Answers the hub."""

    def __init__(self, settings: HubSettings, sandboxes: Sandboxes) -> None:
        self._settings = settings
        self._sandboxes = sandboxes
        self._sound = False

    def answer(self, request: object) -> dict[str, Any]:
        """One request, already parsed. Whatever it is, the answer is a JSON object; `error` in it is a sentence."""
        try:
            return self._do(request)
        except Refused as refusal:
            return {"error": str(refusal)}

    def _do(self, request: object) -> dict[str, Any]:
        if not isinstance(request, dict):
            raise Refused("A request is a JSON object.")
        match request.get("do"):
            case "start":
                self._check_layers()
                self._sandboxes.start(self._sandbox(request), _variables(request.get("env")))
                return {}
            case "poll":
                code = self._sandboxes.code(self._sandbox(request))
                return {"running": code is None, "code": code}
            case "stop":
                self._sandboxes.stop(self._sandbox(request))
                return {}
            case "list":
                return {"sandboxes": self._sandboxes.numbers()}
            case _:
                raise Refused("Only start, poll, stop and list are known.")

    def _sandbox(self, request: dict[str, Any]) -> int:
        number = request.get("sandbox")
        if type(number) is not int or not 0 < number <= self._settings.sandboxes:
            raise Refused("There is no such sandbox.")
        return number

    def _check_layers(self) -> None:
        """Fail closed: a missing layer is looked for again at every start, a complete wall only once."""
        if not self._sound:
            missing = [layer.sentence for layer in layers.check_settings(self._settings) if not layer.ok]
            if missing:
                raise Refused(missing[0])
            self._sound = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one line in, one line out."""
        try:
            if self._may_ask(writer.get_extra_info("socket")):
                reply = self.answer(_parse(await asyncio.wait_for(reader.readline(), 10)))
                writer.write(json.dumps(reply).encode() + b"\n")
                await writer.drain()
        except (TimeoutError, ValueError, ConnectionError):
            pass  # not a line, or gone
        finally:
            writer.close()

    def _may_ask(self, connection: socket.socket) -> bool:
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        uid: int = struct.unpack("3i", raw)[1]
        return uid == (os.geteuid() if self._settings.hub_uid is None else self._settings.hub_uid)

    async def keep_tidy(self) -> None:
        while True:
            await asyncio.sleep(REAP_SECONDS)
            self._sandboxes.reap()


def _parse(line: bytes) -> object:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found


def _variables(given: object) -> dict[str, str]:
    if not isinstance(given, dict) or not set(given) <= VARIABLES:
        raise Refused("The hub may set only the variables the launcher knows.")
    for value in given.values():
        if not isinstance(value, str) or len(value) > VALUE_BYTES or "\0" in value:
            raise Refused("A variable is a text of at most 4096 characters.")
    return dict(given)


def command(settings: Path) -> list[str]:
    """How a supervisor starts the launcher: where there is systemd, in a control group of its own."""
    return [*cgroups.scope(), sys.executable, "-I", "-m", "enclave.hub.launcher", str(settings)]


def _control_groups(settings: HubSettings) -> cgroups.Tree | None:
    """None when there are none: profile `full` then refuses every start."""
    if settings.profile == "rootless":
        return None
    try:
        tree = cgroups.find_here()
        cgroups.delegate(tree)
    except (cgroups.Unavailable, OSError):
        return None
    return tree


async def _run(settings: HubSettings, sandboxes: Sandboxes) -> None:
    path = settings.launcher_socket
    path.unlink(missing_ok=True)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    launcher = Launcher(settings, sandboxes)
    server = await asyncio.start_unix_server(launcher.serve, path, limit=LINE_BYTES)
    if os.geteuid() == 0 and settings.hub_gid is not None:
        os.chown(path, 0, settings.hub_gid)
    path.chmod(0o660)
    tidy = asyncio.create_task(launcher.keep_tidy())
    async with server:
        await stopping.wait()
    tidy.cancel()


def main(argv: Sequence[str] | None = None) -> int:
    """Run until told to stop; sandboxes end with the launcher."""
    [path] = sys.argv[1:] if argv is None else argv
    settings = HubSettings.load(Path(path))
    if (settings.profile == "full") != (os.geteuid() == 0):
        sys.stderr.write("Profile full needs root, and profile rootless refuses it.\n")
        return 1
    os.umask(0o077)
    layout.prepare(settings)
    # The filters need libseccomp, which this process must not load: another one writes them.
    subprocess.run([sys.executable, "-I", "-m", "enclave.isolation.seccomp", str(settings.programs)], check=True)
    sandboxes = Sandboxes(settings, _control_groups(settings))
    sandboxes.end_orphans()
    try:
        asyncio.run(_run(settings, sandboxes))
    finally:
        sandboxes.stop_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
