"""Receipts that an author names: they must be the project's, hold, and match what is stored. What they released goes into the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.audit.receipts import Verifier
from enclave.egress_review.ports import EgressWork
from enclave.privacy.ports import Charge, Derivation, Settlement
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
        table = _table(number, project, work, verifier)
        if table is None:
            broken.append(number)
        elif isinstance(table, dict):
            released.append({key: table[key] for key in ("headings", "rows") if key in table})
    return Proven(released=tuple(released), broken=tuple(broken))


def _table(number: str, project: int, work: EgressWork, verifier: Verifier) -> Json | None:
    """What the receipt released, if it holds; one that was read off others holds if each of them does."""
    found = _of_project(number, project, work)
    if found is None:
        return None
    if not isinstance(found, Derivation):
        charge, settlement = found
        expected: dict[str, Json] = {"number": settlement.number, "project": charge.project, "charge": charge.id}
        return settlement.noised if _holds(settlement, expected, verifier) else None
    expected = {"number": found.number, "project": found.project, "charge": 0, "rho": 0}
    parents = found.receipt.get("parents")
    if not isinstance(parents, list) or not parents or not _holds(found, expected, verifier):
        return None
    bought = [work.charges.by_number(str(parent)) for parent in parents]
    if any(one is None or one[0].project != project or _table(one[1].number, project, work, verifier) is None for one in bought):
        return None
    return found.noised


def _of_project(number: str, project: int, work: EgressWork) -> tuple[Charge, Settlement] | Derivation | None:
    found = work.charges.by_number(number)
    if found is not None:
        return found if found[0].project == project else None
    derived = work.charges.derived_by_number(number)
    return derived if derived is not None and derived.project == project else None


def _holds(stored: Settlement | Derivation, expected: dict[str, Json], verifier: Verifier) -> bool:
    """The signature is ours, it was made over these claims, and the claims are about these values."""
    claims = verifier.claims(stored.token)
    if claims is None or claims != stored.receipt:
        return False
    try:
        values = fingerprint(stored.noised)
    except ValueError:
        return False
    return all(claims.get(name) == value for name, value in {**expected, "values": values}.items())
