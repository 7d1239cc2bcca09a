"""Published tables from a place to the larger place it lies in: read strictly, because a wrong line would move people to another district.

A folder of CSV files with a manifest, ``lookups.json``::

    {"format": "enclave-lookups/1", "lookups": [{"name": "lsoa-district", "file": "lsoa-district.csv", "from": "lsoa", "to": "district",
      "source": "…", "licence": "…", "version": "2018-12"}]}

Each file has the columns ``from``, ``to`` and, if there are plain names, ``label``. Both ends are public facts of geography.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Category

FORMAT = "enclave-lookups/1"
MOST_ROWS, LONGEST = 3_000_000, 100
_NAME, _FILE = re.compile(r"[a-z0-9-]{1,60}"), re.compile(r"[a-z0-9_-]{1,80}\.csv")


@dataclass(frozen=True, kw_only=True)
class About:
    """One line of a manifest."""

    name: str
    file: str
    source_area: str
    target_area: str
    source: str
    licence: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A table read: ``table`` by ``key``; ``targets`` are the larger areas in their order of code."""

    about: About
    table: Mapping[str, str]
    targets: tuple[Category, ...]


def key(text: str) -> str:
    """How a place is looked up: capitals and spaces never matter."""
    return "".join(text.split()).casefold()


def read_manifest(content: bytes) -> tuple[About, ...]:
    """The lookups that a folder says it has. Raises ``OperatorError``."""
    try:
        body = json.loads(content)
        if not isinstance(body, dict) or body["format"] != FORMAT or not isinstance(body["lookups"], list):
            raise ValueError("not a manifest")
        abouts = tuple(_about(one) for one in body["lookups"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _refused("The manifest of the lookups cannot be read.") from None
    if len({about.name for about in abouts}) != len(abouts):
        raise _refused("Two lookups have the same name.")
    return abouts


def read_lookup(about: About, content: bytes) -> Lookup:
    """Read one file whole. Raises ``OperatorError`` with the line at the first thing that is not as it should be."""
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        header = next(reader, [])
        if header not in (["from", "to"], ["from", "to", "label"]):
            raise _refused(f"The lookup {about.name} does not begin with the columns from, to and perhaps label.")
        table, labels = _read(about, reader, len(header))
    except (UnicodeDecodeError, csv.Error):
        raise _refused(f"The lookup {about.name} is not a CSV file in UTF-8.") from None
    if not table:
        raise _refused(f"The lookup {about.name} has no rows.")
    return Lookup(about=about, table=table, targets=tuple(Category(code=code, label=labels[code]) for code in sorted(labels)))


def ways(abouts: Sequence[About]) -> dict[str, tuple[str, str]]:
    """Every way from an area to a larger one, as names parted by ``>``, with both ends; the shortest where there are several."""
    found = {about.name: (about.source_area, about.target_area) for about in abouts}
    reached = set(found.values())
    longer = dict(found)
    while longer:
        further = {
            f"{names}>{about.name}": (small, about.target_area)
            for names, (small, large) in longer.items()
            for about in abouts
            if about.source_area == large and about.target_area != small
        }
        longer = {}
        for names, ends in sorted(further.items()):
            if ends not in reached:
                reached.add(ends)
                longer[names] = ends
        found |= longer
    return found


def joined(lookups: list[Lookup]) -> Mapping[str, str]:
    """Several lookups one after the other; a place that ends on the way has no larger area. Raises ``OperatorError`` where they do not meet."""
    for one, following in pairwise(lookups):
        if one.about.target_area != following.about.source_area:
            raise _refused(f"The lookup {following.about.name} does not begin where {one.about.name} ends.")
    table = lookups[0].table
    for following in lookups[1:]:
        table = {place: following.table[key(area)] for place, area in table.items() if key(area) in following.table}
    return table


def _read(about: About, rows: Iterator[list[str]], width: int) -> tuple[dict[str, str], dict[str, str]]:
    table: dict[str, str] = {}
    labels: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        cells = [cell.strip() for cell in row]
        if len(cells) != width or not (cells[0] and cells[1]) or max(map(len, cells)) > LONGEST or line > MOST_ROWS:
            raise _refused(f"Line {line} of the lookup {about.name} is not one place, its larger area and a short label.")
        place, area, label = key(cells[0]), cells[1], cells[2] if width == 3 else ""
        if table.setdefault(place, area) != area or labels.setdefault(area, label) != label:
            raise _refused(f"Line {line} of the lookup {about.name} contradicts an earlier one.")
    return table, labels


def _about(body: Json) -> About:
    if not isinstance(body, dict):
        raise ValueError("a lookup is an object")
    name, file, *texts = (body[field] for field in ("name", "file", "from", "to", "source", "licence", "version"))
    if not (isinstance(name, str) and _NAME.fullmatch(name) and isinstance(file, str) and _FILE.fullmatch(file)):
        raise ValueError("a lookup has a plain name and a plain file")
    if not all(isinstance(text, str) and 0 < len(text) <= 300 for text in texts):
        raise ValueError("a lookup says whence it is")
    area, larger, source, licence, version = (str(text) for text in texts)
    return About(name=name, file=file, source_area=area, target_area=larger, source=source, licence=licence, version=version)


def _refused(sentence: str) -> OperatorError:
    return OperatorError(rule="A-20", sentence=sentence, instead="Mend the folder of lookups and start the enclave again.")
