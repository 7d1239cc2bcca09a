"""Who may ask for which address: one table. A route that is not in it answers nobody.

Roles here open the door of a page; which agency, project or request somebody sees behind it is asked of the rooms. Custodians, for
example, enter ``/requests/{number}`` by role and are then refused by ``egress_review`` where they may not see that request.
"""

from __future__ import annotations

import hmac
from enum import Enum
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from enclave.governance.roles import Role
from enclave.web.forms import Form, read_form
from enclave.web.rules import refusal
from enclave.web.security.same_origin import READING
from enclave.web.visitor import VisitorDep


class Public(Enum):
    """Doors without a role."""

    ANYONE = "anyone"
    MEMBER = "anyone signed in"


Who: TypeAlias = Public | frozenset[Role]

ANYONE, MEMBER = Public.ANYONE, Public.MEMBER
OFFICER = frozenset({Role.DATA_OFFICER})
OWNERS = frozenset({Role.DATA_OFFICER, Role.CUSTODIAN, Role.SIGNATORY, Role.GOVERNANCE})
SIGNATORY = frozenset({Role.SIGNATORY})
ACTORS = frozenset({Role.DATA_OFFICER, Role.CUSTODIAN, Role.SIGNATORY})
SIGNERS = frozenset({Role.SIGNATORY, Role.GOVERNANCE})
RESEARCH = frozenset({Role.RESEARCHER, Role.LEAD})
GOVERNANCE = frozenset({Role.GOVERNANCE})
CUSTODIAN = frozenset({Role.CUSTODIAN})
EITHER_SIDE = RESEARCH | CUSTODIAN
OPERATOR = frozenset({Role.OPERATOR})
LOG = frozenset({Role.GOVERNANCE, Role.OPERATOR})

