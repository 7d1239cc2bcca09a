"""The worker's half of an answer: rebuild the question from numbers, release it, hand back the stored noised result."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.dp_queries.grouping import MOST_SETS
from enclave.dp_queries.outputs import Output, leaves, measures_of, output_from
from enclave.dp_queries.ports import Fulfilled, Order
from enclave.dp_queries.postprocess import Layout, Noised, standard_table
from enclave.dp_queries.pricing import scales_for
from enclave.dp_queries.question import face_from
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_from, aggregate_json
from enclave.privacy.measurer import Measurer
from enclave.privacy.ports import PrivacyPorts, PrivacyWork
from enclave.privacy.relation import Table
from enclave.privacy.release import Request, release
from enclave.terms.canonical import Json
from enclave.terms.errors import NotFoundError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person
from enclave.terms.schema import Kind


def fulfil(*, by: Person, order: Order, ports: PrivacyPorts) -> Fulfilled:
    """Answer once. Everything in the order is checked again here: the worker trusts nobody's arithmetic but its own."""
    with ports.begin() as work:
        table = table_of(order.dataset, work)
        others = {other.version: other for other in (table_of(number, work) for number in order.others)}
    try:
        aggregate = aggregate_from(order.aggregate, table=table, others=others)
        outputs = tuple(output_from(output) for output in order.outputs)
        layout = layout_from(order.layout)
        _check(aggregate, outputs, layout)
    except (ValueError, KeyError, TypeError) as error:
        raise NotFoundError(rule="P-08", sentence="The question does not fit the dataset's open version.", instead="Ask again.") from error
    request = Request(
        project=order.project,
        table=table,
        others=aggregate.tables[1:],
        purpose="query",
        mechanism="discrete Gaussian",
        question={"aggregate": aggregate_json(aggregate), "outputs": order.outputs},
        loss=order.loss,
        program=lambda measurer: _draw(measurer, aggregate, outputs, layout, order.loss),
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


def layout_from(body: dict[str, Json]) -> Layout:
    """Rebuild a layout. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
    faces, groupings = body["faces"], body["groupings"]
    if not isinstance(faces, list) or not isinstance(groupings, list) or not 1 <= len(groupings) <= MOST_SETS:
        raise ValueError("not a layout")
    made = [tuple(int(str(place)) for place in grouping) for grouping in groupings if isinstance(grouping, list)]
    return Layout(faces=tuple(face_from(face) for face in faces), groupings=tuple(made))


def _check(aggregate: BoundedAggregate, outputs: Sequence[Output], layout: Layout) -> None:
    """Outputs read measures that are there, and every key's integers can be read."""
    if any(not 0 <= place < len(aggregate.measures) for output in outputs for leaf in leaves(output) for place in measures_of(leaf)):
        raise ValueError("an output reads a measure that is not there")
    if len(layout.faces) != len(aggregate.keys) or any(place >= len(aggregate.keys) for one in layout.groupings for place in one):
        raise ValueError("the layout is that of another question")
    for key, face in zip(aggregate.keys, layout.faces, strict=True):
        if face.column.kind is Kind.CATEGORY and not 0 <= key.low <= key.high < len(face.column.categories):
            raise ValueError("a key has values without a name")


def _draw(measurer: Measurer, aggregate: BoundedAggregate, outputs: Sequence[Output], layout: Layout, loss: PrivacyLoss) -> Json:
    """The noised vectors, and the table read off them, which egress compares outputs with. Floats travel as text: see ``canonical``."""
    scales = scales_for(aggregate, loss)
    noised = Noised(vectors=measurer.gaussian(aggregate, scales), scales=scales)
    rows = standard_table(aggregate, outputs, noised, layout)
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
