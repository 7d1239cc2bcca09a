"""A past question in words, from the canonical form that the ledger keeps and the public schema of its version."""

from __future__ import annotations

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_from
from enclave.privacy.expression import Choice, Value, operands_of
from enclave.privacy.key import Key, Part
from enclave.privacy.measure import CountPeople, CountRows, CountValues, Measure
from enclave.privacy.ports import Charge
from enclave.privacy.predicate import All, columns_of
from enclave.privacy.relation import Table
from enclave.terms.schema import TableSchema

_PURPOSES = {"synthetic": "A synthetic copy", "inspect": "A report for the owner"}


def question_words(charge: Charge, schema: TableSchema | None) -> str:
    """What was asked: "Count of rows by district, where outcome". Only names and labels that are public stand in it."""
    aggregate = charge.asked.get("aggregate")
    if isinstance(aggregate, dict) and aggregate.get("joins"):
        # Its words would need the schemas of all its datasets, and an owner sees one: what was joined stands in the receipt.
        return "A question about the same people in several sources"
    if isinstance(aggregate, dict) and schema is not None:
        try:
            version = aggregate.get("version")
            table = Table(version=version if isinstance(version, int) else 0, dataset=0, population=0, schema=schema)
            return _words(aggregate_from(aggregate, table=table))
        except (ValueError, KeyError):
            pass
    return _PURPOSES.get(charge.purpose, "A question about an earlier version")


def _words(asked: BoundedAggregate) -> str:
    said = " and ".join(dict.fromkeys(_measured(measure, asked) for measure in asked.measures))
    if asked.keys:
        said += " by " + ", ".join(_key(key, asked) for key in asked.keys)
    if asked.where != All(parts=()):
        said += ", where " + ", ".join(sorted({_label(name, asked) for name in columns_of(asked.where)})) + " is as asked"
    return said[:1].upper() + said[1:]


def _measured(measure: Measure, asked: BoundedAggregate) -> str:
    if isinstance(measure, CountRows):
        return "number of rows" if asked.base is None else "number of people"
    if isinstance(measure, CountPeople):
        return "number of people"
    if isinstance(measure, CountValues):
        return f"number of rows with {_label(measure.column, asked)}"
    return f"total or average of {_label(measure.column, asked)}"


def _key(key: Key, asked: BoundedAggregate) -> str:
    label = _label(key.column, asked)
    return label if key.part is Part.VALUE else f"{key.part.value} of {label}"


def _label(name: str, asked: BoundedAggregate) -> str:
    """A column's label; for something computed, those of what it is computed from; for a number about a person, that it is one."""
    if name.startswith("x__"):
        expression = asked.derived[int(name.removeprefix("x__")) - 1]
        read = [operand.column for operand in operands_of(expression) if isinstance(operand, Value)]
        if isinstance(expression, Choice):
            read += [column for condition, _ in expression.cases for column in sorted(columns_of(condition))]
        return " and ".join(dict.fromkeys(_label(column, asked) for column in read)) or "a number"
    if name.startswith("f__"):
        return "a number about each person"
    column = asked.table.schema.column(name)
    return column.label.lower() if column else name
