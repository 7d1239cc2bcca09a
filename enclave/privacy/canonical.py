"""Bounded aggregates as canonical JSON: what is fingerprinted, stored with a charge, and sent to the worker."""

from __future__ import annotations

from collections.abc import Mapping

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.expression_json import expression_from, expression_json
from enclave.privacy.key import key_from, key_json
from enclave.privacy.measure import measure_from, measure_json
from enclave.privacy.predicate import from_json, to_json
from enclave.privacy.relation import Feature, FeatureKind, Join, JoinKind, Relation, Table
from enclave.terms.canonical import Json, fingerprint


def aggregate_json(aggregate: BoundedAggregate) -> dict[str, Json]:
    """The canonical form; two aggregates with equal bytes are the same question about the same versions."""
    body: dict[str, Json] = {
        "version": aggregate.table.version,
        "contribution": aggregate.contribution,
        "where": to_json(aggregate.where),
        "keys": [key_json(key) for key in aggregate.keys],
        "measures": [measure_json(measure) for measure in aggregate.measures],
    }
    if aggregate.derived:
        body["derived"] = [expression_json(expression) for expression in aggregate.derived]
    if aggregate.base is not None:
        body["base"] = _relation_json(aggregate.base)
    if aggregate.joins:
        body["joins"] = [[join.kind.value, _relation_json(join.relation)] for join in aggregate.joins]
    return body


def question_of(aggregate: BoundedAggregate) -> str:
    """The SHA-256 of the canonical form."""
    return fingerprint(aggregate_json(aggregate))


def aggregate_from(body: dict[str, Json], *, table: Table, others: Mapping[int, Table] | None = None) -> BoundedAggregate:
    """Rebuild an aggregate over tables the caller looked up itself (``others`` by version).

    Raises ``ValueError`` or ``KeyError`` on anything malformed.
    """
    tables = {table.version: table, **(others or {})}
    base = _relation_from(body["base"], tables) if "base" in body else None
    made = BoundedAggregate(
        table=table,
        where=from_json(body["where"]),
        keys=tuple(key_from(key) for key in _list(body["keys"])),
        measures=tuple(measure_from(measure) for measure in _list(body["measures"])),
        derived=tuple(expression_from(expression) for expression in _list(body.get("derived", []))),
        base=base,
        joins=tuple(_join_from(join, tables) for join in _list(body.get("joins", []))),
    )
    if body["version"] != table.version or body["contribution"] != made.contribution:
        raise ValueError("not an aggregate over this version")
    return made


def _relation_json(relation: Relation) -> Json:
    features: list[Json] = [
        [one.kind.value, one.column, one.low, one.high, *([one.by] if one.by else [])] for one in relation.features or ()
    ]
    return {
        "version": relation.table.version,
        "where": to_json(relation.where),
        "derived": [expression_json(expression) for expression in relation.derived],
        "features": None if relation.features is None else features,
    }


def _relation_from(body: Json, tables: Mapping[int, Table]) -> Relation:
    match body:
        case {"version": int(version), "where": where, "derived": list(derived), "features": features}:
            return Relation(
                table=tables[version],
                where=from_json(where),
                derived=tuple(expression_from(expression) for expression in derived),
                features=None if features is None else tuple(_feature_from(feature) for feature in _list(features)),
            )
        case _:
            raise ValueError("not a relation")


def _join_from(body: Json, tables: Mapping[int, Table]) -> Join:
    match body:
        case [str(kind), relation]:
            return Join(kind=JoinKind(kind), relation=_relation_from(relation, tables))
        case _:
            raise ValueError("not a join")


def _feature_from(body: Json) -> Feature:
    match body:
        case [str(kind), str(column), int(low), int(high)]:
            return Feature(kind=FeatureKind(kind), column=column, low=low, high=high)
        case [str(kind), str(column), int(low), int(high), str(by)]:
            return Feature(kind=FeatureKind(kind), column=column, low=low, high=high, by=by)
        case _:
            raise ValueError("not a feature")


def _list(body: Json) -> list[Json]:
    if not isinstance(body, list):
        raise ValueError("a list is needed")
    return body
