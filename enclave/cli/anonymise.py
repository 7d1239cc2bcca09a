"""``enclave anonymise scan``: look at a file before anyone uploads it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from enclave.terms.canonical import Json
from enclave.wiring.offline import scan

_TITLES = ("", "Column", "Looks like", "Filled", "Different", "Proposed", "Identifiers out of place")
_LONGEST = (4, 28, 28, 11, 11, 9)  # the last column takes what is left of the terminal
_TOLD_ROWS, _TOLD_REJECTS = 5, 10


def run(path: Path, *, as_json: bool) -> int:
    """Print each column's class, proposed treatment and findings. Exit code 0; 1 where some rows, or the whole file, cannot be read."""
    found = scan(path, tick=_progress())
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        print("\n".join(_report(found, width=shutil.get_terminal_size((160, 24)).columns)))
    return 1 if _object(found["rejected"])["rows"] else 0


def _progress() -> Callable[[int], None]:
    """On a terminal, the rows read so far on one line that the report then takes over."""
    if not sys.stderr.isatty():
        return lambda _rows: None
    return lambda rows: print(f"{rows:,} rows read\r", end="", file=sys.stderr, flush=True)


def _report(found: dict[str, Json], *, width: int) -> list[str]:
    columns = _objects(found["columns"])
    lines = [f"{found['rows']:,} rows, {len(columns):,} columns. {_read_as(_object(found['file']))}", ""]
    lines += _table([_line(one) for one in columns], width)
    lines += _rejects(_object(found["rejected"]))
    strange = [str(one["plain"]) for one in _objects(found["name"])]
    notes = [str(note) for note in found["notes"]] if isinstance(found["notes"], list) else []
    if strange:
        notes.append(f"The file's own name holds something that looks like: {', '.join(strange)}. Rename it before you send it anywhere.")
    notes += [f"{one['header']}: {one['reason']}" for one in columns if one["findings"]]
    return lines + [text for note in notes for text in ("", note)]


def _rejects(rejected: dict[str, Json]) -> list[str]:
    """The first rows that cannot be read, by rule and line; never what they hold."""
    if not rejected["rows"]:
        return []
    first = [f"{one['sentence']} {one['instead']} [{one['rule']}]" for one in _objects(rejected["first"])]
    more = ["…"] if int(str(rejected["rows"])) > _TOLD_REJECTS else []
    return ["", f"{rejected['rows']:,} rows cannot be read and would be left out:", *first[:_TOLD_REJECTS], *more]


def _read_as(file: dict[str, Json]) -> str:
    words = [str(file[name]) for name in ("type", "encoding", "delimiter") if name in file]
    return f"Read as {', '.join(words)}."


def _line(one: dict[str, Json]) -> tuple[str, ...]:
    cells, empty, distinct = (int(str(one[name])) for name in ("cells", "empty", "distinct"))
    return (
        str(one["column"]),
        str(one["header"]),
        str(one["looks_like"]),
        f"{cells - empty:,}",
        f"{distinct:,}{'+' if one['many'] else ''}",
        str(one["treatment"]),
        "; ".join(_finding(finding) for finding in _objects(one["findings"])),
    )


def _finding(finding: dict[str, Json]) -> str:
    rows = finding["rows"] if isinstance(finding["rows"], list) else []
    more = " …" if int(str(finding["cells"])) > len(rows[:_TOLD_ROWS]) else ""
    return f"{finding['plain']} × {finding['cells']:,} in row {', '.join(f'{row:,}' for row in rows[:_TOLD_ROWS])}{more}"


def _table(lines: Sequence[tuple[str, ...]], width: int) -> list[str]:
    wide = [min(most, max(len(line[place]) for line in (_TITLES, *lines))) for place, most in enumerate(_LONGEST)]
    last = max(len(_TITLES[-1]), width - sum(wide) - 2 * len(wide))
    ruled = [_TITLES, tuple("-" * size for size in (*wide, len(_TITLES[-1]))), *lines]
    return ["  ".join(_fit(cell, size) for cell, size in zip(line, (*wide, last), strict=True)).rstrip() for line in ruled]


def _fit(text: str, size: int) -> str:
    text = text if len(text) <= size else f"{text[: size - 1]}…"
    return text.rjust(size) if text.replace(",", "").rstrip("+").isdigit() else text.ljust(size)


def _object(body: Json) -> dict[str, Json]:
    return body if isinstance(body, dict) else {}


def _objects(body: Json) -> list[dict[str, Json]]:
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []
