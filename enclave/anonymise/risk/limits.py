"""Whether a risk report stays within what its officer accepted the last time."""

from __future__ import annotations

from enclave.catalogue.weighing import Limits
from enclave.terms.canonical import Json


def within(report: dict[str, Json], limits: Limits | None) -> bool:
    """Both shares are at most the limits. Without limits nothing passes."""
    if limits is None:
        return False
    alone, average = measured(report)
    return alone <= limits.alone and average <= limits.average


def measured(report: dict[str, Json]) -> tuple[int, int]:
    """People alone and average risk of a report in ten-thousandths, rounded up."""
    alone, risks = report["alone"], report["risks"]
    prosecutor = risks["prosecutor"] if isinstance(risks, dict) else None
    if not isinstance(alone, dict) or not isinstance(prosecutor, dict):
        raise ValueError("not a risk report")
    return _up(alone["share"]), _up(prosecutor["average"])


def _up(share: Json) -> int:
    if not isinstance(share, int | float):
        raise ValueError("a share is needed")
    return -int(-share * 10_000 // 1)
