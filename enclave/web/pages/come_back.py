"""When a session ended under somebody's hands: nothing they typed is lost, and after signing in they are where they were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from enclave.terms.errors import EnclaveError
from enclave.web.addresses import referring, safe_path
from enclave.web.forms import Form, read_form
from enclave.web.refusals import wants_json
from enclave.web.security.body_limit import ALL_READ
from enclave.web.templating import render

_SIGN_IN, _OLD_PAGE = frozenset({"W-01", "W-11"}), "W-03"


async def ask_again(request: Request, error: EnclaveError) -> Response | None:
    """The friendly way on for a session that ended or a page that is older than the session; ``None`` where there is none."""
    if wants_json(request) or error.rule not in _SIGN_IN | {_OLD_PAGE}:
        return None
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": _to_sign_in(referring(request))})
    if request.method == "GET":
        return RedirectResponse(_to_sign_in(here), status_code=303)
    form = await _typed(request)
    if error.rule == _OLD_PAGE:
        return send_again(request, to=request.url.path, fields=form.fields, files=bool(form.files), status=403)
    kept = "" if form.files else json.dumps(_without_token(form))
    return render(
        request,
        "login.html",
        status=401,
        ended=True,
        error=None,
        name="",
        next=referring(request),
        resume_to=request.url.path,
        resume=kept,
    )


async def _typed(request: Request) -> Form:
    """What was typed. A form with files is read to its end and let go: its files cannot be kept, and without reading the browser shows an error."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await read_form(request)
    if not request.scope.get(ALL_READ, False):
        async for _ in request.stream():
            pass
    return Form(files={"": b""})


def send_again(request: Request, *, to: str, fields: Mapping[str, tuple[str, ...]], files: bool = False, status: int = 200) -> Response:
    """A page that holds what was typed and sends it on one press, now with the token of the new session."""
    pairs = [(name, value) for name, values in fields.items() if name != "csrf" for value in values]
    return render(request, "send_again.html", status=status, to=to, pairs=pairs, files=files, back=referring(request))


def kept_fields(form: Form) -> dict[str, tuple[str, ...]]:
    """What the sign-in page carried along; nothing where it is malformed."""
    try:
        body = json.loads(form.text("resume") or "{}")
        return {str(name): tuple(str(value) for value in values) for name, values in body.items()}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return {}


def _without_token(form: Form) -> dict[str, list[str]]:
    return {name: list(values) for name, values in form.fields.items() if name != "csrf"}


def _to_sign_in(path: str) -> str:
    return f"/login?next={quote(safe_path(path), safe='/')}"
