"""The one door to SDV (the Synthetic Data Vault): its metadata, written from the public schema, and its models, fitted on synthetic rows.

SDV has no privacy of its own: measured with version 2.0, a category of one row and the exact extremes come back from a fit, and free text
comes back verbatim. So its metadata is never detected from data, and its models see only rows that are differentially private already,
which keeps them so (post-processing). A saved model file stays on the server. SDV is optional: nothing here is imported until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave.synthetic.rows import MARK, Rows
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Column, Kind, TableSchema

if TYPE_CHECKING:
    import pandas as pd
    from sdv.metadata import Metadata

LICENCE = (
    "SDV is licensed under the Business Source License 1.1 (DataCebo): free to run for your own organisation, not to sell as a "
    "synthetic data service. Everything else works without it."
)


def metadata_json(schema: TableSchema) -> dict[str, Json]:
    """SDV's metadata (specification V2) as JSON, from the public schema alone. Needs no SDV."""
    columns: dict[str, Json] = {MARK: {"sdtype": "id"}}
    columns |= {column.name: _sdtype(column) for column in schema.columns}
    table: dict[str, Json] = {"columns": columns, "primary_key": MARK}
    return {"METADATA_SPEC_VERSION": "V2", "tables": {schema.name.dataset: table}, "relationships": []}


def metadata(schema: TableSchema) -> Metadata:
    """SDV's own object. Raises ``OperatorError`` where SDV is not installed."""
    try:
        from sdv.metadata import Metadata
    except ImportError as error:
        raise OperatorError(
            rule="Y-08", sentence="SDV is not installed here.", instead="Use the copy as it is, or ask the operator for the extra `sdv`."
        ) from error
    return Metadata.load_from_dict(metadata_json(schema))


def refitted(rows: Rows, *, rows_wanted: int) -> pd.DataFrame:
    """Rows of SDV's Gaussian copula fitted on synthetic rows: for people who want SDV's conditional sampling; less faithful than the copy."""
    known = metadata(rows.schema)
    import pandas as pd
    from sdv.single_table import GaussianCopulaSynthesizer

    name = rows.schema.name.dataset
    synthesiser = GaussianCopulaSynthesizer(known)
    synthesiser.fit({name: pd.DataFrame(rows.shown())})
    sampled: pd.DataFrame = synthesiser.sample(rows_wanted)[name]
    return sampled


def _sdtype(column: Column) -> dict[str, Json]:
    if column.kind is Kind.CATEGORY:
        return {"sdtype": "categorical"}
    if column.kind is Kind.BOOLEAN:
        return {"sdtype": "boolean"}
    if column.kind is Kind.DATE:
        return {"sdtype": "datetime", "datetime_format": "%Y-%m-%d"}
    if column.kind is Kind.MONTH:
        return {"sdtype": "datetime", "datetime_format": "%Y-%m"}
    return {"sdtype": "numerical"}
