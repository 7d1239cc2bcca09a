"""The worker's half of an answer: rebuild the question from numbers, release it, hand back the stored noised result."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.dp_queries.ports import Fulfilled, Order
from enclave.dp_queries.postprocess import Noised, standard_table
from enclave.dp_queries.pricing import scales_for
from enclave.dp_queries.question import Output, output_from
from enclave.privacy.aggregate import BoundedAggregate, Table
from enclave.privacy.measurer import Measurer
from enclave.privacy.ports import PrivacyPorts, PrivacyWork
from enclave.privacy.release import Request, release
from enclave.terms.canonical import Json
from enclave.terms.errors import NotFoundError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person


def fulfil(*, by: Person, order: Order, ports: PrivacyPorts) -> Fulfilled:
    """Answer once. Everything in the order is checked again here: the worker trusts nobody's arithmetic but its own."""
    with ports.begin() as work:
        table = table_of(order.dataset, work)
    try:
        aggregate = BoundedAggregate.from_json(order.aggregate, table=table)
        outputs = tuple(output_from(output) for output in order.outputs)
        _check_outputs(outputs, aggregate)
    except (ValueError, KeyError, TypeError) as error:
        raise NotFoundError(rule="P-08", sentence="The question does not fit the dataset's open version.", instead="Ask again.") from error
    request = Request(
        project=order.project,
        table=table,
        purpose="query",
        mechanism="discrete Gaussian",
        question={"aggregate": aggregate.as_json(), "outputs": order.outputs},
        loss=order.loss,
        program=lambda measurer: _draw(measurer, aggregate, outputs, order.loss),
    )
    released = release(by=by, request=request, ports=ports)
    noised = released.settlement.noised
    if not isinstance(noised, dict):
        raise NotFoundError(rule="P-08", sentence="The stored answer is not one to a question.")
    receipt: dict[str, Json] = {**released.settlement.receipt, "token": released.settlement.token}
    return Fulfilled(noised=noised, receipt=receipt, loss=released.loss, spent=released.spent)


def table_of(dataset: int, work: PrivacyWork) -> Table:
    """The open version of a dataset, as the heart sees it."""
    found, version = work.datasets.by_id(dataset), work.datasets.answering(dataset)
    if found is None or version is None:
        raise NotFoundError(rule="P-09", sentence="This dataset has no data yet.", instead="Wait until its agency has published some.")
    return Table(version=version.id, dataset=dataset, population=found.population.id, schema=version.schema)


def noised_from(body: dict[str, Json]) -> Noised:
    """Read back what ``_draw`` stored."""
    vectors, scales = body["vectors"], body["scales"]
    if not isinstance(vectors, list) or not isinstance(scales, list):
        raise ValueError("not a noised result")
    return Noised(
        vectors=tuple(tuple(int(str(value)) for value in vector) for vector in vectors if isinstance(vector, list)),
        scales=tuple(float(str(scale)) for scale in scales),
    )


def _check_outputs(outputs: Sequence[Output], aggregate: BoundedAggregate) -> None:
    for output in outputs:
        places = [value for name, value in vars(output).items() if name in {"measure", "total", "count"}]
        if any(not 0 <= place < len(aggregate.measures) for place in places):
            raise ValueError("an output reads a measure that is not there")


def _draw(measurer: Measurer, aggregate: BoundedAggregate, outputs: Sequence[Output], loss: PrivacyLoss) -> Json:
    """The noised vectors, and the table read off them, which egress compares outputs with. Floats travel as text: see ``canonical``."""
    scales = scales_for(aggregate, loss)
    noised = Noised(vectors=measurer.gaussian(aggregate, scales), scales=scales)
    rows = standard_table(aggregate, outputs, noised)
    keys = len(aggregate.keys)
    headings: list[Json] = [{"name": key.column, "measure": False} for key in aggregate.keys]
    headings += [{"name": "", "measure": True} for _ in outputs]
    return {
        "vectors": [list(vector) for vector in noised.vectors],
        "scales": [repr(scale) for scale in scales],
        "headings": headings,
        "rows": [
            {"cells": [_text(cell) if i >= keys else cell for i, cell in enumerate(row.cells)], "errors": [_text(e) for e in row.errors]}
            for row in rows
        ],
    }


def _text(value: str | float | bool | None) -> Json:
    return repr(value) if isinstance(value, float) else value
