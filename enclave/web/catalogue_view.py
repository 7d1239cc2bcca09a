"""Datasets as a project sees them: public facts, the budget, nothing read off rows."""

from __future__ import annotations

from typing import Any

from enclave.governance.permissions import check_may_ask, check_project
from enclave.privacy.budget import budget_of
from enclave.terms.errors import NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.wiring.portal import Portal


def offered(portal: Portal, person: Person, project: int) -> list[dict[str, Any]]:
    """Every dataset of the project: name, what a row is, declared size, whom the unit protects, agreement, budget left."""
    lines = []
    with portal.transactions.begin() as work:
        found, agreement = check_project(person, project, today=portal.queries.clock().date(), work=work)
        for name in found.datasets:
            dataset, item = work.datasets.by_name(name), agreement.terms.item(name)
            if dataset is None or item is None:
                continue
            version = work.datasets.open_version(dataset.id)
            budget = budget_of(work=work, project=project, dataset=dataset.id, population=dataset.population.id, item=item)
            lines.append(
                {
                    "name": str(name),
                    "label": dataset.label,
                    "row": dataset.row,
                    "size": version.schema.size if version else None,
                    "protects": version.schema.protects if version else "",
                    "agreement": agreement.terms.title,
                    "ready": version is not None,
                    "left": budget.least.text_down,
                    "of": budget.project_cap.text,
                }
            )
    return lines


def described(portal: Portal, person: Person, project: int, name: DatasetName) -> dict[str, Any]:
    """The public schema of the open version."""
    with portal.transactions.begin() as work:
        check_may_ask(person, project, name, today=portal.queries.clock().date(), work=work)
        dataset = work.datasets.by_name(name)
        version = work.datasets.open_version(dataset.id) if dataset else None
    if version is None:
        raise NotFoundError(rule="P-09", sentence="This dataset has no data yet.", instead="Wait until its agency has published some.")
    schema = version.schema
    columns = [{**column.as_json(), "shown_bounds": [column.shown(bound) for bound in column.bounds]} for column in schema.columns]
    return {"version": version.number, "protects": schema.protects, **schema.as_json(), "columns": columns}
