"""The district of a row, from the public name of its small area.

ONS names a lower layer super output area (LSOA) after its local authority and a code: ``Colchester 001A``. The authority is a public fact
of the area, not of the crime, so the column can be added when packing without looking at anything but that name.
"""

from __future__ import annotations

import re

ELSEWHERE = "Elsewhere"

DISTRICTS: dict[str, tuple[str, ...]] = {
    "essex": (
        "Basildon",
        "Braintree",
        "Brentwood",
        "Castle Point",
        "Chelmsford",
        "Colchester",
        "Epping Forest",
        "Harlow",
        "Maldon",
        "Rochford",
        "Southend-on-Sea",
        "Tendring",
        "Thurrock",
        "Uttlesford",
    ),
    "west_mercia": (
        "Bromsgrove",
        "Herefordshire",
        "Malvern Hills",
        "Redditch",
        "Shropshire",
        "Telford and Wrekin",
        "Worcester",
        "Wychavon",
        "Wyre Forest",
    ),
}

_AREA = re.compile(r"(?P<authority>.+) \d{3}[A-Z]")


def district(area: str, *, force: str) -> str:
    """The force's district, ``Elsewhere`` for areas of other forces, empty where the row has no area."""
    if not area:
        return ""
    match = _AREA.fullmatch(area)
    authority = match["authority"] if match else ""
    return authority if authority in DISTRICTS[force] else ELSEWHERE
