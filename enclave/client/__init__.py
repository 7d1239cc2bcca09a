"""The enclave from a notebook::

    from enclave.client import connect
    e = connect()
    e.datasets()

Importing this module takes milliseconds; pandas and friends load on first use.
"""

from enclave.client.connection import Connection
from enclave.client.dataset import Dataset
from enclave.client.enclave import Enclave, connect
from enclave.client.measured import Measured
from enclave.client.preview import Preview
from enclave.client.result import Result
from enclave.terms.errors import BudgetError, EnclaveError, NotAllowedError, NotFoundError, ResearcherError

__all__ = [
    "BudgetError",
    "Connection",
    "Dataset",
    "Enclave",
    "EnclaveError",
    "Measured",
    "NotAllowedError",
    "NotFoundError",
    "Preview",
    "ResearcherError",
    "Result",
    "connect",
]
