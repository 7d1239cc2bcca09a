"""Headers that every response carries: the browser enforces them even when a page has a hole.

Nothing inline runs, nothing loads from elsewhere, nobody frames a page, and pages with data stay in no cache.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from enclave.web.security.wall import Wall


def content_policy(*, form_to: tuple[str, ...] = ()) -> str:
    """The content security policy (W3C CSP 3). ``form_to`` are origins a form may lead to besides our own: browsers check redirects too."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "font-src 'self'",  # there are none; but Chromium complains about each that the vendored style sheet mentions
            " ".join(("form-action", "'self'", *form_to)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


# For a picture or text that somebody else made: as an own origin, without scripts, forms or anything loaded.
INERT_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "x-frame-options": "DENY",
}
UNLESS_SET = {"content-security-policy": content_policy(), "cache-control": "no-store"}


class SecurityHeaders(Wall):
    """Sets them on every response; a page may set a policy or a cache rule of its own."""

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                for name, value in UNLESS_SET.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.inside(scope, receive, send_with_headers)
