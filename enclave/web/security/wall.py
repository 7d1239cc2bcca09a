"""What every wall has in common: it looks at requests and lets the server's own messages (start, stop) pass."""

from __future__ import annotations

from abc import ABC, abstractmethod

from starlette.types import ASGIApp, Receive, Scope, Send


class Wall(ABC):
    """ASGI middleware that sees HTTP requests only. Websockets are refused: the portal has none."""

    def __init__(self, app: ASGIApp) -> None:
        self.inside = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.inside(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    @abstractmethod
    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, changed or not, or answer it here."""
