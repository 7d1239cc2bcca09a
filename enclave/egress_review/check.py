"""Run the checks on every file of a request. The worker does it; doing it twice, or twice at once, does it once.

Nothing passes unchecked: a check that crashes, hangs or cannot start is a block, and so are bytes that cannot be read back.
"""

from __future__ import annotations

from collections import Counter

from enclave.audit.events import Event
from enclave.egress_review.fetch import fetch
from enclave.egress_review.lifecycle import State, step
from enclave.egress_review.policy import Policy
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.receipts import Proven, prove
from enclave.egress_review.request import File, Request
from enclave.egress_review.reviewers import bench, unknown
from enclave.egress_review.rules import Found
from enclave.terms.canonical import Json
from enclave.terms.submission import Finding, Verdict, verdict_of


def check(*, request: int, ports: EgressPorts) -> Request:
    """Check what was submitted and move it on to ``BLOCKED`` or ``IN_REVIEW``. A request that is past that is returned as it is."""
    begun = _begin(request, ports)
    if begun is None:
        with ports.begin() as work:
            return _must(request, work)
    found, policy, proven = begun
    findings = {file.number: _check_file(file, policy, proven, ports) for file in found.files}
    return _finish(found, findings, ports)


def _begin(request: int, ports: EgressPorts) -> tuple[Request, Policy, Proven] | None:
    """Take the request up; ``None`` when there is nothing left to do. One found in ``CHECKING`` was left there by a crash."""
    with ports.begin() as work:
        found = _must(request, work)
        if work.requests.move(request, old=State.SUBMITTED, new=State.CHECKING, at=ports.clock(), by=None):
            work.record(Event(kind=step(State.SUBMITTED, State.CHECKING).event, by=None, subject=f"request:{request}"))
        elif found.state is not State.CHECKING:
            return None
        policy = Policy.under(bench(found, work=work).agreement.terms)
        return found, policy, prove(found.receipts, found.project, work=work, verifier=ports.verifier)


def _check_file(file: File, policy: Policy, proven: Proven, ports: EgressPorts) -> tuple[Finding, ...]:
    broken = (Found(rule="P03").finding(),) if proven.broken else ()
    data = fetch(file, ports.blobs)
    if data is None:
        return (*file.findings, *broken, Found(rule="X02").finding())
    try:
        found = ports.scanner(data, suffix=file.suffix, policy=policy, released=proven.released)
    except Exception:  # noqa: BLE001 - whatever stopped the check, the file was not checked
        found = (Found(rule="X01").finding(),)
    return (*(one for one in file.findings if one.rule.startswith("N")), *broken, *found)


def _finish(found: Request, findings: dict[int, tuple[Finding, ...]], ports: EgressPorts) -> Request:
    every = tuple(one for many in findings.values() for one in many)
    new = State.BLOCKED if verdict_of(every) is Verdict.BLOCK else State.IN_REVIEW
    with ports.begin() as work:
        if work.requests.move(found.id, old=State.CHECKING, new=new, at=ports.clock(), by=None):
            for number, many in findings.items():
                work.requests.found(found.id, file=number, findings=many)
            rules: dict[str, Json] = dict(Counter(one.rule for one in every))
            work.record(Event(kind=step(State.CHECKING, new).event, by=None, subject=f"request:{found.id}", details={"rules": rules}))
        return _must(found.id, work)


def _must(request: int, work: EgressWork) -> Request:
    found = work.requests.by_id(request)
    if found is None:
        raise unknown()
    return found
