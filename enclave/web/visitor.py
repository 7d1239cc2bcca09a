"""Who is asking: the person behind the session cookie, with their roles; or anyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from enclave.governance.roles import Grant, Role
from enclave.identity.sessions import current
from enclave.terms.person import Person
from enclave.web.cookies import session_token
from enclave.web.rules import refusal
from enclave.wiring.portal import Portal


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """``person`` is ``None`` for anyone not signed in; ``lapsed`` then says that there was a session."""

    person: Person | None = None
    csrf: str = ""
    grants: tuple[Grant, ...] = ()
    lapsed: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """Every role the person holds anywhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def known(self) -> Person:
        """The person; raises the refusal that leads to the sign-in page."""
        if self.person is None:
            raise refusal("W-11" if self.lapsed else "W-01")
        return self.person


def the_portal(request: Request) -> Portal:
    """The wired rooms."""
    portal: Portal = request.app.state.portal
    return portal


def the_visitor(request: Request, portal: Annotated[Portal, Depends(the_portal)]) -> Visitor:
    """Find the person behind the cookie. Pages find the visitor on ``request.state`` too, for their navigation."""
    visitor = visitor_of(session_token(request), portal)
    request.state.visitor = visitor
    return visitor


def visitor_of(token: str, portal: Portal) -> Visitor:
    """The person behind a session token."""
    found = current(token=token, ports=portal.identity) if token else None
    if found is None:
        return Visitor(lapsed=bool(token))
    with portal.transactions.begin() as work:
        return Visitor(person=found[0], csrf=found[1].csrf, grants=tuple(work.grants.of(found[0].id)))


def the_person(visitor: Annotated[Visitor, Depends(the_visitor)]) -> Person:
    """The signed-in person; whether they may is asked of the access table and of the rooms."""
    return visitor.known


PortalDep = Annotated[Portal, Depends(the_portal)]
VisitorDep = Annotated[Visitor, Depends(the_visitor)]
PersonDep = Annotated[Person, Depends(the_person)]
