"""The hub's questions to the portal, over the portal's internal socket. The hub knows people and projects only by asking.

| question | answer |
|---|---|
| POST /internal/login {name, password, otp} | 200 {person, name, display}, 401 or 429 {sentence} |
| POST /internal/ticket {ticket} | 200 {person, name, display}, 401 |
| GET /internal/people/NAME/projects | 200 [{id, slug, title, ends}], 404 for nobody of that name |
| POST /internal/sandboxes {name, project} | 200 {sandbox, api_socket, token, project, title}, 403 {rule, sentence} |
| POST /internal/sandboxes/ID/stopped | 204 |

The portal knows the hub by the uid of whoever holds the other end of the socket.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=20)


class PortalRefused(Exception):  # noqa: N818 - an answer
    """The portal said no; its sentence may be shown to the person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class PortalAway(Exception):  # noqa: N818 - a state
    """The portal does not answer, or not in the agreed form."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person who has just proved who they are."""

    person: int
    name: str
    display: str


@dataclass(frozen=True, kw_only=True)
class ProjectLine:
    """One project a person may work in. `ends` is a date in ISO form, or empty."""

    id: int
    slug: str
    title: str
    ends: str


@dataclass(frozen=True, kw_only=True)
class Pass:
    """What a sandbox needs to reach the enclave's API: its number, the socket the portal listens on for it, and the token for it."""

    sandbox: int
    api_socket: Path
    token: str
    project: str
    title: str

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self:
        return cls(
            sandbox=int(raw["sandbox"]),
            api_socket=Path(raw["api_socket"]),
            token=str(raw["token"]),
            project=str(raw["project"]),
            title=str(raw["title"]),
        )


@dataclass(frozen=True, kw_only=True)
class Portal:
    """The portal, reached at `socket`. Every method raises PortalRefused or PortalAway."""

    socket: Path

    async def login(self, *, name: str, password: str, otp: str) -> Member:
        raw = await self._ask("POST", "/internal/login", {"name": name, "password": password, "otp": otp})
        return _member(raw)

    async def redeem(self, ticket: str) -> Member:
        raw = await self._ask("POST", "/internal/ticket", {"ticket": ticket})
        return _member(raw)

    async def projects(self, name: str) -> tuple[ProjectLine, ...]:
        raw = await self._ask("GET", f"/internal/people/{quote(name, safe='')}/projects")
        return tuple(_project(line) for line in _shaped(raw, list))

    async def open_sandbox(self, *, name: str, project: str) -> Pass:
        raw = _shaped(await self._ask("POST", "/internal/sandboxes", {"name": name, "project": project}), dict)
        try:
            return Pass.read(raw)
        except (KeyError, TypeError, ValueError) as error:
            raise PortalAway("The portal's answer has another form than agreed.") from error

    async def sandbox_stopped(self, sandbox: int) -> None:
        await self._ask("POST", f"/internal/sandboxes/{sandbox}/stopped")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        try:
            async with (
                aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(self.socket)), timeout=PATIENCE) as session,
                session.request(method, f"http://portal{path}", json=body, allow_redirects=False) as response,
            ):
                raw = None if response.status == 204 else await response.json()
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise PortalAway("The portal does not answer.") from error
        if response.status in (401, 403, 404, 429):
            raise PortalRefused(response.status, _sentence(raw))
        if response.status not in (200, 204):
            raise PortalAway("The portal could not answer.")
        return raw


def _sentence(raw: object) -> str:
    found = raw.get("sentence") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else "The portal refused this."


def _shaped(raw: object, kind: type) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(raw, kind):
        raise PortalAway("The portal's answer has another form than agreed.")
    return raw


def _member(raw: object) -> Member:
    found = _shaped(raw, dict)
    try:
        return Member(person=int(found["person"]), name=str(found["name"]), display=str(found["display"]))
    except (KeyError, TypeError, ValueError) as error:
        raise PortalAway("The portal's answer has another form than agreed.") from error


def _project(raw: object) -> ProjectLine:
    found = _shaped(raw, dict)
    try:
        return ProjectLine(id=int(found["id"]), slug=str(found["slug"]), title=str(found["title"]), ends=str(found.get("ends") or ""))
    except (KeyError, TypeError, ValueError) as error:
        raise PortalAway("The portal's answer has another form than agreed.") from error
