"""What anyone may read: the register, for people and for machines, and how all this protects the people in the data."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from enclave.oversight.public_register import public_register
from enclave.terms.canonical import Json
from enclave.web.templating import render
from enclave.web.views.register import entry_views, leaving_lines, register_json, use_views
from enclave.web.visitor import PortalDep
from enclave.wiring.log import checkpoint_file
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.get("/register")
def register(request: Request, portal: PortalDep) -> Response:
    """Who uses which public data here, why, and what came of it."""
    found = public_register(ports=portal.oversight)
    uses, entries = use_views(found), entry_views(found)
    return render(
        request, "public/register.html", register=found, uses=uses, entries=entries, leaving=leaving_lines(found), sealed=_sealed(portal)
    )


@router.get("/register.json")
def register_for_machines(portal: PortalDep) -> Response:
    """The same as JSON."""
    return JSONResponse(register_json(public_register(ports=portal.oversight)))


@router.get("/register/checkpoints.txt")
def checkpoints(portal: PortalDep) -> Response:
    """Signed statements of how long the log was and where it ended, one a line: whoever keeps one finds a log that was rewritten or cut."""
    return PlainTextResponse("".join(f"{token}\n" for token in checkpoint_file(portal.settings).tokens()))


@router.get("/how-it-protects")
def how_it_protects(request: Request) -> Response:
    """What is promised, what it rests on, and what it does not protect from."""
    return render(request, "public/how_it_protects.html")


def _sealed(portal: Portal) -> dict[str, Json] | None:
    """What the newest checkpoint says."""
    tokens = checkpoint_file(portal.settings).tokens()
    return portal.verifier.claims(tokens[-1]) if tokens else None
