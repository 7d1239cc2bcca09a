"""The one release that a fit is: its price, its public question and its program."""

from __future__ import annotations

from enclave.privacy.relation import Table
from enclave.privacy.release import Request
from enclave.synthetic.measure import program
from enclave.synthetic.noised import FORMAT
from enclave.synthetic.plan import LEAST, MOST_COLUMNS, Plan, plan_for
from enclave.terms.errors import ResearcherError
from enclave.terms.loss import PrivacyLoss


def plan_or_refusal(table: Table, loss: PrivacyLoss) -> Plan:
    """The plan, or a sentence saying why there can be none."""
    try:
        return plan_for(table=table, loss=loss)
    except ValueError as error:
        raise ResearcherError(
            rule="Y-02",
            sentence="No copy can be fitted like that.",
            instead=f"A copy needs 1 to {MOST_COLUMNS} public columns and a privacy loss of at least {LEAST.text}.",
        ) from error


def request_for(*, project: int, plan: Plan) -> Request:
    """What goes to ``privacy.release``. The question is public: method and bins follow from it and the schema."""
    return Request(
        project=project,
        table=plan.table,
        purpose="synthetic",
        mechanism="discrete Gaussian, noisy maximum",
        question={"synthetic": FORMAT, "columns": [key.column for key in plan.keys]},
        loss=plan.loss,
        program=program(plan),
    )
