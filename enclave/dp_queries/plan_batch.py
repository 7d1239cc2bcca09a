"""Plan several questions together: what to ask first, so that others can be read off it. Free, and from public facts and past answers alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from enclave.dp_queries.held import missing
from enclave.dp_queries.ports import QueryPorts
from enclave.dp_queries.postprocess import Noised
from enclave.dp_queries.prepare import Prepared, prepare
from enclave.dp_queries.pricing import Ask, scales_for
from enclave.dp_queries.question import Question
from enclave.dp_queries.reuse import MOST_USED, Release, about_the_same
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.tables import Asked, keys_as_written, tables
from enclave.privacy.measure import CountPeople
from enclave.privacy.release import MINIMUM
from enclave.terms.batch import BatchPlan
from enclave.terms.errors import EnclaveError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person

MOST_QUESTIONS = 50
FEW = 10


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One question of several, and how exact or costly its answer should be."""

    sql: str
    ask: Ask


Known: TypeAlias = Callable[[Wish], Prepared]


@dataclass(frozen=True, kw_only=True)
class _Way:
    """Tables to be bought first, each with its price, and what each question then costs in its turn."""

    first: tuple[tuple[Wish, PrivacyLoss], ...] = ()
    steps: tuple[tuple[int, PrivacyLoss], ...]

    @property
    def total(self) -> int:
        return sum(price.rho for _, price in (*self.first, *self.steps))


def plan_batch(*, by: Person, project: int, wishes: Sequence[Wish], ports: QueryPorts) -> BatchPlan:
    """The cheapest of three ways: as given, the finest questions first, or first the tables that serve all at the least loss.

    Raises what ``prepare`` raises, for the first that fails.
    """
    if not 1 <= len(wishes) <= MOST_QUESTIONS:
        raise refusal("Q-30")

    def known(wish: Wish) -> Prepared:
        return prepare(by=by, project=project, sql=wish.sql, ask=wish.ask, ports=ports)

    prepared = [known(wish) for wish in wishes]
    given = range(len(prepared))
    finest = sorted(given, key=lambda place: -prepared[place].question.aggregate.cells)
    first = _tables(wishes, prepared, known)
    # Many questions are rarely cheaper without tables, and every order takes as long as it is long.
    orders = (given, finest) if not first or len(wishes) <= FEW else ()
    ways = [_Way(steps=_steps(order, prepared, [])) for order in orders]
    if first:
        bought = [(one, loss) for _, one, loss in first]
        ways.append(_Way(first=tuple((wish, loss) for wish, _, loss in first), steps=_steps(given, prepared, bought)))
    way = min(ways, key=lambda way: way.total)
    total = PrivacyLoss(rho=way.total)
    alone = PrivacyLoss(rho=sum(0 if one.free else one.loss.rho for one in prepared))
    saved = 1 - total.rho / alone.rho if alone.rho else 0.0
    return BatchPlan(
        first=tuple((wish.sql, loss.text) for wish, loss in way.first),
        steps=tuple((place, price.text) for place, price in way.steps),
        total=total.text,
        alone=alone.text,
        saved=round(saved, 4),
        affordable=all(total.rho <= one.budget.least.rho for one in prepared),
        words=_words(total, saved, len(wishes)),
    )


def _steps(
    order: Sequence[int], prepared: Sequence[Prepared], first: Sequence[tuple[Prepared, PrivacyLoss]]
) -> tuple[tuple[int, PrivacyLoss], ...]:
    """What each question would cost in its turn, given what the project has and what was bought before it."""
    bought, steps = list(first), []
    for place in order:
        one = prepared[place]
        releases = [*(one.held.shared.releases if one.held else ()), *_to_be_held(one, bought)]
        price = PrivacyLoss(rho=0) if one.paid else missing(one.question, one.wanted, releases)
        steps.append((place, price))
        if price.rho:
            bought.append((one, price))
    return tuple(steps)


def _to_be_held(one: Prepared, bought: Sequence[tuple[Prepared, PrivacyLoss]]) -> list[Release]:
    """Answers that will be there by then: their noise scales follow from their prices, and no more is needed to plan."""
    made = []
    for other, price in bought:
        if about_the_same(one.question.aggregate, other.question.aggregate):
            scales = scales_for(other.question.aggregate, price, parts=other.question.parts)
            made.append(Release(aggregate=other.question.aggregate, noised=Noised(vectors=(), scales=scales)))
    return made[::-1][:MOST_USED]


def _tables(wishes: Sequence[Wish], prepared: Sequence[Prepared], known: Known) -> list[tuple[Wish, Prepared, PrivacyLoss]]:
    """What to buy first for questions about the same lines with the same measures; each such group is planned by itself."""
    made: list[tuple[Wish, Prepared, PrivacyLoss]] = []
    left = [place for place, one in enumerate(prepared) if not one.free and _plannable(one)]
    while left:
        group = [place for place in left if _alike(prepared[left[0]], prepared[place])]
        left = [place for place in left if place not in group]
        if len(group) > 1:
            made += _bought([wishes[place] for place in group], [prepared[place] for place in group], known)
    return made


def _bought(wishes: Sequence[Wish], group: Sequence[Prepared], known: Known) -> list[tuple[Wish, Prepared, PrivacyLoss]]:
    """The tables of a group with their prices: with one set of measures, the price of a precision is the same everywhere."""

    def understand(sql: str) -> Question | None:
        try:
            one = known(Wish(sql=sql, ask=wishes[0].ask))
        except EnclaveError:
            return None
        return one.question if _alike(group[0], one) else None

    asked = [
        Asked(written=keys_as_written(wish.sql), question=one.question, limit=_scale(one) ** 2)
        for wish, one in zip(wishes, group, strict=True)
    ]
    per_precision = group[0].wanted.rho * asked[0].limit
    made = []
    for sql, precision in tables(asked, understand):
        # A millionth more, for the rounding of noise scales; and as it is written, rounded up, because that is what is bought.
        least = max(MINIMUM, PrivacyLoss(rho=math.ceil(precision * per_precision * (1 + 1e-6))))
        loss = PrivacyLoss.costing(least.text_up)
        wish = Wish(sql=sql, ask=Ask(rho=loss.text, anew=True))
        made.append((wish, known(wish), loss))
    return made


def _scale(one: Prepared) -> float:
    return scales_for(one.question.aggregate, one.wanted, parts=one.question.parts)[0]


def _plannable(one: Prepared) -> bool:
    aggregate = one.question.aggregate
    return not one.question.quantiles and (aggregate.contribution == 1 or CountPeople() not in aggregate.measures)


def _alike(one: Prepared, other: Prepared) -> bool:
    first, second = one.question.aggregate, other.question.aggregate
    return about_the_same(first, second) and first.measures == second.measures


def _words(total: PrivacyLoss, saved: float, questions: int) -> str:
    said = f"{questions} questions for a privacy loss of {total.text}"
    return f"{said}: {saved:.0%} less than one by one without reading any off another" if saved > 0 else said
