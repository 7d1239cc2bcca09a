"""Plan several questions together: which to ask first, so that others can be read off it. Free, and from public facts and past answers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.dp_queries.held import holding
from enclave.dp_queries.ports import QueryPorts
from enclave.dp_queries.postprocess import Noised
from enclave.dp_queries.prepare import Prepared, prepare
from enclave.dp_queries.pricing import Ask, scales_for
from enclave.dp_queries.reuse import Release, about_the_same
from enclave.dp_queries.rules import refusal
from enclave.terms.batch import BatchPlan
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person

MOST_QUESTIONS = 20


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One question of several, and how exact or costly its answer should be."""

    sql: str
    ask: Ask


def plan_batch(*, by: Person, project: int, wishes: Sequence[Wish], ports: QueryPorts) -> BatchPlan:
    """The cheaper of two orders: as given, and the finest questions first. Raises what ``prepare`` raises, for the first that fails."""
    if not 1 <= len(wishes) <= MOST_QUESTIONS:
        raise refusal("Q-30")
    prepared = [prepare(by=by, project=project, sql=wish.sql, ask=wish.ask, ports=ports) for wish in wishes]
    given = list(range(len(prepared)))
    finest = sorted(given, key=lambda place: -prepared[place].question.aggregate.cells)
    orders = [[(place, price) for place, price in zip(order, _prices(order, prepared), strict=True)] for order in (given, finest)]
    steps = min(orders, key=lambda order: sum(price.rho for _, price in order))
    total = PrivacyLoss(rho=sum(price.rho for _, price in steps))
    alone = PrivacyLoss(rho=sum(0 if one.free else one.loss.rho for one in prepared))
    saved = 1 - total.rho / alone.rho if alone.rho else 0.0
    return BatchPlan(
        steps=tuple((place, price.text) for place, price in steps),
        total=total.text,
        alone=alone.text,
        saved=round(saved, 4),
        affordable=all(total.rho <= one.budget.least.rho for one in prepared),
        words=_words(total, saved, len(wishes)),
    )


def _prices(order: Sequence[int], prepared: Sequence[Prepared]) -> list[PrivacyLoss]:
    """What each question would cost in its turn, given what the project has and what was bought before it."""
    bought: list[tuple[Prepared, PrivacyLoss]] = []
    prices = []
    for place in order:
        one = prepared[place]
        held = holding(one.question, one.wanted, [*(one.held.shared.releases if one.held else ()), *_to_be_held(one, bought)])
        price = PrivacyLoss(rho=0) if one.paid else held.loss if held else one.wanted
        prices.append(price)
        if price.rho:
            bought.append((one, price))
    return prices


def _to_be_held(one: Prepared, bought: Sequence[tuple[Prepared, PrivacyLoss]]) -> list[Release]:
    """Answers that will be there by then: their noise scales follow from their prices, and no more is needed to plan."""
    made = []
    for other, price in bought:
        if about_the_same(one.question.aggregate, other.question.aggregate):
            scales = scales_for(other.question.aggregate, price, parts=other.question.parts)
            made.append(Release(aggregate=other.question.aggregate, noised=Noised(vectors=(), scales=scales)))
    return made


def _words(total: PrivacyLoss, saved: float, questions: int) -> str:
    said = f"{questions} questions for a privacy loss of {total.text}"
    return f"{said}: {saved:.0%} less than one by one without reading any off another" if saved > 0 else said
