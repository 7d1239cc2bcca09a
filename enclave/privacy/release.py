"""The one way a number gets out.

Order of events: permission, then the reserve in every ledger with its audit event, committed durably; then the journal; then one step in
memory (engine, noise); then the noised result with its receipt, unique per reserve; then read back what is stored, and reply with that.
A crash before the store leaves the reserve spent and the step to be run again; a crash after it leaves the stored answer to be served.
Whoever finishes second discards their draw: at most one answer per reserve ever becomes visible.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from enclave.audit.events import Event
from enclave.audit.receipts import Receipt
from enclave.governance.permissions import check_may_ask, check_not_stopped
from enclave.privacy.ledger import Ledger, LedgerKey, of_dataset, of_population, of_project, shortage
from enclave.privacy.measurer import Measurer
from enclave.privacy.ports import Charge, PrivacyPorts, PrivacyWork, Settlement
from enclave.privacy.recover import entry_of
from enclave.privacy.relation import Table
from enclave.privacy.thaw import check_not_frozen
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.errors import BudgetError, ConflictError, EnclaveError, NotFoundError, OperatorError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.person import Person

MINIMUM = PrivacyLoss.costing("0.000001")
MOST_A_DAY = 2_000

Program: TypeAlias = Callable[[Measurer], Json]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be released: for which project, from which tables, at which price, by which program.

    ``question`` is the canonical form that is fingerprinted, stored and shown to the owner; ``purpose`` is ``query`` or ``synthetic``.
    """

    project: int
    table: Table
    purpose: str
    mechanism: str
    question: dict[str, Json]
    loss: PrivacyLoss
    program: Program
    others: tuple[Table, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that is read."""
        return (self.table, *self.others)

    @property
    def digest(self) -> str:
        """The SHA-256 under which the same question is found again."""
        return fingerprint({"dataset": self.table.dataset, "version": self.table.version, "question": self.question})


@dataclass(frozen=True, kw_only=True)
class Released:
    """A released result. ``spent`` is what was charged now: nothing if the project had paid before."""

    settlement: Settlement
    loss: PrivacyLoss
    spent: PrivacyLoss


def release(*, by: Person, request: Request, ports: PrivacyPorts) -> Released:
    """Release once and for all. Raises ``BudgetError`` before touching data; after the reserve every failure says and costs the same."""
    if request.loss.rho < MINIMUM.rho:
        raise ValueError("a release has a minimum price")
    with ports.begin() as work:
        _check(by, request, work, ports)
        paid = work.charges.find(project=request.project, question=request.digest, at_least=request.loss.rho)
    if paid is not None and paid[1] is not None:
        return Released(settlement=paid[1], loss=paid[0].loss, spent=PrivacyLoss(rho=0))
    charge, spent = (paid[0], PrivacyLoss(rho=0)) if paid else reserve(by=by, request=request, ports=ports)
    settlement = _settle(request, charge, ports)
    with ports.begin() as work:  # an agency may have stopped all use meanwhile: what was paid is kept, and nothing is said
        for table in request.tables:
            check_not_stopped(table.schema.name.agency, work=work)
    return Released(settlement=settlement, loss=charge.loss, spent=spent)


def reserve(*, by: Person, request: Request, ports: PrivacyPorts) -> tuple[Charge, PrivacyLoss]:
    """Debit population, dataset and project share in one transaction. Returns the charge and what it took now.

    A simultaneous request for the same question finds the other one's charge and takes nothing.
    """
    table = request.table
    try:
        with ports.begin() as work:
            keys = _check(by, request, work, ports)
            ledgers = [_must(work, key) for key in keys]
            if work.ledgers.debit(keys, request.loss) is not None:
                short = [ledger for ledger in ledgers if not ledger.affords(request.loss)] or ledgers
                raise shortage(min(short, key=lambda ledger: ledger.left), request.loss)
            charge = work.charges.add(
                project=request.project,
                person=by.id,
                purpose=request.purpose,
                question=request.digest,
                asked=request.question,
                loss=request.loss,
                keys=keys,
            )
            work.record(
                Event(
                    kind="privacy.reserved",
                    by=by.id,
                    subject=f"dataset:{table.dataset}",
                    details={
                        "charge": charge.id,
                        "project": request.project,
                        "purpose": request.purpose,
                        "rho": request.loss.rho,
                        "delta": request.loss.delta,
                        "question": request.digest,
                        "others": [other.dataset for other in request.others],
                    },
                )
            )
    except ConflictError:
        with ports.begin() as work:
            found = work.charges.find(project=request.project, question=request.digest, at_least=request.loss.rho)
        if found is None:
            raise
        return found[0], PrivacyLoss(rho=0)
    return charge, request.loss


def _check(by: Person, request: Request, work: PrivacyWork, ports: PrivacyPorts) -> list[LedgerKey]:
    """Permission, version and daily number; returns the ledgers to debit in the order of locking, new shares opened.

    An answer from several datasets costs each of them its whole price, and their common population once.
    """
    keys: set[LedgerKey] = set()
    for table in request.tables:
        project, _, item = check_may_ask(by, request.project, table.schema.name, today=ports.clock().date(), work=work)
        check_not_frozen(table.dataset, name=table.schema.name, work=work)
        current = work.datasets.answering(table.dataset)
        if current is None or current.id != table.version:
            raise NotFoundError(
                rule="P-02",
                sentence=f"{table.schema.name} has a newer version or is closed.",
                instead="Ask again: the question is asked anew.",
            )
        share = of_project(project.id, table.dataset)
        work.ledgers.open(share, item.granting(item.project_share))
        keys |= {of_dataset(table.dataset), of_population(table.population), share}
    midnight = ports.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    if work.charges.today(request.project, midnight) >= MOST_A_DAY:
        raise BudgetError(rule="P-03", sentence="Your project has asked its daily number of new questions.", instead="Go on tomorrow.")
    return sorted(keys)


def _settle(request: Request, charge: Charge, ports: PrivacyPorts) -> Settlement:
    try:
        _remember(request, charge, ports)
        noised = request.program(Measurer(engine=ports.engine, reserve=charge.loss))
        settlement = _sign(request, charge, noised, ports)
        with ports.begin() as work:
            if work.charges.settle(settlement):
                work.record(
                    Event(
                        kind="privacy.settled",
                        by=charge.person,
                        subject=f"dataset:{request.table.dataset}",
                        details={"charge": charge.id, "receipt": settlement.number},
                    )
                )
        with ports.begin() as work:
            stored = work.charges.settlement(charge.id)
    except Exception as error:  # noqa: BLE001 - whatever it was, outside it must look the same
        raise _constant() from _harmless(error)
    if stored is None:
        raise _constant()
    return stored


def _remember(request: Request, charge: Charge, ports: PrivacyPorts) -> None:
    """Before data is touched, also when a crashed step runs again: a repeated record says the same and is counted once."""
    ports.journal.append(
        entry_of(
            charge, dataset=request.table.dataset, population=request.table.population, others=[table.dataset for table in request.others]
        )
    )


def _sign(request: Request, charge: Charge, noised: Json, ports: PrivacyPorts) -> Settlement:
    now = ports.clock()
    receipt = Receipt(
        number=f"r-{secrets.token_hex(8)}",
        project=request.project,
        dataset=" and ".join(str(table.schema.name) for table in request.tables),
        version=request.table.version,
        question=charge.question,
        mechanism=request.mechanism,
        rho=charge.loss.rho,
        delta=charge.loss.delta,
        charge=charge.id,
        values=fingerprint(noised),
        unit=request.table.schema.unit.value,
        issued=now,
    )
    claims = receipt.claims()
    return Settlement(charge=charge.id, number=receipt.number, noised=noised, receipt=claims, token=ports.signer.sign(claims), at=now)


def _constant() -> EnclaveError:
    """One sentence for everything that can go wrong once data may have been touched: the reason must not be readable from outside."""
    return OperatorError(
        rule="P-04",
        sentence="The answer could not be completed.",
        instead="Ask the same again: it is already paid and will not be charged twice.",
    )


def _harmless(error: Exception) -> Exception | None:
    """Only our own refusals may appear as a cause; a library's message could quote a value."""
    return error if isinstance(error, EnclaveError) else None


def _must(work: PrivacyWork, key: LedgerKey) -> Ledger:
    ledger = work.ledgers.get(key)
    if ledger is None:
        raise NotFoundError(
            rule="P-05", sentence="This dataset has no budget yet.", instead="Its agreement must be signed by every party first."
        )
    return ledger
