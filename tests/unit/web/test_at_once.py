"""How many requests one door answers at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from enclave.settings.settings import Settings
from enclave.web.security.at_once import AtOnce

APP = SimpleNamespace(state=SimpleNamespace(portal=SimpleNamespace(settings=Settings(home=Path("/nowhere")))))


class Door:
    """An application that answers when told to, behind the wall."""

    def __init__(self, most: int) -> None:
        self.go_on = asyncio.Event()
        self.wall = AtOnce(self.answer, most=most)

    async def answer(self, scope: Any, _receive: Any, send: Any) -> None:
        await self.go_on.wait()
        if scope["path"] == "/api/raise":
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def ask(self, path: str = "/api/queries") -> int:
        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b"", "app": APP}
        await self.wall(scope, receive, send)
        return int(said[0]["status"])


@pytest.mark.parametrize("path", ["/api/queries", "/api/raise"])
def test_one_too_many_is_refused_at_once_and_the_door_opens_again(path: str) -> None:
    async def story() -> None:
        door = Door(most=3)
        under_way = [asyncio.create_task(door.ask(path)) for _ in range(3)]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(door.ask(), 1) == 429
        door.go_on.set()
        await asyncio.gather(*under_way, return_exceptions=True)
        assert await door.ask() == 200

    asyncio.run(story())
