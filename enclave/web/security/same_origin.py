"""Requests that change something come from our own pages: the browser says so in a header no page can forge (W3C Fetch Metadata).

A browser too old to say so is refused as well; the token of ``access`` stands behind this as a second wall.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from enclave.web.refusals import refuse
from enclave.web.rules import refusal
from enclave.web.security.wall import Wall

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SameOrigin(Wall):
    """Refuses every request that is not a reading one unless ``Sec-Fetch-Site`` is ``same-origin``."""

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in READING or Headers(scope=scope).get("sec-fetch-site") == "same-origin":
            await self.inside(scope, receive, send)
        else:
            await refuse(scope, refusal("W-02"))(scope, receive, send)
