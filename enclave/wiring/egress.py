"""Egress review's ports, for portal and worker alike: both see the submitted bytes, neither needs a key to data."""

from __future__ import annotations

from enclave.adapters.blobs import BlobFolder
from enclave.adapters.jail_checks import JailChecks
from enclave.adapters.sql.work import Transactions
from enclave.audit.receipts import Verifier
from enclave.egress_review.ports import EgressPorts
from enclave.isolation.jail import Limits, run
from enclave.settings.settings import Settings
from enclave.wiring.database import now


def egress_ports(settings: Settings, *, transactions: Transactions, verifier: Verifier) -> EgressPorts:
    """Submitted files in ``blobs``, checks in the jail."""
    return EgressPorts(
        begin=transactions.begin,
        clock=now,
        blobs=BlobFolder(settings.folder("blobs")),
        scanner=JailChecks(run=run, limits=Limits),
        verifier=verifier,
    )
