"""What a project has spent and what is left."""

from __future__ import annotations

from typing import Any

from enclave.governance.permissions import check_project
from enclave.privacy.budget import Budget, budget_of
from enclave.terms.person import Person
from enclave.wiring.portal import Portal


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
