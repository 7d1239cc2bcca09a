"""The API a notebook sees, on its own unix socket: the socket says which sandbox calls, the token that its kernel may.

Person and project follow from the sandbox; nothing in a request can name another one.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from enclave.dp_queries.answer import answer
from enclave.dp_queries.preview import preview
from enclave.dp_queries.pricing import Ask
from enclave.governance.permissions import check_project
from enclave.identity.person import Person
from enclave.identity.sandboxes import caller
from enclave.privacy.budget import Budget, budget_of
from enclave.terms.errors import EnclaveError, NotFoundError, SignInError
from enclave.terms.names import DatasetName
from enclave.web.catalogue_view import described, offered
from enclave.wiring.portal import Portal

LARGEST_BODY = 64 * 1024


class QuestionBody(BaseModel):
    """A question in SQL and how exact or costly its answer should be (one of the three, or none)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sql: Annotated[str, Field(max_length=20_000)]
    within: float | None = None
    rho: str | None = None
    epsilon: float | None = None

    def ask(self) -> Ask:
        """The wish, checked by rule Q-16."""
        return Ask(within=self.within, rho=self.rho, epsilon=self.epsilon)


class Caller(BaseModel):
    """Who calls, and in which project."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    person: Person
    project: int


def sandbox_app(portal: Portal, *, sandbox: int) -> FastAPI:
    """The application behind one sandbox's socket."""
    app = FastAPI(title="Enclave, from a notebook", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.include_router(_router(portal, sandbox), prefix="/api")

    @app.exception_handler(EnclaveError)
    def refused(_request: Request, error: EnclaveError) -> JSONResponse:
        return JSONResponse(error.as_json(), status_code=error.status)

    return app


def _router(portal: Portal, sandbox: int) -> APIRouter:
    router = APIRouter()

    def who(request: Request) -> Caller:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise SignInError(rule="I-04", sentence="This call shows no pass.", instead="Use enclave.client inside a notebook.")
        person, project = caller(sandbox=sandbox, token=token, ports=portal.identity)
        return Caller(person=person, project=project)

    Known = Annotated[Caller, Depends(who)]  # noqa: N806 - a type

    @router.get("/me")
    def me(known: Known) -> dict[str, Any]:
        with portal.transactions.begin() as work:
            project, agreement = check_project(known.person, known.project, today=portal.queries.clock().date(), work=work)
        return {
            "person": known.person.display,
            "project": {"slug": project.slug, "title": project.title, "ends": project.ends.isoformat()},
            "agreement": agreement.terms.title,
        }

    @router.get("/datasets")
    def datasets(known: Known) -> list[dict[str, Any]]:
        return offered(portal, known.person, known.project)

    @router.get("/datasets/{name}")
    def dataset(name: str, known: Known) -> dict[str, Any]:
        return described(portal, known.person, known.project, _name(name))

    @router.post("/queries")
    def query(body: QuestionBody, known: Known) -> dict[str, Any]:
        return answer(by=known.person, project=known.project, sql=body.sql, ask=body.ask(), ports=portal.queries).as_json()

    @router.post("/previews")
    def look_first(body: QuestionBody, known: Known) -> dict[str, Any]:
        return preview(by=known.person, project=known.project, sql=body.sql, ask=body.ask(), ports=portal.queries).as_json()

    @router.get("/budget")
    def budget(known: Known) -> list[dict[str, Any]]:
        return spent_and_left(portal, known.person, known.project)

    return router


def spent_and_left(portal: Portal, person: Person, project: int) -> list[dict[str, Any]]:
    """By dataset: what is left and what each past question cost, by whom."""
    lines = []
    with portal.transactions.begin() as work:
        found, agreement = check_project(person, project, today=portal.queries.clock().date(), work=work)
        charges = work.charges.of_project(project)
        names = {one.id: one.display for one in work.accounts.people()}
        for name in found.datasets:
            dataset, item = work.datasets.by_name(name), agreement.terms.item(name)
            if dataset is None or item is None:
                continue
            mine = {charge.id for charge in work.charges.of_dataset(dataset.id)}
            own = [charge for charge in charges if charge.id in mine]
            now = budget_of(work=work, project=project, dataset=dataset.id, population=dataset.population.id, item=item)
            lines.append(
                {
                    "dataset": str(name),
                    **_left(now),
                    "questions": [
                        {
                            "at": charge.at.isoformat(timespec="seconds"),
                            "by": names.get(charge.person, ""),
                            "purpose": charge.purpose,
                            "rho": charge.loss.text,
                        }
                        for charge in own
                    ],
                }
            )
    return lines


def _left(budget: Budget) -> dict[str, Any]:
    return {
        "left": budget.least.text_down,
        "project_left": budget.project.text_down,
        "project_share": budget.project_cap.text,
        "dataset_left": budget.dataset.text_down,
        "population_left": budget.population.text_down,
    }


def _name(text: str) -> DatasetName:
    try:
        return DatasetName.parse(text.lower())
    except ValueError:
        raise NotFoundError(rule="G-04", sentence="A dataset is called agency.dataset.", instead="e.datasets() lists yours.") from None
