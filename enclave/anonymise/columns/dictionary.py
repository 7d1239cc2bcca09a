"""A data dictionary the agency supplies, as Frictionless Table Schema JSON: types, bounds, categories and labels somebody wrote down.

https://datapackage.org/standard/table-schema/ . Read leniently: what is not understood is left out, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from enclave.anonymise.cell.dates import is_format
from enclave.anonymise.reading.headers import plain, slug
from enclave.catalogue.declaration import MOST_BLANKS
from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError
from enclave.terms.schema import Category, Column, Kind

LARGEST = 4 * 1024 * 1024
_KINDS = {
    "boolean": Kind.BOOLEAN, "integer": Kind.INTEGER, "number": Kind.NUMBER, "date": Kind.DATE, "datetime": Kind.DATE,
    "yearmonth": Kind.MONTH, "year": Kind.INTEGER, "string": Kind.CATEGORY,
}  # fmt: skip
_DEFAULT_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%SZ", "yearmonth": "%Y-%m"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """What the dictionary says of one column. ``low`` and ``high`` are as written there: a number or an ISO date."""

    name: str
    label: str
    kind: Kind
    format: str = ""
    low: str | None = None
    high: str | None = None
    categories: tuple[Category, ...] = ()
    missing: bool = True
    decimals: int | None = None
    unit: str = ""


def read_dictionary(content: bytes) -> dict[str, Field]:
    """The fields by column name, without regard to capitals. Raises ``AgencyError`` where the file is no dictionary."""
    try:
        body = json.loads(content) if len(content) <= LARGEST else None
        fields = list(_fields(body))
    except (ValueError, RecursionError):
        fields = []
    if not fields:
        raise AgencyError(
            rule="U-40",
            sentence="This is not a data dictionary.",
            instead="Upload a Frictionless Table Schema: JSON with a list of fields.",
        )
    return {field.name.casefold(): field for field in fields}


def blanks_in(content: bytes) -> tuple[str, ...]:
    """The words that stand for an empty cell (``missingValues``), of the whole table or of any of its fields; none where it is no dictionary."""
    try:
        body = _schema(json.loads(content) if len(content) <= LARGEST else None)
    except (ValueError, RecursionError):
        return ()
    fields = body.get("fields")
    said = [body, *(field for field in fields if isinstance(field, dict))] if isinstance(fields, list) else [body]
    words = [_word(value) for one in said for value in (one.get("missingValues") if isinstance(one.get("missingValues"), list) else [])]  # type: ignore[union-attr]
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_BLANKS]


def _word(value: Json) -> str:
    """One missing value: text, or in version 2 of the standard an object with a label beside it."""
    text = value.get("value") if isinstance(value, dict) else value
    return text.strip()[:40] if isinstance(text, str) else ""


def _schema(body: Json) -> dict[str, Json]:
    # A dictionary may also be a whole data package: then the schema of its only table counts.
    if isinstance(body, dict) and isinstance(resources := body.get("resources"), list) and len(resources) == 1:
        body = resources[0].get("schema") if isinstance(resources[0], dict) else None
    return body if isinstance(body, dict) else {}


def _fields(body: Json) -> Iterator[Field]:
    fields = _schema(body).get("fields")
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, dict) and isinstance(field.get("name"), str) and (read := _field(field)) is not None:
            yield read


def _field(body: dict[str, Json]) -> Field | None:
    written = str(body.get("type", "string"))
    rules = body.get("constraints")
    constraints = rules if isinstance(rules, dict) else {}
    categories = _categories(body.get("categories", constraints.get("enum")))
    kind = Kind.CATEGORY if categories and written != "boolean" else _KINDS.get(written)
    if kind is None:
        return None
    return Field(
        name=str(body["name"]),
        label=str(body.get("title", ""))[:200],
        kind=kind,
        format=_format(written, str(body.get("format", "default"))),
        low=_bound(constraints.get("minimum")),
        high=_bound(constraints.get("maximum")),
        categories=categories,
        missing=constraints.get("required") is not True,
        decimals=_decimals(body.get("enclave")),
        unit=_unit(body.get("enclave")),
    )


def _decimals(own: Json) -> int | None:
    """How many decimals our own dictionaries say; others show it only by how their bounds are written."""
    decimals = own.get("decimals") if isinstance(own, dict) else None
    return decimals if isinstance(decimals, int) and not isinstance(decimals, bool) and 0 <= decimals <= 6 else None


def _unit(own: Json) -> str:
    return str(own.get("unit", ""))[:40] if isinstance(own, dict) else ""


def _categories(body: Json) -> tuple[Category, ...]:
    """``enum`` is a list of values, ``categories`` a list of values or of ``{"value", "label"}``; repeated codes count once."""
    found: dict[str, Category] = {}
    for item in body if isinstance(body, list) else []:
        code, label = (item.get("value"), item.get("label", "")) if isinstance(item, dict) else (item, "")
        if isinstance(code, str | int) and not isinstance(code, bool) and str(code):
            found.setdefault(str(code), Category(code=str(code), label=str(label)))
    return tuple(found.values())


def _format(written: str, declared: str) -> str:
    if written not in _DEFAULT_FORMATS:
        return ""
    return declared if declared not in {"default", "any"} and is_format(declared) else _DEFAULT_FORMATS[written] * (declared != "any")


def _bound(value: Json) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return str(value)


def column_of(field: Field, header: str) -> Column | None:
    """The public column the dictionary describes, or ``None`` where it does not say enough."""
    decimals = 0
    if field.kind is Kind.NUMBER:
        decimals = field.decimals if field.decimals is not None else _decimals_of(field.low, field.high)
    name, label = slug(header), field.label or plain(header)
    try:
        if field.kind is Kind.CATEGORY:
            return Column(name=name, label=label, kind=field.kind, missing=field.missing, categories=field.categories)
        if field.kind is Kind.BOOLEAN:
            return Column(name=name, label=label, kind=field.kind, missing=field.missing, low=0, high=1)
        if field.low is None or field.high is None:
            return None
        scale = Column(name=name, label=label, kind=field.kind, low=0, high=0, decimals=decimals)
        low, high = (scale.physical(bound[:7] if field.kind is Kind.MONTH else bound) for bound in (field.low, field.high))
        return Column(
            name=name, label=label, kind=field.kind, missing=field.missing, low=low, high=high, decimals=decimals, unit=field.unit
        )
    except ValueError:
        return None


def _decimals_of(*bounds: str | None) -> int:
    """How many decimals a number needs so that its declared bounds can be written; six at most."""
    places = 0
    for bound in bounds:
        try:
            exponent = Decimal(bound or "0").as_tuple().exponent
        except InvalidOperation:
            continue
        places = max(places, -exponent if isinstance(exponent, int) else 0)
    return min(places, 6)
