"""The front page: what this is, for anyone; where their work starts, for whoever is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.web.navigation import landing
from enclave.web.templating import render
from enclave.web.visitor import VisitorDep

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request, visitor: VisitorDep) -> Response:
    """Somebody with a role goes on to it; somebody without one is told so."""
    start = landing(visitor)
    return RedirectResponse(start, status_code=303) if start != "/" else render(request, "front.html")
