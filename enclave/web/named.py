"""Names in addresses."""

from __future__ import annotations

from enclave.terms.names import DatasetName
from enclave.web.rules import refusal


def dataset_name(text: str) -> DatasetName:
    """``agency.dataset`` from an address; anything else is no page."""
    try:
        return DatasetName.parse(text)
    except ValueError:
        raise refusal("W-05") from None
