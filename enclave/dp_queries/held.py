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
from enclave.dp_queries.reuse import Reading, combined, reading, variances
from enclave.privacy.canonical import aggregate_from
from enclave.privacy.ports import PrivacyWork
from enclave.privacy.release import MINIMUM
from enclave.terms.loss import PrivacyLoss

MOST_LOOKED_AT = 200
MOST_USED = 8


@dataclass(frozen=True, kw_only=True)
class Held:
    """One earlier answer that the question can be read off."""

    number: str
    receipt: dict[str, object]
    reading: Reading
    noised: Noised


def held_of(question: Question, *, project: int, work: PrivacyWork) -> tuple[Held, ...]:
    """Earlier answers of the project to questions about the same lines, the latest first. Another version's answers are of other lines."""
    if any(isinstance(leaf, Ranked) for shown in question.outputs for leaf in leaves(shown.output)):
        return ()
    aggregate, found = question.aggregate, list[Held]()
    others = {table.version: table for table in aggregate.tables}
    for charge in work.charges.of_project(project)[:MOST_LOOKED_AT]:
        asked = charge.asked.get("aggregate")
        if charge.purpose != "query" or not isinstance(asked, dict) or asked.get("version") != aggregate.table.version:
            continue
        try:
            read = reading(aggregate, aggregate_from(asked, table=aggregate.table, others=others))
        except (ValueError, KeyError):  # it joins what this question does not
            continue
        settlement = work.charges.settlement(charge.id) if read is not None else None
        if read is None or settlement is None or not isinstance(settlement.noised, dict):
            continue
        found.append(Held(number=settlement.number, receipt=dict(settlement.receipt), reading=read, noised=noised_from(settlement.noised)))
        if len(found) == MOST_USED:
            break
    return tuple(found)


def missing(question: Question, wanted: PrivacyLoss, held: Sequence[Held]) -> PrivacyLoss:
    """What must be bought so that, together with what is held, every cell is as exact as ``wanted`` alone would make it; perhaps nothing.

    Precision (one over variance) adds up over independent estimates, and a measure's precision is proportional to its loss: where the
    held answers make a share r of the wanted precision in the worst cell, the share 1 - r of the loss makes the rest.
    """
    if not held:
        return wanted
    scales = scales_for(question.aggregate, wanted, parts=question.parts)
    spreads = [variances(one.reading, one.noised.scales) for one in held]
    least = 1.0
    for measure, scale in enumerate(scales):
        for cell in range(question.aggregate.cells):
            spread = [one[measure][cell] for one in spreads]
            share = math.inf if 0 in spread else sum(scale * scale / variance for variance in spread)
            least = min(least, share)
    # A ten-millionth for the rounding of prices: what was bought at the same price is enough.
    if least >= 1 - 1e-7:
        return PrivacyLoss(rho=0)
    return max(MINIMUM, PrivacyLoss(rho=math.ceil(wanted.rho * Fraction(1 - least))))


def read_off(question: Question, held: Sequence[Held], bought: Noised | None) -> Noised:
    """The question's cells from everything held and, if anything was bought now, from that too."""
    sources = [(one.reading, one.noised) for one in held]
    if bought is not None:
        whole = Reading(
            cells=tuple(range(question.aggregate.cells)),
            measures=tuple(range(len(question.aggregate.measures))),
            wanted=question.aggregate.cells,
        )
        sources.append((whole, bought))
    return combined(sources)
