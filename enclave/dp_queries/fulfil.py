"""The worker's half of an answer: rebuild the question from numbers, release it, hand back the stored noised result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from enclave.dp_queries.grouping import MOST_SETS
from enclave.dp_queries.output_json import output_from
from enclave.dp_queries.outputs import Output, Ranked, leaves, measures_of
from enclave.dp_queries.ports import Fulfilled, Order
from enclave.dp_queries.postprocess import Layout, Noised, standard_table
from enclave.dp_queries.pricing import scales_for
from enclave.dp_queries.question import asked, face_from, parts_of
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_from
from enclave.privacy.measurer import Measurer
from enclave.privacy.opening import closed, threshold_for
from enclave.privacy.ports import PrivacyPorts, PrivacyWork
from enclave.privacy.quantile import Located, Quantile, binned, quantile_from
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
        plan = plan_of(order, work)
    aggregate = plan.aggregate
    request = Request(
        project=order.project,
        table=aggregate.table,
        others=aggregate.tables[1:],
        purpose="query",
        mechanism="discrete Gaussian and noisy maximum" if plan.quantiles else "discrete Gaussian",
        # With other answers beside it, it is another question: the one that was paid for before has the noise that is held already.
        question=asked(aggregate, order.outputs, plan.quantiles) | ({"beside": list[Json](order.beside)} if order.beside else {}),
        loss=order.loss,
        program=lambda measurer: draw(measurer, plan, order.loss),
    )
    released = release(by=by, request=request, ports=ports)
    noised = released.settlement.noised
    if not isinstance(noised, dict):
        raise NotFoundError(rule="P-08", sentence="The stored answer is not one to a question.")
    receipt: dict[str, Json] = {**released.settlement.receipt, "token": released.settlement.token}
    return Fulfilled(noised=noised, receipt=receipt, loss=released.loss, spent=released.spent)


def plan_of(order: Order, work: PrivacyWork) -> Plan:
    """What an order asks for, over the open versions of its datasets. Raises P-08 for what does not fit them."""
    table = table_of(order.dataset, work)
    others = {other.version: other for other in (table_of(number, work) for number in order.others)}
    try:
        aggregate = aggregate_from(order.aggregate, table=table, others=others)
        outputs = tuple(output_from(output) for output in order.outputs)
        layout = layout_from(order.layout)
        return Plan(aggregate=aggregate, outputs=outputs, layout=layout, quantiles=tuple(quantile_from(one) for one in order.quantiles))
    except (ValueError, KeyError, TypeError) as error:
        raise NotFoundError(rule="P-08", sentence="The question does not fit the dataset's open version.", instead="Ask again.") from error


def table_of(dataset: int, work: PrivacyWork) -> Table:
    """The open version of a dataset, as the heart sees it."""
    found, version = work.datasets.by_id(dataset), work.datasets.answering(dataset)
    if found is None or version is None:
        raise NotFoundError(rule="P-09", sentence="This dataset has no data yet.", instead="Wait until its agency has published some.")
    return Table(version=version.id, dataset=dataset, population=found.population.id, schema=version.schema)


def noised_from(body: dict[str, Json]) -> Noised:
    """Read back what ``draw`` stored."""
    vectors, scales, located = body["vectors"], body["scales"], body.get("located", [])
    if not isinstance(vectors, list) or not isinstance(scales, list) or not isinstance(located, list):
        raise ValueError("not a noised result")
    found = body.get("found")
    return Noised(
        found=tuple(None if value is None else int(str(value)) for value in found) if isinstance(found, list) else None,
        vectors=tuple(tuple(int(str(value)) for value in vector) for vector in vectors if isinstance(vector, list)),
        scales=tuple(float(str(scale)) for scale in scales),
        located=tuple(tuple(_located(one) for one in cells) for cells in located if isinstance(cells, list)),
    )


def _located(body: Json) -> Located:
    match body:
        case [int(value), int(low), int(high)]:
            return Located(value=value, low=low, high=high)
        case _:
            raise ValueError("not a quantile's answer")


def layout_from(body: dict[str, Json]) -> Layout:
    """Rebuild a layout. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
    faces, groupings = body["faces"], body["groupings"]
    if not isinstance(faces, list) or not isinstance(groupings, list) or not 1 <= len(groupings) <= MOST_SETS:
        raise ValueError("not a layout")
    made = [tuple(int(str(place)) for place in grouping) for grouping in groupings if isinstance(grouping, list)]
    return Layout(faces=tuple(face_from(face) for face in faces), groupings=tuple(made))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is drawn and how it is read; checked when made, because it came over a socket."""

    aggregate: BoundedAggregate
    outputs: tuple[Output, ...]
    layout: Layout
    quantiles: tuple[Quantile, ...]

    def __post_init__(self) -> None:
        keys, layout = self.aggregate.keys, self.layout
        for leaf in (leaf for output in self.outputs for leaf in leaves(output)):
            if any(not 0 <= place < len(self.aggregate.measures) for place in measures_of(leaf)):
                raise ValueError("an output reads a measure that is not there")
            if isinstance(leaf, Ranked) and not 0 <= leaf.quantile < len(self.quantiles):
                raise ValueError("an output reads a quantile that is not there")
        if len(layout.faces) != len(keys) or any(not 0 <= place < len(keys) for one in layout.groupings for place in one):
            raise ValueError("the layout is that of another question")
        for key, face in zip(keys, layout.faces, strict=True):
            if face.column.kind is Kind.CATEGORY and not 0 <= key.low <= key.high < len(face.column.categories):
                raise ValueError("a key has values without a name")
        for quantile in self.quantiles:
            binned(self.aggregate, quantile)


def draw(measurer: Measurer, plan: Plan, loss: PrivacyLoss) -> Json:
    """The noised vectors, and the table read off them, which egress compares outputs with. Floats travel as text: see ``canonical``."""
    aggregate, parts, found = plan.aggregate, parts_of(plan.aggregate, plan.quantiles), None
    part = PrivacyLoss(rho=loss.rho // parts)
    scales = scales_for(aggregate, loss, parts=parts)
    if aggregate.open_key is not None:
        found = measurer.shown(aggregate, threshold_for(aggregate, replace(part, delta=loss.delta)))
        aggregate = closed(aggregate, found)
    noised = Noised(
        found=found,
        vectors=measurer.gaussian(aggregate, scales),
        scales=scales,
        located=tuple(tuple(measurer.quantiles(aggregate, quantile, part)) for quantile in plan.quantiles),
    )
    return {
        **({} if found is None else {"found": list(found)}),
        "vectors": [list(vector) for vector in noised.vectors],
        "scales": [repr(scale) for scale in scales],
        "located": [[[one.value, one.low, one.high] for one in cells] for cells in noised.located],
        **table_json(plan, noised),
    }


def table_json(plan: Plan, noised: Noised) -> dict[str, Json]:
    """The table that egress compares outputs with."""
    counted = plan.aggregate if noised.found is None else closed(plan.aggregate, noised.found)
    rows = standard_table(counted, plan.outputs, noised, plan.layout)
    keys = len(plan.aggregate.keys)
    headings: list[Json] = [{"name": key.column, "measure": False} for key in plan.aggregate.keys]
    headings += [{"name": "", "measure": True} for _ in plan.outputs]
    return {
        "headings": headings,
        "rows": [
            {"cells": [_text(cell) if i >= keys else cell for i, cell in enumerate(row.cells)], "errors": [_text(e) for e in row.errors]}
            for row in rows
        ],
    }


def _text(value: str | float | bool | None) -> Json:
    return repr(value) if isinstance(value, float) else value
