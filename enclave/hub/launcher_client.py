"""The hub's side of the launcher's socket."""

import asyncio
import json
from pathlib import Path
from typing import Any

PATIENCE = 30.0


class LauncherRefused(Exception):  # noqa: N818 - an answer
    """The launcher said no; its sentence may be shown to the person."""


class LauncherAway(Exception):  # noqa: N818 - a state
    """The launcher does not answer."""


async def ask(path: Path, do: str, **more: object) -> dict[str, Any]:
    """One request, one answer. Raises LauncherRefused or LauncherAway."""
    try:
        reply = await asyncio.wait_for(_exchange(path, json.dumps({"do": do, **more}).encode()), PATIENCE)
        answer: dict[str, Any] = json.loads(reply)
    except (OSError, TimeoutError, ValueError) as error:
        raise LauncherAway("The launcher of notebooks does not answer.") from error
    if "error" in answer:
        raise LauncherRefused(str(answer["error"]))
    return answer


async def _exchange(path: Path, line: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(line + b"\n")
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()
