"""Datasets, previews, answers and the budget."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from enclave.dp_queries.answer import answer
from enclave.dp_queries.plan_batch import Wish, plan_batch
from enclave.dp_queries.preview import preview
from enclave.dp_queries.pricing import Ask
from enclave.governance.permissions import check_project
from enclave.web.catalogue_view import described, offered
from enclave.web.sandbox.caller import Known, Named
from enclave.web.sandbox.spending import spent_and_left

router = APIRouter()


class QuestionBody(BaseModel):
    """A question in SQL and how exact or costly its answer should be (one of the three, or none)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sql: Annotated[str, Field(max_length=20_000)]
    within: float | Annotated[str, Field(max_length=40)] | None = None
    rho: str | None = None
    epsilon: float | None = None
    anew: bool = False

    def ask(self) -> Ask:
        """The wish, checked by rule Q-16."""
        return Ask(within=self.within, rho=self.rho, epsilon=self.epsilon, anew=self.anew)


@router.get("/me")
def me(known: Known) -> dict[str, Any]:
    """The person, the project and its agreement."""
    with known.portal.transactions.begin() as work:
        project, agreement = check_project(known.person, known.project, today=known.portal.queries.clock().date(), work=work)
    return {
        "person": known.person.display,
        "project": {"slug": project.slug, "title": project.title, "ends": project.ends.isoformat()},
        "agreement": agreement.terms.title,
    }


@router.get("/datasets")
def datasets(known: Known) -> list[dict[str, Any]]:
    """The project's datasets."""
    return offered(known.portal, known.person, known.project)


@router.get("/datasets/{name}")
def dataset(name: Named, known: Known) -> dict[str, Any]:
    """A dataset's public schema."""
    return described(known.portal, known.person, known.project, name)


@router.post("/queries")
def query(body: QuestionBody, known: Known) -> dict[str, Any]:
    """Answer a question."""
    return answer(by=known.person, project=known.project, sql=body.sql, ask=body.ask(), ports=known.portal.queries).as_json()


@router.post("/previews")
def look_first(body: QuestionBody, known: Known) -> dict[str, Any]:
    """What the answer would cost and how good it would be, for nothing."""
    return preview(by=known.person, project=known.project, sql=body.sql, ask=body.ask(), ports=known.portal.queries).as_json()


class BatchBody(BaseModel):
    """Questions to be planned together."""

    model_config = ConfigDict(extra="forbid", strict=True)

    questions: Annotated[list[QuestionBody], Field(max_length=50)]


@router.post("/batches")
def plan(body: BatchBody, known: Known) -> dict[str, Any]:
    """In which order to ask several questions and what they cost together, for nothing."""
    wishes = [Wish(sql=one.sql, ask=one.ask()) for one in body.questions]
    return plan_batch(by=known.person, project=known.project, wishes=wishes, ports=known.portal.queries).as_json()


@router.get("/budget")
def budget(known: Known) -> list[dict[str, Any]]:
    """What is left and what was spent, by dataset."""
    return spent_and_left(known.portal, known.person, known.project)
