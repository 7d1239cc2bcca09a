"""The ``enclave`` command: thin."""

from enclave.cli.main import main

__all__ = ["main"]
