"""Verify the whole log against itself, its own head and, where there is one, a checkpoint somebody else kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.audit.chain import first_break
from enclave.audit.checkpoints import contradiction, disagreement
from enclave.audit.receipts import Verifier
from enclave.audit.work import Log


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What verifying found; ``sentence`` says it for people."""

    holds: bool
    length: int
    sentence: str


def verify(*, log: Log, verifier: Verifier, against: Sequence[str] = ()) -> Verdict:
    """Recompute every digest and compare with the checkpoints. Costs one pass over the log."""
    length, head = log.head()
    broken = first_break(log.entries())
    if broken is not None:
        return Verdict(holds=False, length=length, sentence=broken.sentence)
    problem = disagreement(log=log, length=length, head=head, witness="The log's own head")
    for token in against:
        problem = problem or contradiction(log=log, token=token, verifier=verifier)
    if problem is not None:
        return Verdict(holds=False, length=length, sentence=problem)
    return Verdict(holds=True, length=length, sentence=f"The log holds: {length} entries, every digest follows from the one before.")
