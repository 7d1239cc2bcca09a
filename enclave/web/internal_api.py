"""The door for the hub: who is this, where may they work, open a sandbox for them. On a unix socket, for the hub's uid alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from enclave.governance.permissions import check_project
from enclave.governance.project import Project
from enclave.identity.sandboxes import close_sandbox, open_sandbox
from enclave.identity.sessions import redeem_ticket
from enclave.identity.sign_in import prove
from enclave.terms.errors import EnclaveError, NotFoundError
from enclave.terms.person import Person
from enclave.wiring.portal import Portal


class Login(BaseModel):
    """What the hub's login page collected."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    password: str
    otp: str


class Ticket(BaseModel):
    """A ticket from the portal."""

    model_config = ConfigDict(extra="forbid", strict=True)
    ticket: str


class Opening(BaseModel):
    """Whose sandbox in which project."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    project: str


def internal_app(portal: Portal, *, listen: Callable[[int], Awaitable[str]], silence: Callable[[int], Awaitable[None]]) -> FastAPI:
    """``listen`` opens the API socket of a sandbox and returns its path, ``silence`` closes it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.exception_handler(EnclaveError)
    def refused(_request: Request, error: EnclaveError) -> JSONResponse:
        return JSONResponse({"rule": error.rule, "sentence": f"{error.sentence} {error.instead}".strip()}, status_code=error.status)

    @app.post("/internal/login")
    def login(body: Login) -> dict[str, Any]:
        return _who(prove(name=body.name.strip().lower(), password=body.password, code=body.otp, ports=portal.identity))

    @app.post("/internal/ticket")
    def ticket(body: Ticket) -> dict[str, Any]:
        return _who(redeem_ticket(ticket=body.ticket, ports=portal.identity))

    @app.get("/internal/people/{name}/projects")
    def projects(name: str) -> list[dict[str, Any]]:
        person = _person(portal, name)
        return [
            {"id": one.id, "slug": one.slug, "title": one.title, "ends": one.ends.isoformat()} for one in _open_projects(portal, person)
        ]

    @app.post("/internal/sandboxes")
    async def start(body: Opening) -> dict[str, Any]:
        project, sandbox, token = await run_in_threadpool(_open, portal, body)
        return {
            "sandbox": sandbox,
            "api_socket": await listen(sandbox),
            "token": token,
            "project": project.slug,
            "title": project.title,
        }

    @app.post("/internal/sandboxes/{sandbox}/stopped")
    async def stopped(sandbox: int) -> Response:
        await run_in_threadpool(lambda: close_sandbox(sandbox=sandbox, ports=portal.identity))
        await silence(sandbox)
        return Response(status_code=204)

    return app


def _open(portal: Portal, body: Opening) -> tuple[Project, int, str]:
    person = _person(portal, body.name)
    project = next((one for one in _open_projects(portal, person) if one.slug == body.project), None)
    if project is None:
        raise NotFoundError(rule="G-01", sentence="You have no project of that name.", instead="Ask the project's lead to add you.")
    sandbox, token = open_sandbox(by=person, project=project.id, ports=portal.identity)
    return project, sandbox.id, token


def _person(portal: Portal, name: str) -> Person:
    with portal.transactions.begin() as work:
        account = work.accounts.by_name(name)
    if account is None:
        raise NotFoundError(rule="I-07", sentence="There is nobody of that name.")
    return account.person


def _open_projects(portal: Portal, person: Person) -> list[Project]:
    """The projects where this person may work today."""
    found = []
    with portal.transactions.begin() as work:
        for grant in work.grants.of(person.id):
            if grant.project is not None:
                try:
                    project, _ = check_project(person, grant.project, today=portal.queries.clock().date(), work=work)
                except EnclaveError:
                    continue
                if project not in found:
                    found.append(project)
    return found


def _who(person: Person) -> dict[str, Any]:
    return {"person": person.id, "name": person.name, "display": person.display}
