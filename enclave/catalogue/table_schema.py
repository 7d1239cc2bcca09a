"""A version's public schema as a data dictionary: Frictionless Table Schema, https://datapackage.org/standard/table-schema/ .

``anonymise.dictionary`` reads it back to the same columns. What the standard has no word for stands in ``enclave``.
"""

from __future__ import annotations

from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind, TableSchema

_TYPES = {
    Kind.CATEGORY: "string",
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "integer",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.MONTH: "yearmonth",
}


def table_schema(schema: TableSchema) -> dict[str, Json]:
    """All that is public about a version, as a dictionary for people and programs."""
    about: dict[str, Json] = {
        "dataset": str(schema.name),
        "row": schema.row,
        "unit": schema.unit.value,
        "size": schema.size,
        "rows_per_person": schema.rows_per_person,
        "attribution": schema.attribution,
        **({"as_of": schema.as_of} if schema.as_of else {}),
    }
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "title": schema.label,
        "fields": [_field(column) for column in schema.columns],
        "missingValues": [""],
        "enclave": about,
    }


def _field(column: Column) -> dict[str, Json]:
    constraints: dict[str, Json] = {} if column.missing else {"required": True}
    field: dict[str, Json] = {"name": column.name, "title": column.label, "type": _TYPES[column.kind]}
    if column.kind is Kind.CATEGORY:
        field["categories"] = [
            {"value": category.code, **({"label": category.label} if category.label else {})} for category in column.categories
        ]
        constraints["enum"] = [category.code for category in column.categories]
    elif column.kind is not Kind.BOOLEAN:
        constraints |= {"minimum": column.shown(column.low), "maximum": column.shown(column.high)}
    if constraints:
        field["constraints"] = constraints
    if column.decimals or column.unit:
        field["enclave"] = {"decimals": column.decimals, "unit": column.unit}
    return field
