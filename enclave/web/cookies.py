"""The session cookie: for this host alone, out of reach of scripts, not sent along from other sites."""

from __future__ import annotations

from fastapi import Request, Response

from enclave.identity.sign_in import SESSION


def session_token(request: Request) -> str:
    """The token in the cookie, or nothing."""
    return request.cookies.get(_name(request), "")


def set_session(request: Request, response: Response, token: str) -> None:
    """Hand the token over. No ``Domain``: the hub is another host and never sees it (RFC 6265, 5.3)."""
    response.set_cookie(
        _name(request), token, max_age=int(SESSION.total_seconds()), path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def end_session(request: Request, response: Response) -> None:
    """Take it back."""
    response.delete_cookie(_name(request), path="/", secure=_secure(request), httponly=True, samesite="lax")


def _name(request: Request) -> str:
    """Over https the prefix makes browsers refuse a cookie that another host or plain http tried to set."""
    return "__Host-enclave" if _secure(request) else "enclave"


def _secure(request: Request) -> bool:
    address: str = request.app.state.portal.settings.address_of("portal")
    return address.startswith("https:")
