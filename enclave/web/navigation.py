"""One navigation per role: what a person is here for comes first, and nobody sees a link that would refuse them."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.governance.roles import Role
from enclave.web.visitor import Visitor


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page that somebody's work starts from."""

    text: str
    href: str
    roles: frozenset[Role]


# In the order in which a person with several roles lands: where others wait comes first. Nobody's work starts from ``MORE``.
PLACES = (
    Place(text="Review queue", href="/queue", roles=frozenset({Role.CUSTODIAN})),
    Place(text="Your data", href="/agency", roles=frozenset({Role.DATA_OFFICER})),
    Place(text="Projects", href="/projects", roles=frozenset({Role.RESEARCHER, Role.LEAD})),
    Place(text="Governance", href="/governance", roles=frozenset({Role.GOVERNANCE})),
    Place(text="Agreements", href="/agreements", roles=frozenset({Role.SIGNATORY, Role.GOVERNANCE})),
    Place(text="System", href="/operator", roles=frozenset({Role.OPERATOR})),
    Place(text="Log", href="/audit", roles=frozenset({Role.GOVERNANCE, Role.OPERATOR})),
)
MORE = (
    Place(
        text="Applications",
        href="/applications",
        roles=frozenset({Role.CUSTODIAN, Role.SIGNATORY, Role.GOVERNANCE, Role.RESEARCHER, Role.LEAD}),
    ),
    Place(text="Datasets", href="/datasets", roles=frozenset({Role.CUSTODIAN, Role.SIGNATORY, Role.GOVERNANCE})),
)
PUBLIC = (
    Place(text="Public register", href="/register", roles=frozenset()),
    Place(text="How it protects people", href="/how-it-protects", roles=frozenset()),
)


def navigation(visitor: Visitor, *, path: str) -> list[dict[str, str | bool]]:
    """The links at the top, the current one marked."""
    own = [place for place in (*PLACES, *MORE) if place.roles & visitor.roles]
    return [
        {"text": place.text, "href": place.href, "active": path == place.href or path.startswith(f"{place.href}/")}
        for place in (*own, *PUBLIC)
    ]


def landing(visitor: Visitor) -> str:
    """Where a person's work starts; the front page for somebody without a role."""
    return next((place.href for place in PLACES if place.roles & visitor.roles), "/")
