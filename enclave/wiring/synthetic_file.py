"""Synthetic rows as the file a notebook reads."""

from enclave.adapters.synthetic_parquet import parquet_bytes as as_parquet

__all__ = ["as_parquet"]