ACCESS: dict[tuple[str, str], Who] = {
    ("GET", "/"): ANYONE,
    ("GET", "/assets/{edition}/{name:path}"): ANYONE,
    ("GET", "/login"): ANYONE,
    ("POST", "/login"): ANYONE,
    ("POST", "/logout"): ANYONE,
    ("GET", "/api/session"): ANYONE,
    # The data officer: the desk, datasets, the way of an upload.
    ("GET", "/agency"): OFFICER,
    ("GET", "/agency/datasets"): OFFICER,
    ("POST", "/agency/datasets"): OFFICER,
    ("GET", "/datasets"): OWNERS,
    ("GET", "/datasets/{name}"): OWNERS,
    ("GET", "/datasets/{name}/dictionary.json"): OWNERS,
    ("POST", "/datasets/{name}/unasked"): OFFICER,
    ("POST", "/datasets/{name}/thaw"): CUSTODIAN,
    ("GET", "/datasets/{name}/versions/{number}"): OWNERS,
    ("GET", "/datasets/{name}/versions/{number}/erase"): OFFICER,
    ("POST", "/datasets/{name}/versions/{number}/erase"): OFFICER,
    ("POST", "/datasets/{name}/versions/{number}/close"): OFFICER,
    ("GET", "/datasets/{name}/erase"): OFFICER,
    ("POST", "/datasets/{name}/erase"): OFFICER,
    ("GET", "/datasets/{name}/upload"): OFFICER,
    ("POST", "/datasets/{name}/upload"): OFFICER,
    ("GET", "/uploads/{upload}"): OFFICER,
    ("GET", "/uploads/{upload}/progress"): OFFICER,
    ("POST", "/uploads/{upload}/withdraw"): OFFICER,
    ("GET", "/uploads/{upload}/columns"): OFFICER,
    ("POST", "/uploads/{upload}/columns"): OFFICER,
    ("POST", "/uploads/{upload}/dictionary"): OFFICER,
    ("GET", "/uploads/{upload}/bounds"): OFFICER,
    ("POST", "/uploads/{upload}/bounds"): OFFICER,
    ("GET", "/uploads/{upload}/size"): OFFICER,
    ("POST", "/uploads/{upload}/size"): OFFICER,
    ("GET", "/uploads/{upload}/confirm"): OFFICER,
    ("POST", "/uploads/{upload}/confirm"): OFFICER,
    ("GET", "/uploads/{upload}/plan.json"): OFFICER,
    ("GET", "/uploads/{upload}/risk"): OFFICER,
    ("POST", "/uploads/{upload}/risk"): OFFICER,
    ("GET", "/uploads/{upload}/risk.json"): OFFICER,
    ("POST", "/uploads/{upload}/measure"): OFFICER,
    ("GET", "/uploads/{upload}/texts/{column}/{page}"): OFFICER,
    ("POST", "/uploads/{upload}/texts/{column}/{page}"): OFFICER,
    ("POST", "/uploads/{upload}/reconsider"): OFFICER,
    ("GET", "/uploads/{upload}/rejected"): OFFICER,
    ("GET", "/uploads/{upload}/rejected.csv"): OFFICER,
    ("GET", "/uploads/{upload}/certificate"): OFFICER,
    ("GET", "/uploads/{upload}/certificate.json"): OFFICER,
    ("GET", "/lists"): OFFICER,
    ("POST", "/lists"): OFFICER,
    ("GET", "/lists/example.csv"): OFFICER,
    ("POST", "/lists/{number}/withdraw"): OFFICER,
    ("POST", "/lists/{number}/second"): OFFICER,
    ("POST", "/api/uploads"): OFFICER,
    ("GET", "/api/uploads/{upload}"): OFFICER,
    ("PUT", "/api/uploads/{upload}/parts"): OFFICER,
    ("POST", "/api/uploads/{upload}/finish"): OFFICER,
    # What anyone may read.
    ("GET", "/register"): ANYONE,
    ("GET", "/register.json"): ANYONE,
    ("GET", "/register/checkpoints.txt"): ANYONE,
    ("GET", "/how-it-protects"): ANYONE,
    # Agreements, projects, roles.
    ("GET", "/agreements"): SIGNERS,
    ("GET", "/agreements/{agreement}"): SIGNERS,
    ("GET", "/agreements/{agreement}/terms.json"): SIGNERS,
    ("POST", "/agreements/{agreement}/sign"): SIGNERS,
    ("POST", "/agreements/{agreement}/notice"): SIGNATORY,
    ("GET", "/stop"): ACTORS,
    ("POST", "/stop"): ACTORS,
    ("POST", "/stop/lift"): SIGNATORY,
    # Whoever has an account may apply; who sees which application is asked of the room.
    ("GET", "/applications"): MEMBER,
    ("GET", "/applications/new"): MEMBER,
    ("POST", "/applications/new"): MEMBER,
    ("GET", "/applications/{application}"): MEMBER,
    ("POST", "/applications/{application}/decide"): MEMBER,
    ("POST", "/applications/{application}/withdraw"): MEMBER,
    ("GET", "/governance"): GOVERNANCE,
    ("GET", "/governance/lists"): GOVERNANCE,
    ("POST", "/governance/lists/{number}/dispute"): GOVERNANCE,
    ("POST", "/governance/lists/{number}/withdraw"): GOVERNANCE,
    ("GET", "/governance/agreements"): GOVERNANCE,
    ("POST", "/governance/agreements"): GOVERNANCE,
    ("GET", "/governance/projects"): GOVERNANCE,
    ("POST", "/governance/projects"): GOVERNANCE,
    ("GET", "/governance/roles"): GOVERNANCE,
    ("POST", "/governance/roles"): GOVERNANCE,
    ("POST", "/governance/roles/end"): GOVERNANCE,
    ("GET", "/governance/keys"): GOVERNANCE,
    ("POST", "/governance/keys"): GOVERNANCE,
    ("GET", "/governance/agencies"): GOVERNANCE,
    ("POST", "/governance/agencies"): GOVERNANCE,
    # Research.
    ("GET", "/projects"): RESEARCH,
    ("GET", "/projects/{slug}"): RESEARCH,
    ("POST", "/projects/{slug}/notebook"): RESEARCH,
    ("GET", "/projects/{slug}/datasets/{name}"): RESEARCH,
    ("GET", "/projects/{slug}/datasets/{name}/dictionary.json"): RESEARCH,
    ("GET", "/projects/{slug}/datasets/{name}/dummy.csv"): RESEARCH,
    ("GET", "/projects/{slug}/datasets/{name}/synthetic.csv"): RESEARCH,
    ("POST", "/projects/{slug}/datasets/{name}/synthetic"): RESEARCH,
    # Files going out.
    ("GET", "/requests/{number}"): EITHER_SIDE,
    ("GET", "/requests/{number}/state"): EITHER_SIDE,
    ("POST", "/requests/{number}/withdraw"): RESEARCH,
    ("POST", "/requests/{number}/effects"): RESEARCH,
    ("GET", "/requests/{number}/files/{file}/download"): RESEARCH,
    ("GET", "/queue"): CUSTODIAN,
    ("GET", "/requests/{number}/files/{file}"): CUSTODIAN,
    ("GET", "/requests/{number}/files/{file}/picture"): CUSTODIAN,
    ("POST", "/requests/{number}/files/{file}/vote"): CUSTODIAN,
    ("POST", "/requests/{number}/release"): CUSTODIAN,
    ("POST", "/requests/{number}/revoke"): CUSTODIAN,
    ("POST", "/requests/{number}/reject"): CUSTODIAN,
    # Health and the log.
    ("GET", "/operator"): OPERATOR,
    ("GET", "/operator/log"): LOG,
    ("GET", "/audit"): LOG,
}

# These look at the token themselves: signing in has no session yet, signing out may find none, a streamed file is read as it comes.
OWN_PROOF = frozenset({("POST", "/login"), ("POST", "/logout"), ("POST", "/datasets/{name}/upload")})


def key_of(request: Request) -> tuple[str, str]:
    """The route that was found for this request."""
    return request.method, str(getattr(request.scope.get("route"), "path", ""))


def admit(request: Request, visitor: VisitorDep) -> None:
    """Refuse whoever the table does not name; a route that the table does not know does not exist."""
    who = ACCESS.get(key_of(request))
    if who is None:
        raise refusal("W-05")
    if who is ANYONE:
        return
    _ = visitor.known
    if isinstance(who, frozenset) and not who & visitor.roles:
        raise refusal("W-09")


async def genuine(request: Request, visitor: VisitorDep, _admitted: Annotated[None, Depends(admit)]) -> None:
    """Whatever changes something shows the session's own token, in a header or in the form (OWASP: synchronizer token)."""
    if request.method in READING or key_of(request) in OWN_PROOF:
        return
    shown = request.headers.get("x-csrf-token") or (await read_form(request)).text("csrf")
    check_token(shown, visitor.csrf)


def check_token(shown: str, expected: str) -> None:
    """Raise W-03 unless the token is the session's."""
    if not expected or not hmac.compare_digest(shown.encode(), expected.encode()):
        raise refusal("W-03")


async def posted(request: Request, _genuine: Annotated[None, Depends(genuine)]) -> Form:
    """The form of a request that is genuine."""
    return await read_form(request)


FormDep = Annotated[Form, Depends(posted)]
