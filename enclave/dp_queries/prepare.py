"""What a preview and an answer share: permission, public schema, the parsed question, its price and the budget."""

from __future__ import annotations

from dataclasses import dataclass, replace

from enclave.dp_queries.fulfil import table_of
from enclave.dp_queries.held import Holding, held_of, holding
from enclave.dp_queries.ports import Order, QueryPorts
from enclave.dp_queries.postprocess import layout_of
from enclave.dp_queries.pricing import Ask, loss_for
from enclave.dp_queries.question import Question
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.sql import parse, resolve
from enclave.governance.permissions import check_may_ask
from enclave.privacy.budget import Budget, budget_of, tightest
from enclave.privacy.canonical import aggregate_json
from enclave.privacy.ports import Charge, PrivacyWork
from enclave.privacy.quantile import quantile_json
from enclave.privacy.relation import Table
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.errors import NotFoundError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.person import Person

DELTA_SHARE = 100


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A question ready to be previewed or asked.

    ``wanted`` is what its accuracy costs alone, ``loss`` what must be bought of it now: nothing if the project has paid for the very
    question (``paid``) or if it can be read off what the project holds.
    """

    project: int
    dataset: int
    version: int
    question: Question
    wanted: PrivacyLoss
    loss: PrivacyLoss
    budget: Budget
    paid: Charge | None
    held: Holding | None = None

    @property
    def free(self) -> bool:
        """Whether nothing is bought."""
        return self.paid is not None or self.loss.rho == 0

    @property
    def worth(self) -> PrivacyLoss:
        """What decides how exact the answer is."""
        return self.paid.loss if self.paid else self.wanted

    def order(self) -> Order:
        """What goes to the worker; a question already paid is asked at the price it was bought for."""
        canonical = self.question.canonical()
        layout = layout_of(self.question)
        faces: list[Json] = [face.as_json() for face in layout.faces]
        groupings: list[Json] = [list(grouping) for grouping in layout.groupings]
        return Order(
            project=self.project,
            dataset=self.dataset,
            aggregate=aggregate_json(self.question.aggregate),
            outputs=list(canonical["outputs"]) if isinstance(canonical["outputs"], list) else [],
            loss=self.wanted if self.paid else self.loss,
            others=tuple(table.dataset for table in self.question.aggregate.tables[1:]),
            quantiles=tuple(quantile_json(quantile) for quantile in self.question.quantiles),
            layout={"faces": faces, "groupings": groupings},
            beside=tuple(self.held.numbers) if self.held and self.paid is None and not self.free else (),
        )


def prepare(*, by: Person, project: int, sql: str, ask: Ask, ports: QueryPorts) -> Prepared:
    """Everything that can be refused for nothing is refused here, from public facts, the agreement and the ledger."""
    parsed = parse(sql)
    with ports.begin() as work:
        opened = [_open(by, project, name, work, ports) for name in parsed.datasets]
        question = resolve(parsed, {name: table for name, (table, _) in zip(parsed.datasets, opened, strict=True)})
        budget = tightest([one for _, one in opened])
        table = question.aggregate.table
        wanted = _with_delta(loss_for(question, ask, share=budget.project_cap), question, budget)
        digest = fingerprint({"dataset": table.dataset, "version": table.version, "question": question.canonical()})
        paid = work.charges.find(project=project, question=digest, at_least=wanted.rho)
        releases = () if paid else held_of(question, project=project, work=work)
        current = work.datasets.answering(table.dataset)
    held = holding(question, wanted, releases)
    return Prepared(
        project=project,
        dataset=table.dataset,
        version=current.number if current else 0,
        question=question,
        wanted=wanted,
        loss=held.loss if held and not ask.anew else wanted,
        budget=budget,
        paid=paid[0] if paid else None,
        held=held or None,
    )


def _with_delta(loss: PrivacyLoss, question: Question, budget: Budget) -> PrivacyLoss:
    """Showing only some values of a group costs a delta besides: a hundredth of what the agreement allows. Raises Q-32 where it allows none."""
    key = question.aggregate.open_key
    if key is None:
        return loss
    delta = budget.project_cap.delta // DELTA_SHARE
    if not delta:
        shown = question.keys[question.aggregate.keys.index(key)]
        raise refusal("Q-32", column=shown.label or shown.name, name=shown.name, values=f"{key.size:,}")
    return replace(loss, delta=delta)


def _open(by: Person, project: int, name: DatasetName, work: PrivacyWork, ports: QueryPorts) -> tuple[Table, Budget]:
    """A dataset's open version and what is left for the project there, if the person may ask it something today."""
    _, _, item = check_may_ask(by, project, name, today=ports.clock().date(), work=work)
    dataset = work.datasets.by_name(name)
    if dataset is None:
        raise NotFoundError(rule="G-04", sentence=f"Your project has no dataset called {name}.")
    budget = budget_of(work=work, project=project, dataset=dataset.id, population=dataset.population.id, item=item)
    return table_of(dataset.id, work), budget
