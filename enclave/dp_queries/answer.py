"""Answer a question: prepare for nothing, have it released once, lay it out."""

from __future__ import annotations

from dataclasses import replace

from enclave.dp_queries.fulfil import noised_from
from enclave.dp_queries.held import read_off
from enclave.dp_queries.ports import Fulfilled, QueryPorts
from enclave.dp_queries.postprocess import laid_out, layout_of, standard_table, unreliable
from enclave.dp_queries.prepare import Prepared, prepare
from enclave.dp_queries.pricing import Ask
from enclave.dp_queries.question import Question
from enclave.dp_queries.shown import shown_from
from enclave.governance.permissions import check_may_ask
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.budget import budget_of, tightest
from enclave.privacy.canonical import question_of
from enclave.privacy.opening import closed, most_drawn, most_shown
from enclave.privacy.relation import FeatureKind
from enclave.privacy.slot import slot_for
from enclave.terms.answer import Answer, Left, Row
from enclave.terms.errors import NotFoundError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person
from enclave.terms.schema import Unit

# A quantile draws once for each step of its grid and counts about sixteen bins: as much as so many counts.
RANKED_DRAWS = 32
# Grouping or joining by person takes as long as so many scans.
BY_PERSON = 4
COUNTED = {FeatureKind.ROWS, FeatureKind.VALUES, FeatureKind.DIFFERENT, FeatureKind.TOTAL}


def answer(*, by: Person, project: int, sql: str, ask: Ask, ports: QueryPorts) -> Answer:
    """The answer. What touches data happens inside a time slot that only public facts decide: see ``privacy.slot``.

    What cannot be paid is refused before the slot: the ledger is public to the asker, and a slot nobody paid for would cost us a thread.
    """
    prepared = prepare(by=by, project=project, sql=sql, ask=ask, ports=ports)
    fulfilled = _bought(by, prepared, ports)
    question = prepared.question
    outputs = [shown.output for shown in question.outputs]
    noised = noised_from(fulfilled.noised) if fulfilled.noised else None
    if prepared.held:
        noised = read_off(question, prepared.held, noised)
    if noised is None:
        raise NotFoundError(rule="P-08", sentence="The stored answer is not one to a question.")
    counted = question.aggregate if noised.found is None else closed(question.aggregate, noised.found)
    rows = standard_table(counted, outputs, noised, layout_of(question), question.having)
    headings, shown = laid_out(question, rows)
    return Answer(
        dataset=names_of(question.aggregate),
        version=prepared.version,
        question=question_of(question.aggregate),
        headings=headings,
        rows=shown,
        loss=fulfilled.loss.text,
        epsilon=round(fulfilled.loss.epsilon(), 4),
        spent=fulfilled.spent.text,
        left=_left(by, prepared, ports, fulfilled.loss),
        receipt=fulfilled.receipt,
        protects=protects(question.aggregate),
        notes=_notes(prepared, shown),
    )


def _bought(by: Person, prepared: Prepared, ports: QueryPorts) -> Fulfilled:
    """What is missing, from the worker; nothing, where the project's answers make the whole. Those are read without a slot: how long it
    takes depends on them and on public facts alone."""
    held = prepared.held.numbers if prepared.held else []
    if prepared.free and prepared.paid is None:
        nothing = PrivacyLoss(rho=0)
        return Fulfilled(noised={}, receipt=ports.derive(by=by, order=prepared.order(), parents=held), loss=nothing, spent=nothing)
    if prepared.paid is None:
        prepared.budget.check(prepared.loss)
    with ports.pace(slot_of(prepared.question)):
        fulfilled = ports.worker(by=by, order=prepared.order())
    if not held:
        return fulfilled
    # What was bought is not what is shown: the receipt is that of the whole, and names that of the part.
    parents = [*held, str(fulfilled.receipt["number"])]
    return replace(fulfilled, receipt=ports.derive(by=by, order=prepared.order(), parents=parents))


