"""Answer a question: prepare for nothing, have it released once, lay it out."""

from __future__ import annotations

from enclave.dp_queries.fulfil import noised_from
from enclave.dp_queries.ports import QueryPorts
from enclave.dp_queries.postprocess import laid_out, standard_table, unreliable
from enclave.dp_queries.prepare import Prepared, prepare
from enclave.dp_queries.pricing import Ask
from enclave.governance.permissions import check_may_ask
from enclave.privacy.budget import budget_of
from enclave.privacy.slot import slot_for
from enclave.terms.answer import Answer, Left, Row
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person
from enclave.terms.schema import Unit


def answer(*, by: Person, project: int, sql: str, ask: Ask, ports: QueryPorts) -> Answer:
    """The answer. What touches data happens inside a time slot that only public facts decide: see ``privacy.slot``.

    What cannot be paid is refused before the slot: the ledger is public to the asker, and a slot nobody paid for would cost us a thread.
    """
    prepared = prepare(by=by, project=project, sql=sql, ask=ask, ports=ports)
    if prepared.paid is None:
        prepared.budget.check(prepared.loss)
    with ports.pace(slot_of(prepared)):
        fulfilled = ports.worker(by=by, order=prepared.order())
    question = prepared.question
    rows = standard_table(question.aggregate, [shown.output for shown in question.outputs], noised_from(fulfilled.noised))
    headings, shown = laid_out(question, rows)
    return Answer(
        dataset=str(question.aggregate.table.schema.name),
        version=prepared.version,
        question=question.aggregate.question,
        headings=headings,
        rows=shown,
        loss=fulfilled.loss.text,
        epsilon=round(fulfilled.loss.epsilon(), 4),
        spent=fulfilled.spent.text,
        left=_left(by, prepared, ports, fulfilled.loss),
        receipt=fulfilled.receipt,
        protects=question.aggregate.table.schema.protects,
        notes=_notes(prepared, shown),
    )


def slot_of(prepared: Prepared) -> float:
    """The reply's slot: from the declared size and the shape of the answer alone."""
    aggregate = prepared.question.aggregate
    return slot_for(size=aggregate.table.schema.size, cells=aggregate.cells, measures=len(aggregate.measures))


def _left(by: Person, prepared: Prepared, ports: QueryPorts, loss: PrivacyLoss) -> Left:
    table = prepared.question.aggregate.table
    with ports.begin() as work:
        _, _, item = check_may_ask(by, prepared.project, table.schema.name, today=ports.clock().date(), work=work)
        budget = budget_of(work=work, project=prepared.project, dataset=table.dataset, population=table.population, item=item)
    now = budget.after(PrivacyLoss(rho=0))
    more = budget.least.rho // loss.rho if loss.rho else 0
    return Left(
        project=now.project, dataset=now.dataset, population=now.population, words=f"{now.words}: enough for about {more:,} like it"
    )


def _notes(prepared: Prepared, rows: tuple[Row, ...]) -> tuple[str, ...]:
    schema, notes = prepared.question.aggregate.table.schema, []
    if schema.unit is Unit.PERSON and schema.rows_per_person > 1:
        notes.append(f"At most {schema.rows_per_person} rows of one person are counted, so totals are a little low where people have more.")
    weak = unreliable(rows)
    if weak:
        these = "One of the numbers is smaller than its error" if weak == 1 else f"{weak} of the numbers are smaller than their error"
        notes.append(f"{these}: do not rely on them one by one.")
    if any(
        isinstance(cell, int | float) and error is not None and cell < 0
        for row in rows
        for cell, error in zip(row.cells, row.errors, strict=True)
    ):
        notes.append("Numbers below zero are the noise around small counts: keep them when you add up.")
    if schema.attribution:
        notes.append(schema.attribution)
    return tuple(notes)
