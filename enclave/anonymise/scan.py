"""Scan a file offline: the same parser, the same proposals, nothing stored. For ``enclave anonymise scan FILE``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

from enclave.anonymise.column_class import ColumnClass
from enclave.anonymise.columns.dictionary import Field
from enclave.anonymise.columns.file_name import found_in_name
from enclave.anonymise.columns.profile import described
from enclave.anonymise.entities import Entity
from enclave.anonymise.ports import Parser
from enclave.anonymise.reading.parse import read_profile
from enclave.anonymise.reading.rejects import Rejects
from enclave.catalogue.declaration import Declaration
from enclave.terms.canonical import Json
from enclave.terms.schema import Unit

FORMAT = "enclave-scan/1"


def scan_file(
    *,
    source: BinaryIO,
    size: int,
    name: str = "",
    parser: Parser,
    unit: Unit = Unit.PERSON,
    last: Declaration | None = None,
    dictionary: Mapping[str, Field] | None = None,
    tick: Callable[[int], None] = lambda _rows: None,
) -> dict[str, Json]:
    """What a file of ``size`` bytes holds, as counts and row numbers; docs/reference/enclave-scan-1.schema.json is its form.

    ``name`` is the file's own, which is looked at and not repeated; ``tick`` hears how many rows were read.
    Raises ``FileRefusedError`` with rule, line and sentence.
    """
    facts = read_profile(parser, source, size=size, tick=tick)
    body = described(facts, unit=unit, last=last, dictionary=dictionary)
    columns = body["columns"]
    return {
        "format": FORMAT,
        "file": body["file"],
        "name": [_entity(entity) for entity in found_in_name(name)],
        "rows": body["rows"],
        "rejected": _rejected(facts.rejects),
        "notes": body["notes"],
        "columns": [_column(place, one) for place, one in enumerate(_objects(columns), start=1)],
    }


def _rejected(rejects: Rejects) -> dict[str, Json]:
    first: list[Json] = [
        {"rule": one.why.rule, "line": one.why.line, "column": one.column, "sentence": one.why.sentence, "instead": one.why.instead}
        for one in rejects.first
    ]
    return {"rows": rejects.rows, "first": first}


def _column(place: int, one: Mapping[str, Json]) -> dict[str, Json]:
    proposal = one["proposal"]
    return {
        "column": place,
        "header": one["header"],
        "class": one["class"],
        "looks_like": ColumnClass(str(one["class"])).plain,
        "reason": proposal["reason"] if isinstance(proposal, dict) else "",
        "treatment": proposal["treatment"] if isinstance(proposal, dict) else "",
        "cells": one["cells"],
        "empty": one["empty"],
        "distinct": one["distinct"],
        "many": one["many"],
        "findings": _findings(one["stray"], one["places"]),
        "proposal": proposal,
    }


def _findings(stray: Json, places: Json) -> list[Json]:
    counts, rows = (body if isinstance(body, dict) else {} for body in (stray, places))
    return [{**_entity(Entity(name)), "cells": count, "rows": rows.get(name, [])} for name, count in counts.items()]


def _entity(entity: Entity) -> dict[str, Json]:
    return {"entity": entity.value, "plain": entity.plain}


def _objects(body: Json) -> Sequence[dict[str, Json]]:
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []
