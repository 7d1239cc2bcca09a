"""Whether somebody is signed in, for the script of an upload that goes on after the session was renewed."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from enclave.web.visitor import VisitorDep

router = APIRouter(tags=["session"])


class SessionState(BaseModel):
    """``token`` goes into the header X-CSRF-Token of every request that changes something; other sites cannot read it."""

    signed_in: bool
    token: str


@router.get("/api/session")
def session(visitor: VisitorDep) -> SessionState:
    """The state of the caller's session."""
    return SessionState(signed_in=visitor.person is not None, token=visitor.csrf)
