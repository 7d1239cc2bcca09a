"""Make the lookups of places we ship, from the public names of areas: ``python -m enclave.demo.street_crime.pack_lookups SOURCE TARGET``.

ONS names a small area after its local authority and its middle-layer area: LSOA ``Chelmsford 012A`` lies in MSOA ``Chelmsford 012`` in
Chelmsford. So police.uk's files, which name the LSOA of every event, hold the hierarchy of each LSOA in which anything happened.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from enclave.demo.street_crime.districts import DISTRICTS

FORCES = {"essex": "Essex Police", "west_mercia": "West Mercia Police"}
SOURCE = "Names of areas in street-level crime of data.police.uk, October to December 2018; names by ONS"
LICENCE = "Open Government Licence v3.0: contains public sector information"
_AREA = re.compile(r"(?P<msoa>(?P<authority>.+) \d{3})[A-Z]")


def areas(source: Path) -> Iterator[tuple[str, str, str]]:
    """LSOA (code, then name), MSOA and district, of every area of the demo's districts."""
    known = {district for districts in DISTRICTS.values() for district in districts}
    for path in sorted(source.glob("*-street.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                found = _AREA.fullmatch(row["LSOA name"])
                if found and found["authority"] in known:
                    for place in (row["LSOA code"], row["LSOA name"]):
                        yield place, found["msoa"], found["authority"]


def pack(source: Path, target: Path) -> None:
    """Write the tables and their manifest."""
    found = sorted(set(areas(source)))
    tables = {
        ("lsoa", "msoa"): {place: msoa for place, msoa, _ in found},
        ("lsoa", "district"): {place: district for place, _, district in found},
        ("msoa", "district"): {msoa: district for _, msoa, district in found},
        ("district", "force"): {district: FORCES[force] for force, districts in DISTRICTS.items() for district in districts},
    }
    manifest = []
    for (small, large), table in tables.items():
        name = f"{small}-{large}"
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([("from", "to"), *sorted(table.items())])
        about = {
            "name": name,
            "file": f"{name}.csv",
            "from": small,
            "to": large,
            "source": SOURCE,
            "licence": LICENCE,
            "version": "2018-12",
        }
        manifest.append(about)
    (target / "lookups.json").write_text(json.dumps({"format": "enclave-lookups/1", "lookups": manifest}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
