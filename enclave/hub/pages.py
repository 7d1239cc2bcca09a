"""The hub's own few pages: a person's projects, the way in by ticket, and what stands in place of pages that are not for here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.handlers.static import CacheControlStaticFilesHandler
from tornado import web

from enclave.hub.portal_client import Portal, PortalAway, PortalRefused, ProjectLine
from enclave.hub.server_names import server_name
from enclave.terms.names import is_project_slug

STATIC = Path(__file__).parent / "static"
PROJECTS = "projects"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One line of the page: a project, where its notebook opens, and whether it runs."""

    project: ProjectLine
    server: str
    address: str
    running: bool


def offers(mine: tuple[ProjectLine, ...], *, hub: str, person: str, running: Mapping[str, bool]) -> tuple[Offer, ...]:
    """What to show, in the portal's order."""
    return tuple(
        Offer(
            project=line,
            server=server_name(line.slug),
            address=f"{hub}spawn/{quote(person, safe='@~')}/{server_name(line.slug)}",
            running=running.get(server_name(line.slug), False),
        )
        for line in mine
    )


def after_ticket(hub: str, *, person: str, project: str) -> str:
    """Where a person goes who came by ticket: into the notebook of the project they chose, else to the page of their projects.

    Whether they may is asked of the portal when the notebook starts, as for everybody.
    """
    if not is_project_slug(project):
        return f"{hub}{PROJECTS}"
    return f"{hub}spawn/{quote(person, safe='@~')}/{server_name(project)}"


class ProjectsHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub carries no types
    """GET: what may I open? POST: stop one."""

    portal: ClassVar[Portal]

    @web.authenticated
    async def get(self) -> None:
        await self._show()

    @web.authenticated
    async def post(self) -> None:
        name = self.get_body_argument("stop")
        user = self.current_user
        if name in user.spawners and user.spawners[name].ready:
            await self.stop_single_user(user, name)
        self.redirect(f"{self.hub.base_url}{PROJECTS}", status=303)

    async def _show(self) -> None:
        user, sentence = self.current_user, ""
        mine: tuple[ProjectLine, ...] = ()
        try:
            mine = await self.portal.projects(user.name)
        except (PortalRefused, PortalAway):
            sentence = "Your projects cannot be shown just now. Try again in a minute."
        running = {name: bool(spawner.active) for name, spawner in user.spawners.items()}
        lines = offers(mine, hub=self.hub.base_url, person=user.name, running=running)
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.render_template("projects.html", offers=lines, sentence=sentence, xsrf=self.xsrf_token.decode("ascii")))


class TicketHandler(LoginHandler):  # type: ignore[misc]  # JupyterHub carries no types
    """A person signed in at the portal arrives with a ticket: single use, 30 seconds, checked by the portal."""

    async def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        # A picture or a script on somebody's page must not sign anybody in; an address followed by a person may.
        if self.request.headers.get("Sec-Fetch-Dest", "document") != "document":
            raise web.HTTPError(403)
        user = await self.login_user({"ticket": self.get_query_argument("ticket", "")})
        if user is None:
            raise web.HTTPError(403, "This way in has expired. Go back to the portal and follow the link again.")
        self._jupyterhub_user = user
        self.redirect(after_ticket(self.hub.base_url, person=user.name, project=self.get_query_argument("project", "")))

    async def post(self) -> None:
        raise web.HTTPError(405)

    def _request_summary(self) -> str:
        """How a refusal is logged: without the ticket."""
        return f"{self.request.method} {self.request.path}"


class ToProjectsHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub carries no types
    """In place of the hub's home page and of a start without a project."""

    @web.authenticated
    def get(self) -> None:
        self.redirect(f"{self.hub.base_url}{PROJECTS}")


class ClosedHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub carries no types
    """Administration and tokens are closed at the proxy already; this closes them once more."""

    def _refuse(self) -> None:
        raise web.HTTPError(403, "This part of the notebook service is not open to browsers.")

    get = post = put = patch = delete = _refuse


def handlers() -> list[Any]:
    """Patterns below /hub, in front of the hub's own."""
    return [
        (r"/projects/?", ProjectsHandler),
        (r"/ticket/?", TicketHandler),
        (r"/(?:home|spawn)/?", ToProjectsHandler),
        (r"/spawn/[^/]+/?", ToProjectsHandler),
        (r"/(?:admin|token|shares|accept-share)(?:/.*)?", ClosedHandler),
        (r"/enclave/(.*)", CacheControlStaticFilesHandler, {"path": str(STATIC)}),
    ]
