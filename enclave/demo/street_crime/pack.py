"""Pack police.uk's monthly files of a force into the one file we ship: ``python -m enclave.demo.street_crime.pack SOURCE``.

Rows stay as published and in their order, repeated rows included: they are genuine events on one snapped point, and dropping them would
destroy data.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from enclave.demo.street_crime.districts import DISTRICTS, district

HERE = Path(__file__).parent
MONTHS = ("2018-10", "2018-11", "2018-12")


def rows(source: Path, *, force: str) -> Iterator[list[str]]:
    """Header first, then every row of the three months with its district at the end."""
    for month in MONTHS:
        with (source / f"{month}-{force.replace('_', '-')}-street.csv").open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle)
            header = next(reader)
            if month == MONTHS[0]:
                yield [*header, "District"]
            area = header.index("LSOA name")
            for row in reader:
                yield [*row, district(row[area], force=force)]


def pack(source: Path, target: Path) -> None:
    """Write one compressed file a force. No time stamp inside, so that packing twice gives the same bytes."""
    for force in DISTRICTS:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows(source, force=force))
        (target / f"{force}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    pack(Path(sys.argv[1]), HERE)
