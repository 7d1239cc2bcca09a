"""The demo's own process: goes through the portal's ports as its people would, under the portal's uid."""

from __future__ import annotations

import os
import sys

from enclave.demo.load import DemoPorts, feed, found
from enclave.settings.settings import Settings
from enclave.terms.errors import EnclaveError
from enclave.wiring.portal import build_portal


def main() -> int:
    """``found`` or ``feed PEOPLE``; progress goes to standard output, a line each."""
    os.umask(0o007)
    settings = Settings.read()
    portal = build_portal(settings)
    ports = DemoPorts(identity=portal.identity, governance=portal.governance, catalogue=portal.catalogue, oversight=portal.oversight)
    try:
        if sys.argv[1] == "found":
            found(home=settings.home, address=settings.address, ports=ports)
        else:
            feed(
                home=settings.home,
                address=settings.address,
                ports=ports,
                people=int(sys.argv[2]),
                progress=lambda line: print(line, flush=True),
            )
    except EnclaveError as refused:
        print(f"{refused.sentence} {refused.instead}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