def slot_of(question: Question, *, size: int | None = None) -> float:
    """The reply's slot: from the declared sizes and the shape of the question alone. ``size`` stands for every declared size, in benchmarks."""
    aggregate = question.aggregate
    rows = sum(size or table.schema.size for table in aggregate.tables)
    # Lines per person and joins are grouped by person besides being scanned: see ``tests/benchmarks/bench_slot.py``.
    passes = 1 + BY_PERSON * ((aggregate.base is not None) + len(aggregate.joins))
    values = len(aggregate.measures) + len(aggregate.derived) / 4 + 2 * len(question.quantiles)
    draws = len(aggregate.measures) + RANKED_DRAWS * len(question.quantiles)
    drawn = aggregate.cells * draws
    if aggregate.open_key is not None:  # its values are counted first, in people, which is as slow as grouping by person
        passes, drawn = passes + BY_PERSON, drawn * most_shown(aggregate) + most_drawn(aggregate)
    return slot_for(scanned=rows * passes * values, drawn=drawn)


def names_of(aggregate: BoundedAggregate) -> str:
    """The datasets an answer draws on."""
    return " and ".join(str(table.schema.name) for table in aggregate.tables)


def protects(aggregate: BoundedAggregate) -> str:
    """Whom the guarantee protects, for this question."""
    if aggregate.base is None and not aggregate.joins:
        return aggregate.table.schema.protects
    if aggregate.contribution == 1:
        return "A person is protected with all their rows in all datasets: each person counts once."
    return f"A person is protected with all their rows in all datasets, of which at most {aggregate.contribution} count here."


def _left(by: Person, prepared: Prepared, ports: QueryPorts, loss: PrivacyLoss) -> Left:
    """After the charge: of the dataset that has least, where several were asked."""
    budgets = []
    with ports.begin() as work:
        for table in prepared.question.aggregate.tables:
            _, _, item = check_may_ask(by, prepared.project, table.schema.name, today=ports.clock().date(), work=work)
            budgets.append(budget_of(work=work, project=prepared.project, dataset=table.dataset, population=table.population, item=item))
    budget = tightest(budgets)
    now = budget.after(PrivacyLoss(rho=0))
    more = budget.least.rho // loss.rho if loss.rho else 0
    return Left(
        project=now.project, dataset=now.dataset, population=now.population, words=f"{now.words}: enough for about {more:,} like it"
    )


def _notes(prepared: Prepared, rows: tuple[Row, ...]) -> tuple[str, ...]:
    aggregate, notes = prepared.question.aggregate, []
    schema = aggregate.table.schema
    if schema.unit is Unit.PERSON and aggregate.contribution > 1:
        notes.append(f"At most {aggregate.contribution} rows of one person are counted, so totals are a little low where people have more.")
    features = [one for relation in (aggregate.source, *(join.relation for join in aggregate.joins)) for one in relation.features or ()]
    if any(feature.kind in COUNTED for feature in features):
        most = max(feature.high for feature in features if feature.kind in COUNTED)
        notes.append(f"Counts and sums about one person stop at {most:,}; LEAST(…, n) inside the question sets another end.")
    if aggregate.open_key is not None:
        notes.append(f"{shown_from(prepared.question, prepared.worth)} What is not shown may be in the data all the same.")
    if prepared.question.having is not None:
        notes.append("HAVING looked at the numbers with their noise: lines near the limit may be on either side by chance.")
    if prepared.held:
        count = len(prepared.held.numbers)
        these = "an answer" if count == 1 else f"{count} answers"
        bought = "It cost nothing" if prepared.free else "Only what was missing was bought"
        notes.append(f"{bought}: it was put together with {these} your project already has, each weighted by how exact it is.")
        if prepared.held.shared.left_out:
            notes.append("Putting all your project's answers together would be too large: some were left aside.")
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
    notes += dict.fromkeys(table.schema.attribution for table in aggregate.tables if table.schema.attribution)
    return tuple(notes)
