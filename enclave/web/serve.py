"""The portal's process: one event loop, and a listener for browsers, for the hub, and for each sandbox that runs."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import struct
from pathlib import Path

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from enclave.settings.layout import HUB, socket_path
from enclave.settings.settings import Profile, Settings
from enclave.web.app import portal_app
from enclave.web.internal_api import internal_app
from enclave.web.sandbox.app import sandbox_app
from enclave.wiring.portal import Portal, build_portal

_PEER = struct.Struct("3i")
SANDBOX_UIDS = 62_000
SANDBOX_CONNECTIONS = 16
THREADS = 200  # most of them sleep until the slot of an answer ends; a sandbox gets at most eight (``sandbox.app``)


class _Quiet(uvicorn.Server):
    """A uvicorn server among several in one loop: signals are the process's business."""

    def install_signal_handlers(self) -> None:
        """Nothing: see ``run``."""

    async def serve_on(self, listener: socket.socket) -> None:
        """Serve until told to stop, without touching signal handlers."""
        await self._serve(sockets=[listener])


def only_from(*uids: int, most: int | None = None) -> type[H11Protocol]:
    """An HTTP protocol that hangs up on processes of any other uid, as the kernel attests (SO_PEERCRED), and on connections beyond ``most``.

    A notebook may open thousands and say nothing; all sandboxes together must leave this process files to open.
    """
    held: set[asyncio.Protocol] = set()

    class Attested(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            connection = transport.get_extra_info("socket")
            if connection is None or peer_uid(connection) not in uids or (most is not None and len(held) >= most):
                transport.abort()
            else:
                held.add(self)

        def connection_lost(self, exc: Exception | None) -> None:
            held.discard(self)
            super().connection_lost(exc)

    return Attested


def peer_uid(connection: socket.socket) -> int:
    """The uid at the other end of a unix socket."""
    return int(_PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[1])


class Listeners:
    """The sockets of running sandboxes."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._servers: dict[int, tuple[_Quiet, asyncio.Task[None]]] = {}

    async def listen(self, sandbox: int) -> str:
        """Open the sandbox's API socket; asked again, the one that is open."""
        path = self._portal.settings.folder("run", "api", f"s{sandbox}", "api.sock")
        if sandbox not in self._servers:
            path.parent.mkdir(exist_ok=True)
            path.parent.chmod(0o755)  # whatever the umask: the sandbox enters here, and nobody else can reach it
            app = sandbox_app(self._portal, sandbox=sandbox)
            server = _server(app, sandbox_uid(self._portal.settings, sandbox), most=SANDBOX_CONNECTIONS)
            task = asyncio.create_task(server.serve_on(unix_listener(path, mode=0o666)))
            self._servers[sandbox] = (server, task)
        return str(path)

    async def silence(self, sandbox: int) -> None:
        """Close the sandbox's API socket."""
        server, task = self._servers.pop(sandbox, (None, None))
        if server is not None and task is not None:
            server.should_exit = True
            await asyncio.wait([task], timeout=5)
            self._portal.settings.folder("run", "api", f"s{sandbox}", "api.sock").unlink(missing_ok=True)

    async def close(self) -> None:
        """Close all."""
        for sandbox in list(self._servers):
            await self.silence(sandbox)


def unix_listener(path: Path, *, mode: int) -> socket.socket:
    """A listening unix socket of that mode; a stale one of a former run is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(mode)
    listener.listen(128)
    listener.setblocking(False)
    return listener


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    portal = build_portal(settings)
    current_default_thread_limiter().total_tokens = THREADS
    listeners = Listeners(portal)
    internal = internal_app(portal, listen=listeners.listen, silence=listeners.silence)
    servers = [
        (_server(portal_app(portal), hub_uid(settings)), unix_listener(socket_path(settings, "portal"), mode=0o666)),
        (_server(internal, hub_uid(settings)), unix_listener(socket_path(settings, "internal"), mode=0o666)),
    ]
    for number in running(settings):
        await listeners.listen(number)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    tasks = [asyncio.create_task(server.serve_on(listener)) for server, listener in servers]
    await asyncio.wait([asyncio.create_task(stop.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
    for server, _ in servers:
        server.should_exit = True
    await listeners.close()
    await asyncio.wait(tasks, timeout=5)


def running(settings: Settings) -> list[int]:
    """Sandboxes that had a socket when the portal last ran: their notebooks may still be there and expect it."""
    folders = settings.folder("run", "api").glob("s*/api.sock")
    return sorted(int(path.parent.name[1:]) for path in folders if path.parent.name[1:].isdigit())


def hub_uid(settings: Settings) -> int:
    """As whom the hub runs."""
    return HUB.uid if settings.profile is Profile.FULL else os.geteuid()


def sandbox_uid(settings: Settings, sandbox: int) -> int:
    """As whom a sandbox runs."""
    return SANDBOX_UIDS + sandbox if settings.profile is Profile.FULL else os.geteuid()


def main() -> None:
    """Entry of the portal's process."""
    os.umask(0o007)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(run(Settings.read()))


def _server(app: ASGIApp, *uids: int, most: int | None = None) -> _Quiet:
    config = uvicorn.Config(
        app,
        http=only_from(os.geteuid(), *uids, most=most),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=30,
        proxy_headers=False,
    )
    return _Quiet(config)


if __name__ == "__main__":
    main()
