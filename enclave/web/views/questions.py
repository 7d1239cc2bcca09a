"""A past question in words, from the canonical form that the ledger keeps and the public schema of its version."""

from __future__ import annotations

from enclave.privacy.aggregate import BoundedAggregate, CountPeople, CountRows, CountValues, Key, Measure, Part, Table
from enclave.privacy.ports import Charge
from enclave.privacy.predicate import All, columns_of
from enclave.terms.schema import TableSchema

_PURPOSES = {"synthetic": "A synthetic copy", "inspect": "A report for the owner"}


def question_words(charge: Charge, schema: TableSchema | None) -> str:
    """What was asked: "Count of rows by district, where outcome". Only names and labels that are public stand in it."""
    aggregate = charge.asked.get("aggregate")
    if isinstance(aggregate, dict) and schema is not None:
        try:
            version = aggregate.get("version")
            table = Table(version=version if isinstance(version, int) else 0, dataset=0, population=0, schema=schema)
            return _words(BoundedAggregate.from_json(aggregate, table=table))
        except (ValueError, KeyError):
            pass
    return _PURPOSES.get(charge.purpose, "A question about an earlier version")


def _words(asked: BoundedAggregate) -> str:
    schema = asked.table.schema
    said = " and ".join(dict.fromkeys(_measured(measure, schema) for measure in asked.measures))
    if asked.keys:
        said += " by " + ", ".join(_key(key, schema) for key in asked.keys)
    if asked.where != All(parts=()):
        said += ", where " + ", ".join(sorted(_label(name, schema) for name in columns_of(asked.where))) + " is as asked"
    return said[:1].upper() + said[1:]


def _measured(measure: Measure, schema: TableSchema) -> str:
    if isinstance(measure, CountRows):
        return "number of rows"
    if isinstance(measure, CountPeople):
        return "number of people"
    if isinstance(measure, CountValues):
        return f"number of rows with {_label(measure.column, schema)}"
    return f"total or average of {_label(measure.column, schema)}"


def _key(key: Key, schema: TableSchema) -> str:
    label = _label(key.column, schema)
    return label if key.part is Part.VALUE else f"{key.part.value} of {label}"


def _label(name: str, schema: TableSchema) -> str:
    column = schema.column(name)
    return column.label.lower() if column else name
