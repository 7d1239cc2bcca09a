"""What nobody foresaw: the person sees a constant page, the log the exception's type. Its message could quote data."""

from __future__ import annotations

import logging

from starlette.types import Message, Receive, Scope, Send

from enclave.web.refusals import refuse
from enclave.web.rules import refusal
from enclave.web.security.wall import Wall

_LOG = logging.getLogger("enclave.web")


class Unforeseen(Wall):
    """Turns an exception into the constant page. Nothing is raised further: the server would print the message."""

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.inside(scope, receive, noting)
        except Exception as error:  # noqa: BLE001 - that is the point
            _LOG.error("%s at %s %s", type(error).__name__, scope.get("method"), _route(scope))
            if started:
                # Too late for a page; an unfinished body makes the server close the connection, so nobody takes half for the whole.
                return
            await refuse(scope, refusal("W-08"))(scope, receive, send)


def _route(scope: Scope) -> str:
    """The route's pattern; the path itself may hold names."""
    return str(getattr(scope.get("route"), "path", "-"))
