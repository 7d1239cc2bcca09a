"""The application behind one sandbox's socket."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from enclave.terms.errors import EnclaveError
from enclave.web.sandbox import copies, outputs, questions
from enclave.wiring.portal import Portal


def sandbox_app(portal: Portal, *, sandbox: int) -> FastAPI:
    """Everything a notebook of this sandbox may call."""
    app = FastAPI(title="Enclave, from a notebook", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.portal = portal
    app.state.sandbox = sandbox
    for part in (questions, copies, outputs):
        app.include_router(part.router, prefix="/api")

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
