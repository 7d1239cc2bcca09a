"""``enclave anonymise link``: people across agencies' files. Written are keyed tokens, printed are counts."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from enclave.anonymise.link_files.link import Links
from enclave.anonymise.linkage.truth import quality
from enclave.terms.errors import AgencyError, EnclaveError
from enclave.wiring.linking import METHODS
from enclave.wiring.linking import link as link_offline

Truth: TypeAlias = dict[tuple[str, int], str]


def run(files: Sequence[str], *, keys: Path, out: Path, method: str, dates: Sequence[str], known_truth: Path | None) -> int:
    """Link, write LINKS, print what was taken as what and, where the truth is known, how good it was. Exit code 0."""
    if method not in METHODS:
        raise AgencyError(rule="L-01", sentence="There is no such method.", instead=f"Choose one of {', '.join(METHODS)}.")
    sources = {name: Path(path) for name, path in _pairs(files)}
    if len(sources) != len(files) or not all(path.is_file() for path in sources.values()):
        raise AgencyError(rule="L-02", sentence="Every file needs a name of its own and must exist.", instead="Write NAME=FILE for each.")
    truth = _truth(known_truth) if known_truth is not None else None
    try:
        links = link_offline(sources, keys=keys, method=method, dates=dict(_pairs(dates)))
        _write(links, out)
    except EnclaveError:
        raise
    except Exception as error:  # noqa: BLE001 - Python's messages could quote a row or name a file
        print(f"Something went wrong and no links were written ({type(error).__name__}).", file=sys.stderr)
        return 1
    _print(links)
    if truth is not None:
        _judge(links, truth)
    return 0


def _pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    found = [word.partition("=") for word in words]
    if any(not name or not value for name, _, value in found):
        raise AgencyError(rule="L-03", sentence="A name and a value belong together.", instead="Write NAME=FILE, or NAME=FORMAT for dates.")
    return [(name, value) for name, _, value in found]


def _write(links: Links, out: Path) -> None:
    """In place only when whole; readable by its owner."""
    scratch = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("agency", "row", "person"))
            writer.writerows(links.rows())
        scratch.replace(out)
    finally:
        scratch.unlink(missing_ok=True)


def _print(links: Links) -> None:
    for agency, roles in links.roles.items():
        print(f"{agency}: {len(links.persons[agency]):,} rows; " + ", ".join(f"{header} as {role.value}" for header, role in roles.items()))
    persons = {person for _, _, person in links.rows() if person}
    print(f"{len(persons):,} persons; {links.nobody:,} rows say too little to be anybody's")
    for kind, count in links.joined.items():
        print(f"  linked pairs with the same {kind}: {count:,}")


def _truth(path: Path) -> Truth:
    line = 1
    try:
        with path.open(newline="", encoding="utf-8") as file:
            truth: Truth = {}
            for row in csv.DictReader(file):
                line += 1
                truth[row["agency"], int(row["row"])] = row["person"]
            return truth
    except (ValueError, KeyError, OSError, csv.Error):
        raise AgencyError(
            rule="L-04", sentence=f"The known truth cannot be read near line {line}.", instead="Give it the columns agency, row and person."
        ) from None


def _judge(links: Links, truth: Truth) -> None:
    found = [(truth[agency, row], person or (agency, row)) for agency, row, person in links.rows() if (agency, row) in truth]
    good = quality([person for _, person in found], [person for person, _ in found])
    print(f"against the known truth, over pairs of {len(found):,} records: recall {good.recall:.4f}, precision {good.precision:.4f}")
