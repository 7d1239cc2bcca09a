"""One name only: a page of another name that points here (DNS rebinding) must not be answered, and cookies must not mix.

Somebody who types the machine's address is led to the name.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from enclave.web.refusals import refuse
from enclave.web.rules import refusal
from enclave.web.security.wall import Wall

_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]"})


class OneHost(Wall):
    """Answers requests for ``host``; leads reading requests for this machine to ``address``; refuses all others."""

    def __init__(self, app: ASGIApp, *, host: str, address: str) -> None:
        super().__init__(app)
        self._host = host
        self._address = address

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = host_name(Headers(scope=scope).get("host", ""))
        if name == self._host:
            await self.inside(scope, receive, send)
        elif name in _THIS_MACHINE and scope["method"] in {"GET", "HEAD"}:
            await RedirectResponse(self._address + _target(scope), status_code=307)(scope, receive, send)
        else:
            await refuse(scope, refusal("W-10"))(scope, receive, send)


def host_name(header: str) -> str:
    """The name in a Host header, without the port, in lower case."""
    name, colon, port = header.strip().lower().rpartition(":")
    return name if colon and (port.isdigit() or not port) else header.strip().lower()


def _target(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("ascii", "replace")
    path = scope.get("raw_path", b"/").decode("ascii", "replace")
    return f"{path}?{query}" if query else path
