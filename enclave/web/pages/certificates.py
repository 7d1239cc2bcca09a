"""Certificates of erasure: on a page to read, and as a file that anybody can check without the enclave."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from enclave.terms.canonical import Json
from enclave.web.pages.uploads import own
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.get("/uploads/{upload}/certificate")
def certificate(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What was erased of an upload and of the version it became, and when."""
    found, dataset = own(portal, person, upload)
    signed = _signed(portal, found.report)
    if not signed:
        raise refusal("W-05")
    return render(request, "upload/certificate.html", upload=found, dataset=dataset, certificates=[claims for claims, _ in signed])


@router.get("/uploads/{upload}/certificate.json")
def certificate_json(upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """The signed certificates with the public key; ``docs/reference/erasure.md`` says how to check them."""
    found, _ = own(portal, person, upload)
    signed = _signed(portal, found.report)
    if not signed:
        raise refusal("W-05")
    key = portal.settings.folder("public", "signing.pub").read_bytes().hex()
    body = {
        "format": "enclave-certificates/1",
        "public_key": key,
        "certificates": [{"claims": claims, "token": token} for claims, token in signed],
    }
    return JSONResponse(body, headers={"Content-Disposition": f'attachment; filename="erasure-{upload}.json"'})


def _signed(portal: Portal, report: dict[str, Json] | None) -> list[tuple[dict[str, Json], str]]:
    tokens = [str((report or {})[name]) for name in ("certificate", "version_certificate") if name in (report or {})]
    return [(claims, token) for token in tokens if (claims := portal.verifier.claims(token)) is not None]
