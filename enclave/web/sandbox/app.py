"""The application behind one sandbox's socket."""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from enclave.terms.errors import EnclaveError
from enclave.terms.submission import LARGEST_FILE, MOST_FILES
from enclave.web.sandbox import copies, outputs, questions
from enclave.web.security.at_once import AtOnce
from enclave.web.security.body_limit import BodyLimit, Limit
from enclave.wiring.portal import Portal

AT_ONCE = 8
# Researcher's code sends what it likes: without a limit the portal would hold all of it in memory, token or not.
LIMITS = (Limit(method="POST", path=re.compile(r"/api/egress"), most=MOST_FILES * LARGEST_FILE + 1024 * 1024),)


def sandbox_app(portal: Portal, *, sandbox: int) -> FastAPI:
    """Everything a notebook of this sandbox may call."""
    app = FastAPI(title="Enclave, from a notebook", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.portal = portal
    app.state.sandbox = sandbox
    for part in (questions, copies, outputs):
        app.include_router(part.router, prefix="/api")
    app.add_middleware(BodyLimit, limits=LIMITS)
    app.add_middleware(AtOnce, most=AT_ONCE)

    @app.exception_handler(EnclaveError)
    def refused(_request: Request, error: EnclaveError) -> JSONResponse:
        return JSONResponse(error.as_json(), status_code=error.status)

    @app.exception_handler(Exception)
    def unforeseen(_request: Request, _error: Exception) -> JSONResponse:
        sorry = EnclaveError(
            rule="E-00", sentence="Something went wrong inside the enclave.", instead="Try again; tell the operator if it stays."
        )
        return JSONResponse(sorry.as_json(), status_code=500)

    return app
