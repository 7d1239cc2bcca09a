"""A dataset of a project: its public schema, invented rows to practise on, and the synthetic copy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from enclave.governance.permissions import check_may_ask
from enclave.oversight.project_page import Offered, ProjectPage, project_page
from enclave.synthetic.dummy import obtain_dummy
from enclave.synthetic.obtain import obtain
from enclave.synthetic.preview import Offer, preview
from enclave.synthetic.request_fit import request_fit
from enclave.synthetic.rows import Rows
from enclave.synthetic.standing import standing
from enclave.terms.answer import Cell
from enclave.terms.errors import EnclaveError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.spreadsheet import inert
from enclave.web.access import FormDep
from enclave.web.addresses import dataset_name
from enclave.web.pages.agency import dictionary_file
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.copies import CopyView, copy_view
from enclave.web.views.projects import offered_view
from enclave.web.views.schemas import column_views
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(prefix="/projects", include_in_schema=False)
MOST_ROWS = 100_000
DUMMY_ROWS = 1_000


@router.get("/{slug}/datasets/{name}")
def dataset(request: Request, slug: str, name: str, portal: PortalDep, person: PersonDep) -> Response:
    """What the dataset holds, by its public schema, and the copies to practise on."""
    page, offered = _offered(slug, name, portal, person)
    with portal.transactions.begin() as work:
        check_may_ask(person, page.project.id, offered.dataset.name, today=portal.governance.clock().date(), work=work)
    ready = offered.version is not None
    return render(
        request,
        "projects/dataset.html",
        project=page.project,
        view=offered_view(offered),
        schema=offered.version.schema if offered.version else None,
        columns=column_views(offered.version.schema) if offered.version else [],
        copy=_copy(page, offered, portal, person) if ready else None,
        dummy_rows=DUMMY_ROWS,
    )


@router.get("/{slug}/datasets/{name}/dummy.csv")
def dummy(slug: str, name: str, portal: PortalDep, person: PersonDep) -> Response:
    """Invented rows of the same structure: free, and about nobody."""
    page, offered = _offered(slug, name, portal, person)
    rows, _ = obtain_dummy(by=person, project=page.project.id, dataset=offered.dataset.name, rows=DUMMY_ROWS, ports=portal.synthetic)
    return _as_csv(rows, name=f"{name}-dummy")


@router.get("/{slug}/datasets/{name}/dictionary.json")
def dictionary(slug: str, name: str, portal: PortalDep, person: PersonDep) -> Response:
    """What is public about the open version, as a data dictionary (Frictionless Table Schema)."""
    _, offered = _offered(slug, name, portal, person)
    if offered.version is None:
        raise refusal("W-05")
    return dictionary_file(offered.version.schema)


@router.get("/{slug}/datasets/{name}/synthetic.csv")
def synthetic(slug: str, name: str, portal: PortalDep, person: PersonDep) -> Response:
    """Rows drawn from the copy that the project has paid for."""
    page, offered = _offered(slug, name, portal, person)
    wanted = min(MOST_ROWS, offered.version.schema.size) if offered.version else None
    rows, _ = obtain(by=person, project=page.project.id, dataset=offered.dataset.name, rows=wanted, ports=portal.synthetic)
    return _as_csv(rows, name=f"{name}-synthetic")


@router.post("/{slug}/datasets/{name}/synthetic")
def ask_for_copy(slug: str, name: str, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Ask for a synthetic copy at the offered price. Asking twice asks, and pays, once."""
    page, offered = _offered(slug, name, portal, person)
    offer = preview(by=person, project=page.project.id, dataset=offered.dataset.name, ports=portal.synthetic)
    request_fit(by=person, project=page.project.id, dataset=offered.dataset.name, loss=offer.loss, ports=portal.synthetic)
    return RedirectResponse(f"/projects/{slug}/datasets/{name}", status_code=303)


def _offered(slug: str, name: str, portal: Portal, person: Person) -> tuple[ProjectPage, Offered]:
    """A dataset of an own project."""
    page = project_page(by=person, slug=slug, ports=portal.oversight)
    wanted = dataset_name(name)
    found = next((one for one in page.datasets if one.dataset.name == wanted), None)
    if found is None:
        raise refusal("W-05")
    return page, found


def _copy(page: ProjectPage, offered: Offered, portal: Portal, person: Person) -> CopyView:
    name, project = offered.dataset.name, page.project.id
    found = standing(by=person, project=project, dataset=name, ports=portal.synthetic)
    return copy_view(found, _offer(person, project, name, portal))


def _offer(person: Person, project: int, name: DatasetName, portal: Portal) -> Offer | None:
    """The offer, or nothing where this dataset cannot be copied."""
    try:
        return preview(by=person, project=project, dataset=name, ports=portal.synthetic)
    except EnclaveError:
        return None


def _as_csv(rows: Rows, *, name: str) -> Response:
    """Streamed a thousand lines at a time; the first column marks every row as synthetic."""
    shown = rows.shown()

    def lines() -> Iterator[str]:
        cells = zip(*shown.values(), strict=True)
        yield _csv([list(shown)])
        while block := list(islice(cells, 1_000)):
            yield _csv(block)

    return StreamingResponse(
        lines(), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="SYNTHETIC-{name}.csv"'}
    )


def _csv(rows: Sequence[Sequence[Cell]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([inert(cell) for cell in row] for row in rows)
    return out.getvalue()
