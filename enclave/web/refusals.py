"""A refusal as people read it: a page with rule, sentence and what would be allowed; JSON for scripts."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.types import Scope

from enclave.terms.errors import EnclaveError
from enclave.web.addresses import referring, safe_path
from enclave.web.templating import render


def refuse(scope: Scope, error: EnclaveError) -> Response:
    """The response for a refusal, in the form the asker reads."""
    request = Request(scope)
    if wants_json(request):
        return JSONResponse(error.as_json(), status_code=error.status)
    return render(request, "refusal.html", status=error.status, error=error, back=_back(request), form_was_sent=request.method != "GET")


def wants_json(request: Request) -> bool:
    """Scripts call addresses below /api or say that they read JSON."""
    return request.url.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json")


def _back(request: Request) -> str:
    """A reading request is tried again at its own address; after any other the person goes back to where the form was."""
    if request.method == "GET":
        return safe_path(request.url.path) if request.url.path != "/" else ""
    found = referring(request)
    return found if found != "/" else ""
