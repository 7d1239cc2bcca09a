"""The demo has passwords anyone may read and invented signatories: it must not be reachable from another machine."""

from __future__ import annotations

import ipaddress

from enclave.terms.errors import OperatorError


def check_loopback(address: str) -> None:
    """Raise unless the address is of this machine alone. Host names are refused but for ``localhost``: a name can come to mean anything."""
    if address == "localhost":
        return
    try:
        if ipaddress.ip_address(address).is_loopback:
            return
    except ValueError:
        pass
    raise OperatorError(
        rule="D-01",
        sentence="The demo may only listen on this machine itself.",
        instead="Use 127.0.0.1, or set up an enclave of your own with enclave up.",
    )
