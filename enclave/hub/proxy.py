"""The proxy in front of everything, as the hub starts it: which host leads where, and the proof that the public port is its own.

A proxy that finds its port taken logs an error and lives on; an older one then goes on serving old routes to the world. So each start gives
the proxy a secret of its own, which it adds to what it passes on, and asks the public port for it.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import aiohttp
from jupyterhub.proxy import ConfigurableHTTPProxy
from tornado.httpserver import HTTPServer
from traitlets import validate

from enclave.hub.door import CLOSED, OPEN, PROOF_HEADER, PROOF_PATH, listen
from enclave.hub.proxy_files import ENTRY, find
from enclave.hub.settings import HubSettings

PROOF_SECONDS, PAUSE = 8.0, 0.2


class NotOurs(RuntimeError):  # noqa: N818 - it is what the port is
    """Another program answers on the public port."""


def unix_url(path: object) -> str:
    """A socket's path as the hub and the proxy write it."""
    return "http+unix://" + quote(str(path), safe="")


def routes(settings: HubSettings) -> dict[str, str]:
    """Host and path -> target, for all that is not the hub itself or a notebook."""
    portal = {f"{host}/": settings.portal_target for host in (settings.portal_host, *settings.portal_aliases)}
    closed = {f"{settings.hub_host}{path}": unix_url(settings.door_socket) for path in CLOSED}
    still_open = {f"{settings.hub_host}{path}": unix_url(settings.hub_socket) for path in OPEN}
    return portal | closed | still_open


class EnclaveProxy(ConfigurableHTTPProxy):  # type: ignore[misc]  # JupyterHub carries no types
    """configurable-http-proxy with unix sockets everywhere behind it."""

    enclave: ClassVar[HubSettings]
    door: HTTPServer | None = None
    secret: str = ""

    @validate("extra_routes")
    def _validate_extra_routes(self, proposal: Any) -> Any:  # noqa: ANN401 - the base class refuses unix sockets, which it can route
        return proposal.value

    async def start(self) -> None:
        if self.door is None:
            self.door = listen(self.enclave.door_socket, f"{self.enclave.origin(self.enclave.hub_host)}/hub/projects")
        self.secret = secrets.token_urlsafe(18)
        self.command = self._words()
        await super().start()
        await self._prove()

    def _words(self) -> list[str]:
        # The proxy ends with the hub, however the hub ends: left alone it would keep the public port and serve old routes.
        plain = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", *find(self.enclave.proxy_modules)]
        return [*plain, "--default-target", unix_url(self.enclave.door_socket), "--custom-header", f"{PROOF_HEADER}: {self.secret}"]

    def _check_pid(self, pid: int) -> None:
        """Is the process of a left-over pid file still the proxy? The hub ends it if so: a number used again must not cost another program."""
        words = Path(f"/proc/{pid}/cmdline")
        if not words.exists() or ENTRY.name.encode() not in words.read_bytes():
            raise ProcessLookupError(pid)

    async def add_route(self, routespec: str, target: str, data: Mapping[str, object]) -> None:
        """The hub adds port 80 to every server; for a unix socket that would be part of the path."""
        await super().add_route(routespec, _without_port(target), dict(data))

    async def get_all_routes(self) -> dict[str, Any]:
        """What the proxy has, in the hub's words, so that nothing looks out of date."""
        found = await super().get_all_routes()
        for route in found.values():
            if "user" in route["data"]:
                route["target"] = _with_port(route["target"])
        return dict(found)

    async def _prove(self) -> None:
        until = time.monotonic() + PROOF_SECONDS
        while time.monotonic() < until:
            if await self._asked() == self.secret:
                return
            await asyncio.sleep(PAUSE)
        self.stop()
        raise NotOurs("Another program answers on the public port; stop it or choose another port.")

    async def _asked(self) -> str:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
                session.get(_public(self.enclave) + PROOF_PATH, headers={"Host": "enclave.invalid"}, allow_redirects=False) as response,
            ):
                return await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError):
            return ""


def _public(settings: HubSettings) -> str:
    """The public port, as reached from this machine."""
    ip = "127.0.0.1" if settings.public_ip in ("", "0.0.0.0") else settings.public_ip  # noqa: S104 - compared, not bound
    return f"http://{ip}:{settings.public_port}"


def _without_port(target: str) -> str:
    return target.removesuffix(":80") if urlsplit(target).scheme == "http+unix" else target


def _with_port(target: str) -> str:
    return target if urlsplit(target).scheme != "http+unix" or target.endswith(":80") else f"{target}:80"
