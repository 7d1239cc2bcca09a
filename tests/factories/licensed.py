"""Data with a licence: small samples committed with the tests, wider sets in ``ENCLAVE_DATA`` where they are present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

COMMITTED = Path(__file__).parent.parent / "data"
WIDER = Path(os.environ.get("ENCLAVE_DATA", "../shared/data"))


def wider(name: str) -> Path:
    """A file of the wider data; the test is skipped with a plain reason where it is absent."""
    path = WIDER / name
    if not path.exists():
        pytest.skip(f"{name} is not here: set ENCLAVE_DATA to the folder of test data")
    return path
