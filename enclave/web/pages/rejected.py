"""Which rows of a file cannot be read: on a page, and as a file for whoever mends them at their source."""

from __future__ import annotations

import csv
import io

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enclave.web.pages.uploads import own
from enclave.web.templating import render
from enclave.web.views.rejected import csv_lines, rejected_view
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(include_in_schema=False)


@router.get("/uploads/{upload}/rejected")
def rejected(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """How many for which reason, and the first lines of each."""
    found, dataset = own(portal, person, upload)
    return render(request, "upload/rejected.html", upload=found, dataset=dataset, view=rejected_view(found))


@router.get("/uploads/{upload}/rejected.csv")
def rejected_csv(upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """The same list to take away: lines, columns and reasons, nothing of the data."""
    found, _ = own(portal, person, upload)
    out = io.StringIO()
    csv.writer(out).writerows(csv_lines(found))
    return Response(out.getvalue(), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="rejected-{upload}.csv"'})
