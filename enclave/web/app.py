"""The portal for browsers: pages, their small API, and the walls around both."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from enclave.terms.errors import EnclaveError
from enclave.web import assets
from enclave.web.access import genuine
from enclave.web.api import session, uploads
from enclave.web.pages import (
    agency,
    agreements,
    applications,
    certificates,
    confirm,
    declare,
    front,
    governance,
    leaving,
    lists,
    people,
    project_data,
    projects,
    public,
    rejected,
    requests,
    retire,
    review,
    sign_in,
    system,
    texts,
    weigh,
)
from enclave.web.pages import uploads as upload_pages
from enclave.web.pages.come_back import ask_again
from enclave.web.refusals import refuse
from enclave.web.rules import refusal
from enclave.web.security.body_limit import BodyLimit
from enclave.web.security.headers import SecurityHeaders
from enclave.web.security.hosts import OneHost, host_name
from enclave.web.security.same_origin import SameOrigin
from enclave.web.security.unforeseen import Unforeseen
from enclave.wiring.portal import Portal

ROUTERS = (
    assets.router,
    front.router,
    public.router,
    sign_in.router,
    agency.router,
    retire.router,
    upload_pages.router,
    declare.router,
    confirm.router,
    weigh.router,
    texts.router,
    certificates.router,
    rejected.router,
    lists.router,
    agreements.router,
    leaving.router,
    applications.router,
    governance.router,
    people.router,
    projects.router,
    project_data.router,
    requests.router,
    review.router,
    system.router,
    session.router,
    uploads.router,
)


def portal_app(portal: Portal) -> FastAPI:
    """The application for the host ``portal``; every request passes the access table and, if it changes something, shows its token."""
    app = FastAPI(
        title="Enclave",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(genuine)],
    )
    app.state.portal = portal
    for router in ROUTERS:
        app.include_router(router)
    _refusals(app)
    _walls(app, address=portal.settings.address_of("portal"))
    return app


def _walls(app: FastAPI, *, address: str) -> None:
    """The last one added is the outermost."""
    app.add_middleware(BodyLimit)
    app.add_middleware(SameOrigin)
    app.add_middleware(OneHost, host=host_name(address.partition("://")[2]), address=address)
    app.add_middleware(Unforeseen)
    app.add_middleware(SecurityHeaders)


def _refusals(app: FastAPI) -> None:
    """Whatever refuses a request, it looks the same. What the framework says of a request could quote it, so it is not shown."""

    @app.exception_handler(EnclaveError)
    async def refused(request: Request, error: EnclaveError) -> Response:
        return await ask_again(request, error) or refuse(request.scope, error)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        return refuse(request.scope, refusal({404: "W-05", 405: "W-06"}.get(error.status_code, "W-07")))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, _error: RequestValidationError) -> Response:
        return refuse(request.scope, refusal("W-07"))
