"""How many requests one door answers at a time: a reply waits for its slot in a thread, and threads are shared by everybody.

Measured without it: 44 questions with long slots, sent by one notebook and refused for lack of budget, kept every sign-in waiting for two
minutes.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from enclave.web.refusals import refuse
from enclave.web.rules import refusal
from enclave.web.security.wall import Wall


class AtOnce(Wall):
    """Refuses what comes while ``most`` requests are still being answered. A caller who hangs up frees nothing: the work goes on."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        super().__init__(app)
        self._most = most
        self._now = 0

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._now >= self._most:
            await refuse(scope, refusal("W-17"))(scope, receive, send)
            return
        self._now += 1
        try:
            await self.inside(scope, receive, send)
        finally:
            self._now -= 1
