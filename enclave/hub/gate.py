"""The gate between a notebook's Jupyter server and the hub: four calls, and only in its own name.

Each sandbox has a gate of its own, a unix socket in a folder that is mounted into that sandbox alone: whoever speaks there is that sandbox,
and where sandboxes have uids of their own the caller's uid is checked as well. A stolen token of somebody else is of no use: the two
calls that name a person name this one, and the token must be the one this server was started with.
"""

import hashlib
import hmac
import logging
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_unix_socket
from tornado.web import Application, HTTPError, RequestHandler

log = logging.getLogger("enclave.gate")
BODY_BYTES = 1 << 16
PATIENCE = aiohttp.ClientTimeout(total=30)
PASSED_ON = ("Accept", "Authorization", "Content-Type")
PASSED_BACK = ("Content-Type", "X-JupyterHub-Version")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who stands behind one gate."""

    sandbox: int
    person: str
    token_hash: str
    uid: int | None


class Gate:
    """Opens and closes one socket per sandbox. Lives in the hub's process and event loop."""

    def __init__(self, hub_socket: Path) -> None:
        self._hub_socket = hub_socket
        self._open: dict[int, HTTPServer] = {}

    def open(self, folder: Path, caller: Caller) -> None:
        """Listen at `folder`/hub.sock for `caller`; an older gate of the same sandbox is closed."""
        self.close(caller.sandbox)
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.chmod(0o755)  # the folder above is closed to all but the hub; this one is mounted into the sandbox
        application = Application([(r"(.*)", GateHandler, {"caller": caller, "forward": self._forward})])
        server = _Attested(application, max_body_size=BODY_BYTES, max_header_size=BODY_BYTES, idle_connection_timeout=60)
        server.only_for(caller.uid)
        server.add_socket(bind_unix_socket(str(folder / "hub.sock"), mode=0o666))
        self._open[caller.sandbox] = server

    def close(self, sandbox: int) -> None:
        server = self._open.pop(sandbox, None)
        if server is not None:
            server.stop()

    async def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(self._hub_socket)), timeout=PATIENCE) as session,
            session.request(method, f"http://hub{path}", headers=headers, data=body or None, allow_redirects=False) as response,
        ):
            answered = {name: response.headers[name] for name in PASSED_BACK if name in response.headers}
            return response.status, answered, await response.read()


class _Attested(HTTPServer):
    """Hangs up on a caller whose uid is not the sandbox's own."""

    _uid: int | None = None

    def only_for(self, uid: int | None) -> None:
        self._uid = uid

    def handle_stream(self, stream: IOStream, address: Any) -> None:  # noqa: ANN401 - tornado's own signature
        if self._uid is not None and _peer(stream.socket) != self._uid:
            log.warning("a gate was called by somebody else")
            stream.close()
            return
        super().handle_stream(stream, address)


def _peer(connection: socket.socket) -> int:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", raw)[1])


Forward = Callable[[str, str, dict[str, str], bytes], Awaitable[tuple[int, dict[str, str], bytes]]]


class GateHandler(RequestHandler):
    """One call: allowed and passed on, or 403."""

    def initialize(self, caller: Caller, forward: Forward) -> None:
        self._caller = caller
        self._pass_on = forward

    def check_xsrf_cookie(self) -> None:
        """No cookie is passed on, so there is nothing to protect with one."""

    async def _answer(self, _: str) -> None:
        path = allowed(str(self.request.method), str(self.request.uri), self.request.headers.get("Authorization", ""), self._caller)
        if path is None:
            raise HTTPError(403)
        headers = {name: self.request.headers[name] for name in PASSED_ON if name in self.request.headers}
        try:
            status, answered, body = await self._pass_on(str(self.request.method), path, headers, self.request.body)
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise HTTPError(503) from None
        self.set_status(status)
        for name, value in answered.items():
            self.set_header(name, value)
        self.finish(body)

    get = post = put = patch = delete = head = options = _answer


def allowed(method: str, uri: str, authorization: str, caller: Caller) -> str | None:
    """The path to ask the hub for, or None. Paths are compared as they were sent: nothing is decoded, so nothing can be hidden."""
    path, _, query = uri.partition("?")
    if (method, path) in {("GET", "/hub/api"), ("GET", "/hub/api/")} and not query:
        return path
    if (method, path) == ("GET", "/hub/api/user") and not query:
        return path  # asked with the token of whoever opened a page of this server: that is how it learns who they are
    if (method, path) == ("POST", "/hub/api/oauth2/token") and not query:
        return path
    if (method, path) == ("POST", f"/hub/api/users/{_escaped(caller.person)}/activity") and not query and _is_own(authorization, caller):
        return path
    return None


def _escaped(name: str) -> str:
    return quote(name, safe="@~")


def _is_own(authorization: str, caller: Caller) -> bool:
    kind, _, token = authorization.partition(" ")
    return kind == "token" and hmac.compare_digest(token_hash(token), caller.token_hash)


def token_hash(token: str) -> str:
    """What is kept of a server's token (256 random bits), so that a hub that begins again can still tell it."""
    return hashlib.sha256(token.encode()).hexdigest()
