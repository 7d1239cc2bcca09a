"""JSON and GeoJSON: lists of records are tables, points are places where somebody may live, and the rest is read as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from enclave.egress_review.checks.columns import says_count
from enclave.egress_review.checks.content import Content, Piece
from enclave.egress_review.checks.json_strict import NotStrict, read_json
from enclave.egress_review.checks.table import MOST_COLUMNS, Table
from enclave.egress_review.rules import Found
from enclave.terms.canonical import Json

FEW_POINTS = 10
_FEATURE = frozenset({"type", "id", "bbox", "geometry", "properties"})
_COLLECTION = frozenset({"type", "name", "crs", "bbox", "features"})
_GEOMETRY = frozenset({"type", "coordinates", "geometries", "bbox"})
_AREAS = frozenset({"Polygon", "MultiPolygon"})
_LINES = frozenset({"LineString", "MultiLineString"})


def read_json_file(data: bytes, *, smallest: int) -> Content:
    """Tables where records are listed, lines where they are not."""
    try:
        body = read_json(data)
    except NotStrict:
        return Content(found=(Found(rule="F10"),))
    if isinstance(body, dict) and body.get("type") == "FeatureCollection":
        return _features(body)
    tables, lines = list[Table](), list[str]()
    _walk(body, "", tables, lines)
    pieces = [Piece(place=f"list {number}", table=table) for number, table in enumerate(tables, start=1)]
    small = sum(_is_small(line, smallest) for line in lines)
    found = [Found(rule="T01b", numbers={"cells": small, "smallest": smallest})] if small else []
    return Content(pieces=(*pieces, Piece(text="\n".join(lines))), found=(*found, *_points(_geometries(body))))


def read_geojson(data: bytes) -> Content:
    """Features with their properties as a table."""
    try:
        body = read_json(data)
    except NotStrict:
        return Content(found=(Found(rule="F10"),))
    if not isinstance(body, dict) or body.get("type") != "FeatureCollection":
        return Content(found=(Found(rule="F02"),))
    return _features(body)


def _walk(body: Json, path: str, tables: list[Table], lines: list[str]) -> None:
    table = _table(body)
    if table is not None:
        tables.append(table)
    elif isinstance(body, dict):
        for key, value in body.items():
            _walk(value, f"{path}.{key}" if path else key, tables, lines)
    elif isinstance(body, list):
        for value in body:
            _walk(value, path, tables, lines)
    else:
        lines.append(f"{path}: {_said(body)}")


def _table(body: Json) -> Table | None:
    """Records under each other, columns side by side, or values by group."""
    if isinstance(body, list) and len(body) > 1 and all(isinstance(one, dict) and _is_flat(one.values()) for one in body):
        records = [one for one in body if isinstance(one, dict)]
        headings = tuple(dict.fromkeys(key for one in records for key in one))[: MOST_COLUMNS + 1]
        return Table(headings=headings, rows=tuple(tuple(_said(one.get(key)) for key in headings) for one in records))
    if isinstance(body, list) and len(body) > 1 and all(isinstance(one, list) and _is_flat(one) and len(one) > 1 for one in body):
        lists = [one for one in body if isinstance(one, list)]
        if len({len(one) for one in lists}) == 1:
            grid = [tuple(map(_said, one)) for one in lists]
            return Table(headings=grid[0], rows=tuple(grid[1:]))
    if isinstance(body, list) and len(body) > 1 and _is_flat(body):
        return Table(headings=("value",), rows=tuple((_said(one),) for one in body))
    if isinstance(body, dict) and len(body) > 1 and all(type(one) in {int, float} for one in body.values()):
        return Table(headings=("group", "value"), rows=tuple((key, _said(value)) for key, value in body.items()))
    if isinstance(body, dict) and body and all(isinstance(one, list | dict) and _is_flat(_values(one)) for one in body.values()):
        columns = [_values(one) for one in body.values() if isinstance(one, list | dict)]
        if len({len(one) for one in columns}) == 1 and len(columns[0]) > 1:
            rows = tuple(tuple(map(_said, row)) for row in zip(*columns, strict=True))
            return Table(headings=tuple(body), rows=rows)
    return None


def _values(body: list[Json] | dict[str, Json]) -> list[Json]:
    return list(body.values()) if isinstance(body, dict) else body


def _is_flat(values: object) -> bool:
    return isinstance(values, list | type({}.values())) and not any(isinstance(one, dict | list) for one in values)


def _said(value: Json) -> str:
    return "" if value is None else str(value)


def _is_small(line: str, smallest: int) -> bool:
    """A small whole number after a name that says count; other settings of a program are small numbers too."""
    name, _, value = line.rpartition(": ")
    return value.isdigit() and 0 < int(value[:9]) < smallest and says_count(name.rpartition(".")[2])


def _features(body: dict[str, Json]) -> Content:
    features = body.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        return Content(found=(Found(rule="F10"),))
    listed = [one for one in features if isinstance(one, dict)]
    odd = set(body) - _COLLECTION or any(set(one) - _FEATURE or not _is_plain(one.get("geometry")) for one in listed)
    found = [Found(rule="H25")] if odd or not all(_are_numbers(one.get("bbox", [])) for one in (body, *listed)) else []
    kinds = [kind for one in listed for kind in _kinds(one.get("geometry"))]
    found += _points(sum(kind not in _AREAS | _LINES for kind in kinds))
    properties = [one.get("properties") or {} for one in listed]
    flat = [one for one in properties if isinstance(one, dict) and _is_flat(one.values())]
    if len(flat) != len(properties):
        found.append(Found(rule="F11"))
    headings = tuple(dict.fromkeys(key for one in flat for key in one))[: MOST_COLUMNS + 1]
    table = Table(headings=headings, rows=tuple(tuple(_said(one.get(key)) for key in headings) for one in flat))
    said = "\n".join(_said(one) for one in (body.get("name"), body.get("crs"), *(one.get("id") for one in listed)) if one is not None)
    pieces = [Piece(place="properties", table=table)] if headings else []
    return Content(pieces=(*pieces, Piece(place="names", text=said)), found=tuple(found))


def _is_plain(geometry: Json) -> bool:
    """Whether a geometry is made of nothing but kinds and numbers."""
    if geometry is None:
        return True
    if not isinstance(geometry, dict) or set(geometry) - _GEOMETRY or not isinstance(geometry.get("type"), str):
        return False
    inner = geometry.get("geometries", [])
    known = geometry["type"] in _AREAS | _LINES | {"Point", "MultiPoint", "GeometryCollection"}
    numbers = _are_numbers(geometry.get("coordinates", [])) and _are_numbers(geometry.get("bbox", []))
    return known and numbers and isinstance(inner, list) and all(_is_plain(one) for one in inner)


def _are_numbers(body: Json) -> bool:
    """Lists of lists of numbers, however deep (the depth of the file is bounded)."""
    if isinstance(body, list):
        return all(_are_numbers(one) for one in body)
    return type(body) in {int, float}


def _points(points: int) -> list[Found]:
    return [Found(rule="G01" if points >= FEW_POINTS else "G01b", numbers={"points": points})] if points else []


def _geometries(body: Json) -> int:
    """How many objects have coordinates, wherever they stand: outside a collection of features none of them is a map that is checked."""
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else []
    return int(isinstance(body, dict) and "coordinates" in body) + sum(_geometries(one) for one in inner)


def _kinds(geometry: Json) -> Iterator[str]:
    """The kinds of a geometry; each point of several counts. Whatever is not known counts as a point."""
    if not isinstance(geometry, dict):
        return
    kind, parts, inner = str(geometry.get("type")), geometry.get("coordinates"), geometry.get("geometries")
    if isinstance(inner, list):
        for one in inner:
            yield from _kinds(one)
    elif kind == "MultiPoint" and isinstance(parts, list):
        yield from ("Point" for _ in parts)
    else:
        yield kind
