"""The ``enclave`` command: thin. In a notebook it is the client's; on the server it is ``cli.main``."""

import os
import sys


def main() -> None:
    """Run the command that fits the place: inside a sandbox only the client is installed."""
    if "ENCLAVE_API_SOCKET" in os.environ:
        from enclave.client.command import main as in_notebook

        sys.exit(in_notebook())
    from enclave.cli.main import main as on_server

    on_server()
