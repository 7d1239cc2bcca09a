"""How much a request may carry, counted while it arrives: nobody fills the memory or the disk."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enclave.catalogue.receive import LARGEST_PART
from enclave.catalogue.send_list import LARGEST_LIST
from enclave.web.refusals import refuse
from enclave.web.rules import refusal
from enclave.web.security.wall import Wall

FORM = 4 * 1024 * 1024
WHOLE_FILE = 64 * 1024 * 1024
_ENVELOPE = 64 * 1024
ALL_READ = "enclave.all_read"  # in the scope: nothing more will come, so waiting for more would be for ever


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Bytes for the paths of a method."""

    method: str
    path: re.Pattern[str]
    most: int


LIMITS = (
    Limit(method="PUT", path=re.compile(r"/api/uploads/\d+/parts"), most=LARGEST_PART),
    Limit(method="POST", path=re.compile(r"/lists"), most=LARGEST_LIST + _ENVELOPE),
    Limit(method="POST", path=re.compile(r"/datasets/[^/]+/upload"), most=WHOLE_FILE + _ENVELOPE),
)


class BodyLimit(Wall):
    """Refuses by the length a request declares, and stops one that grows beyond what is allowed."""

    def __init__(self, app: ASGIApp, *, limits: tuple[Limit, ...] = LIMITS) -> None:
        super().__init__(app)
        self._limits = limits

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = limit_for(scope["method"], scope["path"], limits=self._limits)
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > most:
            await refuse(scope, refusal("W-04"))(scope, receive, send)
            return
        arrived = 0

        async def counting() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > most:
                raise refusal("W-04")
            scope[ALL_READ] = not message.get("more_body", False)
            return message

        await self.inside(scope, counting, send)


def limit_for(method: str, path: str, *, limits: tuple[Limit, ...] = LIMITS) -> int:
    """The most bytes a request of that method to that path may carry."""
    return next((one.most for one in limits if one.method == method and one.path.fullmatch(path)), FORM)
