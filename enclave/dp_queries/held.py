"""What a project already holds of a question, and what is missing: public facts and its own past answers only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from enclave.dp_queries.fulfil import noised_from
from enclave.dp_queries.outputs import Ranked, leaves
from enclave.dp_queries.postprocess import Noised
from enclave.dp_queries.pricing import scales_for
from enclave.dp_queries.question import Question
from enclave.dp_queries.reuse import MOST_USED, Release, Shared, about_the_same, helpful, put_together, shared, to_buy
from enclave.privacy.canonical import aggregate_from
from enclave.privacy.ports import PrivacyWork
from enclave.privacy.release import MINIMUM
from enclave.terms.loss import PrivacyLoss

MOST_LOOKED_AT = 200


@dataclass(frozen=True, kw_only=True)
class Held(Release):
    """One earlier answer about the same lines."""

    number: str
    receipt: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What is held of a question, and what must be bought of it now."""

    shared: Shared
    loss: PrivacyLoss

    @property
    def numbers(self) -> list[str]:
        """The receipts of the answers that help."""
        return [release.number for release in self.shared.releases if isinstance(release, Held)]

    def __bool__(self) -> bool:
        return bool(self.shared.releases)


def held_of(question: Question, *, project: int, work: PrivacyWork) -> tuple[Held, ...]:
    """Earlier answers of the project to questions about the same lines, the latest first. Another version's answers are of other lines."""
    aggregate, found = question.aggregate, list[Held]()
    others = {table.version: table for table in aggregate.tables}
    for charge in work.charges.of_project(project)[:MOST_LOOKED_AT]:
        asked = charge.asked.get("aggregate")
        if charge.purpose != "query" or not isinstance(asked, dict) or asked.get("version") != aggregate.table.version:
            continue
        try:
            paid = aggregate_from(asked, table=aggregate.table, others=others)
            settlement = work.charges.settlement(charge.id) if about_the_same(aggregate, paid) else None
        except (ValueError, KeyError):  # it joins what this question does not, or the two together are too long
            continue
        if settlement is None or not isinstance(settlement.noised, dict):
            continue
        noised = noised_from(settlement.noised)
        found.append(Held(number=settlement.number, receipt=dict(settlement.receipt), aggregate=paid, noised=noised))
        if len(found) == MOST_USED:
            break
    return tuple(found)


def holding(question: Question, wanted: PrivacyLoss, releases: Sequence[Release]) -> Holding | None:
    """What the releases make of the question, and what must be bought of it; ``None`` where they cannot help."""
    found = _together(question, releases)
    if found is None:
        return None
    loss = _missing(question, wanted, found)
    scales = scales_for(question.aggregate, wanted, parts=question.parts)
    return Holding(shared=helpful(found, scales if loss.rho else None), loss=loss)


def missing(question: Question, wanted: PrivacyLoss, releases: Sequence[Release]) -> PrivacyLoss:
    """What must be bought so that every cell is as exact as ``wanted`` alone would make it; perhaps nothing."""
    found = _together(question, releases)
    return wanted if found is None else _missing(question, wanted, found)


def _together(question: Question, releases: Sequence[Release]) -> Shared | None:
    if not releases or any(key.open or key.values is not None for key in question.aggregate.keys):
        return None
    if any(isinstance(leaf, Ranked) for shown in question.outputs for leaf in leaves(shown.output)):
        return None
    return shared(question.aggregate, releases)


def _missing(question: Question, wanted: PrivacyLoss, found: Shared) -> PrivacyLoss:
    scales = scales_for(question.aggregate, wanted, parts=question.parts)
    share = max(to_buy(found, measure, scale) for measure, scale in enumerate(scales))
    return PrivacyLoss(rho=0) if share == 0 else max(MINIMUM, PrivacyLoss(rho=math.ceil(wanted.rho * Fraction(share))))


def read_off(question: Question, held: Holding, bought: Noised | None) -> Noised:
    """The question's cells from everything held and, if anything was bought now, from that too: as the worker signs it."""
    more = [] if bought is None else [Release(aggregate=question.aggregate, noised=bought)]
    return put_together(question.aggregate, [*held.shared.releases, *more], question.groupings)
