"""Synthetic copies: look at the price, ask for a fit, read report and rows; the structure-only copy is always there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from enclave.synthetic.dummy import obtain_dummy
from enclave.synthetic.obtain import obtain
from enclave.synthetic.preview import preview
from enclave.synthetic.report import Report
from enclave.synthetic.request_fit import request_fit
from enclave.synthetic.rows import Rows
from enclave.synthetic.standing import standing
from enclave.terms.errors import ResearcherError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.web.sandbox.caller import Caller, Known, Named
from enclave.wiring.synthetic_file import as_parquet

PARQUET = "application/vnd.apache.parquet"

router = APIRouter()
RowCount = Annotated[int | None, Query(ge=1, le=1_000_000)]
Seed = Annotated[str, Query(max_length=64)]


class FitBody(BaseModel):
    """What a copy may cost; without ``rho`` a quarter of the project's share."""

    model_config = ConfigDict(extra="forbid", strict=True)
    rho: str | None = None


@router.get("/synthetic/{name}")
def report(name: Named, known: Known, rows: RowCount = None, seed: Seed = "") -> dict[str, Any]:
    """What the newest copy preserves and what not to trust."""
    return _copy(known, name, rows, seed)[1].as_json()


@router.get("/synthetic/{name}/rows")
def table(name: Named, known: Known, rows: RowCount = None, seed: Seed = "") -> Response:
    """The newest copy as Parquet."""
    return Response(as_parquet(*_copy(known, name, rows, seed)), media_type=PARQUET)


@router.get("/synthetic/{name}/offer")
def offer(name: Named, known: Known) -> dict[str, Any]:
    """What a copy would cost and how good it would be."""
    return preview(by=known.person, project=known.project, dataset=name, ports=known.portal.synthetic).as_json()


@router.post("/synthetic/{name}")
def fit(name: Named, body: FitBody, known: Known) -> dict[str, Any]:
    """Ask for a copy; the worker fits it, the project's share pays."""
    loss = _loss(body.rho) if body.rho is not None else None
    offered = preview(by=known.person, project=known.project, dataset=name, loss=loss, ports=known.portal.synthetic)
    request_fit(by=known.person, project=known.project, dataset=name, loss=offered.loss, ports=known.portal.synthetic)
    return stands(name, known)


@router.get("/synthetic/{name}/standing")
def stands(name: Named, known: Known) -> dict[str, Any]:
    """How far the copy is."""
    found = standing(by=known.person, project=known.project, dataset=name, ports=known.portal.synthetic)
    if found is None:
        return {"state": "none", "percent": 0, "sentence": ""}
    job = found.job
    return {"state": found.copy.state.value, "percent": job.percent if job else 100, "sentence": job.sentence if job else ""}


@router.get("/dummy/{name}")
def dummy_report(name: Named, known: Known, rows: RowCount = None, seed: Seed = "") -> dict[str, Any]:
    """What the structure-only copy is."""
    return _structure(known, name, rows, seed)[1].as_json()


@router.get("/dummy/{name}/rows")
def dummy_table(name: Named, known: Known, rows: RowCount = None, seed: Seed = "") -> Response:
    """The structure-only copy as Parquet."""
    return Response(as_parquet(*_structure(known, name, rows, seed)), media_type=PARQUET)


def _loss(rho: str) -> PrivacyLoss:
    """What a copy may cost. Raises Y-09 for anything but an amount above zero."""
    try:
        return PrivacyLoss.costing(rho)
    except (ValueError, ZeroDivisionError):
        raise ResearcherError(
            rule="Y-09", sentence="That is not a privacy loss.", instead='Give a number above zero, such as rho="0.1".'
        ) from None


def _copy(known: Caller, name: DatasetName, rows: int | None, seed: str) -> tuple[Rows, Report]:
    return obtain(by=known.person, project=known.project, dataset=name, rows=rows, seed=seed, ports=known.portal.synthetic)


def _structure(known: Caller, name: DatasetName, rows: int | None, seed: str) -> tuple[Rows, Report]:
    return obtain_dummy(by=known.person, project=known.project, dataset=name, rows=rows, seed=seed, ports=known.portal.synthetic)
