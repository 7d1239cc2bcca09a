"""Receipts that an author names: they must be the project's, hold, and match what is stored. What they released goes into the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.audit.receipts import Verifier
from enclave.egress_review.ports import EgressWork
from enclave.privacy.ports import Charge, Settlement
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.errors import ResearcherError

MOST_RECEIPTS = 200


@dataclass(frozen=True, kw_only=True)
class Proven:
    """What the receipts that hold released, and the numbers of those that do not hold."""

    released: tuple[dict[str, Json], ...]
    broken: tuple[str, ...]


def check_receipts(numbers: Sequence[str], project: int, *, work: EgressWork) -> tuple[str, ...]:
    """The receipts, each once, if they are answers of this project. One sentence for unknown and for other people's."""
    named = tuple(dict.fromkeys(numbers))
    if len(named) > MOST_RECEIPTS:
        raise ResearcherError(
            rule="E-07", sentence=f"A request names at most {MOST_RECEIPTS} receipts.", instead="Name those of the answers in the files."
        )
    if any(_of_project(number, project, work) is None for number in named):
        raise ResearcherError(
            rule="E-08", sentence="Your project has no receipt of that number.", instead="Name receipts of answers from this project."
        )
    return named


def prove(numbers: Sequence[str], project: int, *, work: EgressWork, verifier: Verifier) -> Proven:
    """Verify signature and stored values of each receipt. The noised values are public to the project; nothing exact is stored anywhere."""
    released: list[dict[str, Json]] = []
    broken: list[str] = []
    for number in numbers:
        found = _of_project(number, project, work)
        if found is None or not _holds(*found, verifier):
            broken.append(number)
        elif isinstance(found[1].noised, dict):
            released.append({key: found[1].noised[key] for key in ("headings", "rows") if key in found[1].noised})
    return Proven(released=tuple(released), broken=tuple(broken))


def _of_project(number: str, project: int, work: EgressWork) -> tuple[Charge, Settlement] | None:
    found = work.charges.by_number(number)
    return found if found is not None and found[0].project == project else None


def _holds(charge: Charge, settlement: Settlement, verifier: Verifier) -> bool:
    """The signature is ours, it was made over these claims, and the claims are about these values of this charge."""
    claims = verifier.claims(settlement.token)
    if claims is None or claims != settlement.receipt:
        return False
    try:
        values = fingerprint(settlement.noised)
    except ValueError:
        return False
    expected: dict[str, Json] = {"number": settlement.number, "project": charge.project, "charge": charge.id, "values": values}
    return all(claims.get(name) == value for name, value in expected.items())
