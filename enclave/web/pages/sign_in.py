"""Sign in with name, password and one-time code, all on one page; sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from enclave.identity.sessions import sign_out
from enclave.identity.sign_in import sign_in
from enclave.terms.errors import SignInError, TooManyTriesError
from enclave.web.access import check_token
from enclave.web.addresses import safe_path
from enclave.web.cookies import end_session, session_token, set_session
from enclave.web.forms import Form, read_form
from enclave.web.navigation import landing
from enclave.web.pages.come_back import kept_fields, send_again
from enclave.web.templating import render
from enclave.web.visitor import PortalDep, VisitorDep, visitor_of

router = APIRouter(include_in_schema=False)
Typed = Annotated[Form, Depends(read_form)]


@router.get("/login")
def ask(request: Request, visitor: VisitorDep, next: str = "/") -> Response:  # noqa: A002 - the word everybody uses in addresses
    """The form; somebody who is signed in already goes on."""
    if visitor.person is not None:
        return RedirectResponse(_onward(safe_path(next), landing(visitor)), status_code=303)
    return render(request, "login.html", ended=visitor.lapsed, error=None, name="", next=safe_path(next), resume_to="", resume="")


@router.post("/login")
def enter(request: Request, portal: PortalDep, form: Typed) -> Response:
    """Check and open a session. A form that was interrupted by the end of the last session is handed back, ready to be sent."""
    name = form.text("name").lower()
    try:
        _, token = sign_in(
            name=name, password="".join(form.all("password")), code=form.text("code").replace(" ", ""), ports=portal.identity
        )
    except (SignInError, TooManyTriesError) as error:
        return render(
            request,
            "login.html",
            status=error.status,
            ended=False,
            error=error,
            name=name[:40],
            next=safe_path(form.text("next")),
            resume_to=safe_path(form.text("resume_to")) if form.text("resume") else "",
            resume=form.text("resume"),
        )
    visitor = request.state.visitor = visitor_of(token, portal)
    fields = kept_fields(form)
    response = (
        send_again(request, to=safe_path(form.text("resume_to")), fields=fields)
        if fields
        else RedirectResponse(_onward(safe_path(form.text("next")), landing(visitor)), status_code=303)
    )
    set_session(request, response, token)
    return response


@router.post("/logout")
def leave(request: Request, portal: PortalDep, visitor: VisitorDep, form: Typed) -> Response:
    """End the session; for somebody whose session has ended already there is nothing left to do."""
    if visitor.person is not None:
        check_token(form.text("csrf"), visitor.csrf)
        sign_out(token=session_token(request), ports=portal.identity)
    response = RedirectResponse("/", status_code=303)
    end_session(request, response)
    return response


def _onward(wanted: str, start: str) -> str:
    return start if wanted == "/" else wanted
