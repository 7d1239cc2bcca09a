"""The researcher's pages: projects, what may be asked, what is left, and the way into the notebook."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.egress_review.visibility import of_project
from enclave.governance.permissions import check_project
from enclave.identity.sessions import new_ticket
from enclave.oversight.project_page import my_projects, project_page
from enclave.web.access import FormDep
from enclave.web.security.headers import content_policy
from enclave.web.templating import render
from enclave.web.views.projects import project_view
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(prefix="/projects", include_in_schema=False)


@router.get("")
def projects(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """Which projects am I in?"""
    return render(request, "projects/list.html", projects=my_projects(by=person, ports=portal.oversight))


@router.get("/{slug}")
def project(request: Request, slug: str, portal: PortalDep, person: PersonDep) -> Response:
    """What may I ask, what is left, where are my outputs?"""
    page = project_page(by=person, slug=slug, ports=portal.oversight)
    requests = of_project(by=person, project=page.project.id, ports=portal.egress)
    # The button leads to the hub by a redirect, and browsers check where a form leads in the end.
    policy = content_policy(form_to=(portal.settings.address_of("hub"),))
    return render(request, "projects/project.html", view=project_view(page, requests), headers={"Content-Security-Policy": policy})


@router.post("/{slug}/notebook")
def notebook(slug: str, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Hand the person over to the hub with a ticket that works once, within thirty seconds."""
    page = project_page(by=person, slug=slug, ports=portal.oversight)
    with portal.transactions.begin() as work:
        check_project(person, page.project.id, today=portal.governance.clock().date(), work=work)
    ticket = new_ticket(by=person, ports=portal.identity)
    query = urlencode({"ticket": ticket, "project": page.project.slug})
    return RedirectResponse(f"{portal.settings.address_of('hub')}/hub/ticket?{query}", status_code=303)
