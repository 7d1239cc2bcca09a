"""The worker's half of an answer that was put together from earlier ones: work it out again from what is stored, and sign it.

It costs nothing and touches no data. The receipt names the receipts it was read off, so that whoever checks an output can follow it to what
was paid; the table is stored beside it, which egress compares outputs with. The same question from the same receipts has one receipt.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from enclave.audit.events import Event
from enclave.audit.receipts import Receipt
from enclave.dp_queries.fulfil import Plan, noised_from, plan_of, table_json
from enclave.dp_queries.ports import Order
from enclave.dp_queries.postprocess import Noised
from enclave.dp_queries.question import asked
from enclave.dp_queries.reuse import MOST_USED, Release, put_together
from enclave.governance.permissions import check_may_ask
from enclave.privacy.canonical import aggregate_from
from enclave.privacy.ports import Derivation, PrivacyPorts, PrivacyWork
from enclave.privacy.thaw import check_not_frozen
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.errors import ConflictError, EnclaveError, NotFoundError
from enclave.terms.person import Person

MECHANISM = "read off earlier answers"


def derive(*, by: Person, order: Order, parents: Sequence[str], ports: PrivacyPorts) -> dict[str, Json]:
    """The signed receipt. Raises P-08 where the parents are not the project's answers about these lines, or do not make the question."""
    if not 1 <= len(parents) <= MOST_USED + 1 or len(set(parents)) != len(parents):  # one answer's noise counts once
        raise _unfit()
    try:
        return _derived(by, order, parents, ports)
    except ConflictError:  # somebody else has just stored the same: theirs stands
        return _derived(by, order, parents, ports)


def _derived(by: Person, order: Order, parents: Sequence[str], ports: PrivacyPorts) -> dict[str, Json]:
    with ports.begin() as work:
        plan = plan_of(order, work)
        for read in plan.aggregate.tables:
            check_may_ask(by, order.project, read.schema.name, today=ports.clock().date(), work=work)
            check_not_frozen(read.dataset, name=read.schema.name, work=work)
        releases = [_release(number, order, plan, work) for number in parents]
        version = plan.aggregate.table.version
        canonical = asked(plan.aggregate, order.outputs, plan.quantiles)
        question = fingerprint({"dataset": order.dataset, "version": version, "question": canonical})
        basis = fingerprint({"question": question, "parents": list(parents), "layout": order.layout})
        found = work.charges.derived(project=order.project, basis=basis)
        if found is not None:
            return {**found.receipt, "token": found.token}
        noised = _together(plan, releases)
        table = table_json(plan, noised)
        receipt = Receipt(
            number=f"d-{secrets.token_hex(8)}",
            project=order.project,
            dataset=" and ".join(str(one.schema.name) for one in plan.aggregate.tables),
            version=version,
            question=question,
            mechanism=MECHANISM,
            rho=0,
            delta=0,
            charge=0,
            values=fingerprint(table),
            unit=plan.aggregate.table.schema.unit.value,
            issued=ports.clock(),
            parents=tuple(parents),
        )
        claims = receipt.claims()
        made = Derivation(
            project=order.project,
            person=by.id,
            basis=basis,
            number=receipt.number,
            noised=table,
            receipt=claims,
            token=ports.signer.sign(claims),
            at=ports.clock(),
        )
        work.charges.derive(made)
        details: dict[str, Json] = {"project": order.project, "question": question, "receipt": made.number, "parents": list(parents)}
        work.record(Event(kind="privacy.derived", by=by.id, subject=f"dataset:{order.dataset}", details=details))
    return {**claims, "token": made.token}


def _release(number: str, order: Order, plan: Plan, work: PrivacyWork) -> Release:
    """An earlier answer of the project to a question about the same versions."""
    found = work.charges.by_number(number)
    if found is None or found[0].project != order.project or found[0].purpose != "query":
        raise _unfit()
    charge, settlement = found
    body, table = charge.asked.get("aggregate"), plan.aggregate.table
    if not isinstance(body, dict) or body.get("version") != table.version or not isinstance(settlement.noised, dict):
        raise _unfit()
    try:
        aggregate = aggregate_from(body, table=table, others={other.version: other for other in plan.aggregate.tables})
        return Release(aggregate=aggregate, noised=noised_from(settlement.noised))
    except (ValueError, KeyError) as error:
        raise _unfit() from error


def _together(plan: Plan, releases: Sequence[Release]) -> Noised:
    try:
        return put_together(plan.aggregate, releases, plan.layout.groupings)
    except ValueError as error:
        raise _unfit() from error


def _unfit() -> EnclaveError:
    return NotFoundError(rule="P-08", sentence="The question does not fit the answers that it was to be read off.", instead="Ask again.")
