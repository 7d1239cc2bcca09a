"""What a copy would cost and how good it would be, before anyone pays. Free, and a function of public facts and the ledgers alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from enclave.privacy.budget import budget_of
from enclave.privacy.key import Key
from enclave.synthetic.lookup import open_subject
from enclave.synthetic.measure import sides
from enclave.synthetic.order import plan_or_refusal, request_for
from enclave.synthetic.plan import LEAST, Plan
from enclave.synthetic.ports import CopyPorts
from enclave.synthetic.trust import Trust, expected
from enclave.terms.answer import Left
from enclave.terms.canonical import Json
from enclave.terms.loss import REPORT_DELTA, PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.person import Person

SUGGESTED = 4


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A price, what it buys, and what would be left. ``pair`` is the largest table a pair would get at the declared size,
    ``each_pair`` what every pair of columns would get if it is one of those chosen."""

    loss: PrivacyLoss
    already_paid: bool
    affordable: bool
    columns: tuple[Trust, ...]
    pairs: int
    pair: Trust | None
    each_pair: tuple[Trust, ...]
    left: Left
    protects: str

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {
            "rho": "0" if self.already_paid else self.loss.text,
            "epsilon": round(self.loss.epsilon(), 4),
            "delta": REPORT_DELTA,
            "already_paid": self.already_paid,
            "affordable": self.affordable,
            "columns": [trust.as_json() for trust in self.columns],
            "pairs": self.pairs,
            "pair": self.pair.as_json() if self.pair else None,
            "each_pair": [trust.as_json() for trust in self.each_pair],
            "left": self.left.as_json(),
            "protects": self.protects,
        }


def preview(*, by: Person, project: int, dataset: DatasetName, loss: PrivacyLoss | None = None, ports: CopyPorts) -> Offer:
    """The offer for a loss; without one, for a quarter of the project's share."""
    with ports.begin() as work:
        subject = open_subject(by=by, project=project, dataset=dataset, work=work, clock=ports.clock)
        price = loss or max(LEAST, PrivacyLoss(rho=PrivacyLoss.allowing(subject.item.project_share).rho // SUGGESTED))
        plan = plan_or_refusal(subject.table, price)
        table = subject.table
        budget = budget_of(work=work, project=project, dataset=table.dataset, population=table.population, item=subject.item)
        digest = request_for(project=project, plan=plan).digest
        paid = work.charges.find(project=project, question=digest, at_least=price.rho) is not None
    return Offer(
        loss=price,
        already_paid=paid,
        affordable=paid or price <= budget.least,
        columns=tuple(_column(plan, index) for index in range(len(plan.keys))),
        pairs=plan.edges,
        pair=_pair(plan) if plan.edges else None,
        each_pair=tuple(_each(plan, left, right) for left, right in combinations(plan.keys, 2)),
        left=budget.after(PrivacyLoss(rho=0) if paid else price),
        protects=table.schema.protects,
    )


def _column(plan: Plan, index: int) -> Trust:
    key = plan.keys[index]
    return expected(columns=(key.column,), cells=(key.size,), scale=plan.one_way_scale, rows=plan.table.schema.size, grouped=bool(key.cuts))


def _pair(plan: Plan) -> Trust:
    size = plan.table.schema.size
    return expected(columns=(), cells=(plan.cells_per_pair(size),), scale=plan.two_way_scale, rows=size, grouped=True)


def _each(plan: Plan, left: Key, right: Key) -> Trust:
    """A pair as it would be binned at the declared size; the bins themselves follow the noised histograms later."""
    size = plan.table.schema.size
    most = sides(left.size, right.size, plan.cells_per_pair(size))
    cells = (min(left.size, most[0]), min(right.size, most[1]))
    grouped = cells != (left.size, right.size) or bool(left.cuts or right.cuts)
    return expected(columns=(left.column, right.column), cells=cells, scale=plan.two_way_scale, rows=size, grouped=grouped)
