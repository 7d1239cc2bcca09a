"""What a question would cost and how good its answer would be: free, and a function of public facts and the ledger alone."""

from __future__ import annotations

from enclave.dp_queries.answer import names_of, protects
from enclave.dp_queries.coarser import USEFUL, coarser
from enclave.dp_queries.outputs import Average, Count, Ranked, Spread
from enclave.dp_queries.paired import Paired
from enclave.dp_queries.ports import QueryPorts
from enclave.dp_queries.prepare import Prepared, prepare
from enclave.dp_queries.pricing import Ask, expected_rows, half_width_of, rank_error, scales_for
from enclave.dp_queries.shown import fewest_shown, shown_from
from enclave.privacy.canonical import question_of
from enclave.terms.answer import Preview
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person


def preview(*, by: Person, project: int, sql: str, ask: Ask, ports: QueryPorts) -> Preview:
    """Price, 95 % half-width of each output's worst cell, expected cell size and advice. Spends nothing."""
    prepared = prepare(by=by, project=project, sql=sql, ask=ask, ports=ports)
    loss = prepared.worth
    price = PrivacyLoss(rho=0) if prepared.free else prepared.loss
    question, rows = prepared.question, expected_rows(prepared.question)
    if question.aggregate.open_key is not None:  # the smallest group that is shown
        rows = fewest_shown(question, loss) / question.aggregate.cells
    scales = scales_for(question.aggregate, loss, parts=question.parts)
    found = [(shown.name, half_width_of(shown.output, question.aggregate, scales, rows=rows)) for shown in question.outputs]
    widths = tuple((name, None if width is None else round(width, 4)) for name, width in found)
    return Preview(
        dataset=names_of(question.aggregate),
        question=question_of(question.aggregate),
        rho=price.text,
        epsilon=round(price.epsilon(), 4),
        already_paid=prepared.free,
        affordable=prepared.budget.affords(price),
        cells=question.aggregate.cells,
        expected_cell=round(rows, 2),
        half_widths=widths,
        left=prepared.budget.after(price),
        advice=_advice(prepared, widths, rows),
        protects=protects(question.aggregate),
    )


def _advice(prepared: Prepared, widths: tuple[tuple[str, float | None], ...], rows: float) -> tuple[str, ...]:
    question, said = prepared.question, _standing(prepared)
    if question.aggregate.open_key is not None:
        said.append(shown_from(question, prepared.worth))
    for shown, (_, width) in zip(question.outputs, widths, strict=True):
        if isinstance(shown.output, Count) and width is not None and width > rows * USEFUL:
            said.append(
                f"A cell would hold about {rows:,.0f} if rows were spread evenly, and {shown.name} would be off by up to {width:,.0f}: "
                f"{'it would be useless' if width > rows else 'it would be rough'} at this price."
            )
            said += coarser(question, width)
        if isinstance(shown.output, Ranked):
            off = rank_error(question, question.quantiles[shown.output.quantile], prepared.worth)
            said.append(
                f"{shown.name} would be off by up to {off:,.0f} places in the order of the values of a cell, which holds about {rows:,.0f}; "
                "how far that is in its own unit is known only with the answer, as its error."
            )
        if isinstance(shown.output, Average | Spread | Paired):
            said.append(f"The error of {shown.name} assumes about {rows:,.0f} values in a cell (declared size divided by cells).")
    if question.aggregate.base is not None:
        said.append("The number of people is taken to be the declared number of rows divided by the rows that count per person.")
    if not prepared.free and not prepared.budget.affords(prepared.loss):
        said.append("This is more than is left: ask with a wider error or for fewer groups.")
    return tuple(said)


def _standing(prepared: Prepared) -> list[str]:
    if prepared.paid:
        return ["Your project has already paid for this answer: it is free."]
    if prepared.held and prepared.free:
        return ["It can be read off answers your project already has: it is free."]
    if prepared.held:
        return ["Part of it can be read off answers your project already has: only what is missing is bought."]
    return []
