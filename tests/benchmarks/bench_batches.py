"""Fifty related questions at one total loss: planned together, and each bought alone from an equal share (naive splitting).

The table is the reference workload of ``bench_queries`` and is empty, so that what is answered is the error itself. Both sides go through
the real planner, ledgers, release and least squares; errors are those of every cell of every question.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from fractions import Fraction

from enclave.dp_queries.plan_batch import Wish, plan_batch
from enclave.dp_queries.pricing import Ask
from enclave.terms.answer import Answer
from enclave.terms.batch import BatchPlan
from enclave.terms.loss import PrivacyLoss
from tests.benchmarks.bench_queries import SCHEMA
from tests.factories.asking import Asking

E = "FROM police.events"
TOTAL = Fraction(1, 10)
SLICES = [
    f"SELECT COUNT(*) AS n {E}",
    f"SELECT region, COUNT(*) AS n {E} GROUP BY region",
    f"SELECT offence, COUNT(*) AS n {E} GROUP BY offence",
    f"SELECT region, offence, COUNT(*) AS n {E} GROUP BY region, offence",
    *(f"SELECT offence, COUNT(*) AS n {E} WHERE region = 'r{n}' GROUP BY offence" for n in range(20)),
    *(f"SELECT region, COUNT(*) AS n {E} WHERE offence = 'o{n}' GROUP BY region" for n in range(10)),
    *(f"SELECT COUNT(*) AS n {E} WHERE region = 'r{n}' AND offence = 'o{n % 10}'" for n in range(16)),
]
RANGES = [
    f"SELECT COUNT(*) AS n {E}",
    f"SELECT region, COUNT(*) AS n {E} GROUP BY region",
    f"SELECT offence, COUNT(*) AS n {E} GROUP BY offence",
    f"SELECT FLOOR(age / 10) AS band, COUNT(*) AS n {E} GROUP BY band",
    f"SELECT region, offence, COUNT(*) AS n {E} GROUP BY region, offence",
    f"SELECT region, FLOOR(age / 10) AS band, COUNT(*) AS n {E} GROUP BY region, band",
    f"SELECT offence, FLOOR(age / 10) AS band, COUNT(*) AS n {E} GROUP BY offence, band",
    *(f"SELECT region, COUNT(*) AS n {E} WHERE offence = 'o{n}' GROUP BY region" for n in range(10)),
    *(f"SELECT COUNT(*) AS n {E} WHERE region = 'r{n}' AND age < 20" for n in range(20)),
    *(f"SELECT COUNT(*) AS n {E} WHERE offence = 'o{n}' AND age >= 60" for n in range(10)),
    *(f"SELECT COUNT(*) AS n {E} WHERE region <> 'r{n}'" for n in range(3)),
]
SESSIONS = {"two attributes, their roll-ups and slices": SLICES, "three attributes, with ranges of ages and complements": RANGES}


def main() -> None:
    """Print both mean errors and their ratio, for each session."""
    for name, questions in SESSIONS.items():
        print(name)
        _session(questions)


def _session(questions: list[str]) -> None:
    each = PrivacyLoss.costing(TOTAL / len(questions)).text
    naive = [Asking([], [], schema=SCHEMA).ask(sql, rho=each) for sql in questions]
    asking = Asking([], [], schema=SCHEMA)
    began = time.perf_counter()
    plan = _planned(asking, questions, each)
    # A plan's total is proportional to the loss that each question is given: so much more of it may be spent.
    more = PrivacyLoss.costing(TOTAL / len(questions) * TOTAL / Fraction(plan.total)).text
    plan = _planned(asking, questions, more)
    planned = (time.perf_counter() - began) / 2
    for sql, price in plan.first:
        asking.ask(sql, rho=price, anew=True)
    together = [asking.ask(questions[place], rho=more) for place, _ in plan.steps]
    spent = Fraction(asking.spent()["people"], 10**12)
    print(f"  {len(questions)} questions, {len(plan.first)} tables bought first, planned in {planned:.1f} s")
    print(f"  loss: naive {float(TOTAL):.4f}, together {float(spent):.4f}")
    for name, of in (("mean absolute error of a cell", _errors), ("mean 95 % half-width stated", _widths)):
        one, other = _mean(naive, of), _mean(together, of)
        print(f"  {name}: naive {one:,.1f}, together {other:,.1f}, ratio {other / one:.3f} (wanted: at most 0.333)")


def _planned(asking: Asking, questions: list[str], rho: str) -> BatchPlan:
    wishes = [Wish(sql=sql, ask=Ask(rho=rho)) for sql in questions]
    return plan_batch(by=asking.world.people["rosa"], project=asking.world.project.id, wishes=wishes, ports=asking.ports)


def _errors(answer: Answer) -> list[float]:
    return [abs(float(row.cells[-1] or 0)) for row in answer.rows]


def _widths(answer: Answer) -> list[float]:
    return [row.errors[-1] or 0.0 for row in answer.rows]


def _mean(answers: list[Answer], of: Callable[[Answer], list[float]]) -> float:
    """Each question counts once, however many cells it has."""
    return statistics.mean(statistics.mean(of(answer)) for answer in answers)
