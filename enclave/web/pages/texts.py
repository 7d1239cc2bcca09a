"""Redacted texts, a page at a time, for the officer who decides whether anything of them may be used."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.catalogue.judge_texts import judge_texts
from enclave.catalogue.text_review import LIMIT, reviews_of
from enclave.web.access import FormDep
from enclave.web.pages.uploads import own
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(include_in_schema=False)


@router.get("/uploads/{upload}/texts/{column}/{page}")
def texts(request: Request, upload: int, *, column: int, page: int, portal: PortalDep, person: PersonDep) -> Response:
    """One page of a column's sample. Column and page count from 1, as people do. That it was opened is in the log."""
    found, dataset = own(portal, person, upload)
    review = reviews_of(found).get(column - 1)
    if review is None or found.declaration is None:
        raise refusal("W-05")
    cells = portal.texts(by=person, upload=upload, column=column - 1, page=page - 1)
    return render(
        request,
        "upload/texts.html",
        upload=found,
        dataset=dataset,
        header=found.declaration.columns[column - 1].header,
        column=column,
        page=page,
        review=review,
        limit=round(LIMIT * 100),
        cells=cells,
        judged=review.leaks.get(page - 1),
    )


@router.post("/uploads/{upload}/texts/{column}/{page}")
def judge(upload: int, *, column: int, page: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep how many were ticked and go on to the next page that nobody has judged, or back to the risk."""
    review = judge_texts(
        by=person, upload=upload, column=column - 1, page=page - 1, leaks=len(set(form.all("leaks"))), ports=portal.catalogue
    )
    following = review.next_page
    address = f"/uploads/{upload}/risk#texts" if following is None else f"/uploads/{upload}/texts/{column}/{following + 1}"
    return RedirectResponse(address, status_code=303)
