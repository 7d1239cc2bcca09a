"""What a preview and an answer share: permission, public schema, the parsed question, its price and the budget."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.dp_queries.fulfil import table_of
from enclave.dp_queries.ports import Order, QueryPorts
from enclave.dp_queries.pricing import Ask, loss_for
from enclave.dp_queries.question import Question
from enclave.dp_queries.sql import parse, resolve
from enclave.governance.permissions import check_may_ask
from enclave.privacy.budget import Budget, budget_of
from enclave.privacy.ports import Charge
from enclave.terms.canonical import fingerprint
from enclave.terms.errors import NotFoundError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A question ready to be previewed or asked. ``paid`` is the project's earlier charge that already bought it, if any."""

    project: int
    dataset: int
    version: int
    question: Question
    loss: PrivacyLoss
    budget: Budget
    paid: Charge | None

    def order(self) -> Order:
        """What goes to the worker; a question already paid is asked at the price it was bought for."""
        canonical = self.question.canonical()
        return Order(
            project=self.project,
            dataset=self.dataset,
            aggregate=self.question.aggregate.as_json(),
            outputs=list(canonical["outputs"]) if isinstance(canonical["outputs"], list) else [],
            loss=self.loss,
        )


def prepare(*, by: Person, project: int, sql: str, ask: Ask, ports: QueryPorts) -> Prepared:
    """Everything that can be refused for nothing is refused here, from public facts, the agreement and the ledger."""
    parsed = parse(sql)
    with ports.begin() as work:
        _, _, item = check_may_ask(by, project, parsed.dataset, today=ports.clock().date(), work=work)
        dataset = work.datasets.by_name(parsed.dataset)
        if dataset is None:
            raise NotFoundError(rule="G-04", sentence=f"Your project has no dataset called {parsed.dataset}.")
        table = table_of(dataset.id, work)
        current = work.datasets.answering(dataset.id)
        question = resolve(parsed, table)
        budget = budget_of(work=work, project=project, dataset=dataset.id, population=dataset.population.id, item=item)
        loss = loss_for(question, ask, share=budget.project_cap)
        digest = fingerprint({"dataset": dataset.id, "version": table.version, "question": question.canonical()})
        paid = work.charges.find(project=project, question=digest, at_least=loss.rho)
    return Prepared(
        project=project,
        dataset=dataset.id,
        version=current.number if current else 0,
        question=question,
        loss=loss,
        budget=budget,
        paid=paid[0] if paid else None,
    )
