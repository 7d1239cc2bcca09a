"""Lists in force are remembered outside the database, as the tokens that are left of them: a restored backup forgets nobody's opt-out.

The lines stand with the tombstones of erased versions, which backups do not hold. A list is named by its agency, population, kind and
moment of sending, because a restored database gives its numbers anew. That a list was withdrawn is not remembered: after a restore it may
count again, and its agency withdraws it again. The other way round somebody would be forgotten.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enclave.anonymise.linkage.tokens import SIZE
from enclave.anonymise.ports import AnonymisePorts, Tombstones
from enclave.catalogue.person_list import ListKind, ListState, PersonList
from enclave.catalogue.ports import CatalogueWork
from enclave.governance.roles import Role
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError

TOKENS, IN_FORCE = "list.tokens", "list.in_force"
_AT_ONCE = 5_000  # tokens a line
_NOT_YET = frozenset({ListState.RECEIVING, ListState.READING, ListState.CONFIRMING, ListState.CONFIRMED})


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """A list as the journal knows it."""

    name: Mapping[str, Json]
    tokens: frozenset[bytes]
    key: str
    entries: int
    written: str


def remember(found: PersonList, tokens: Iterable[bytes], *, key: str, entries: int, ports: AnonymisePorts) -> None:
    """Before the transaction that makes it count: killed in between, the job does the rest. Twice, it stands there twice."""
    name, kept = name_of(found, ports), sorted(tokens)
    for start in range(0, len(kept), _AT_ONCE):
        packed = base64.b64encode(b"".join(kept[start : start + _AT_ONCE])).decode()
        ports.tombstones.append({"kind": TOKENS, "list": name, "tokens": packed})
    ports.tombstones.append({"kind": IN_FORCE, "list": name, "key": key, "entries": entries, "written": found.written})


def name_of(found: PersonList, ports: AnonymisePorts) -> dict[str, Json]:
    """What names a list in every database."""
    with ports.begin() as work:
        agency = next(one.slug for one in work.agencies.all() if one.id == found.agency)
        population = next(one.population.slug for one in work.datasets.all() if one.population.id == found.population)
    sent = found.sent.astimezone(dt.UTC).isoformat()
    return {"agency": agency, "population": population, "kind": found.kind.value, "sent": sent}


def remembered(tombstones: Tombstones) -> list[Remembered]:
    """Every list that ever counted, the first first."""
    tokens: dict[str, set[bytes]] = {}
    lists: dict[str, dict[str, Json]] = {}
    for stone in tombstones.records():
        name = repr(sorted(said.items())) if isinstance(said := stone.get("list"), dict) else ""
        if stone.get("kind") == TOKENS:
            packed = base64.b64decode(str(stone["tokens"]))
            tokens.setdefault(name, set()).update(packed[at : at + SIZE] for at in range(0, len(packed), SIZE))
        elif stone.get("kind") == IN_FORCE:
            lists[name] = stone
    return [
        Remembered(
            name=said if isinstance(said := one["list"], dict) else {},
            tokens=frozenset(tokens.get(name, ())),
            key=str(one["key"]),
            entries=int(str(one["entries"])),
            written=str(one["written"]),
        )
        for name, one in lists.items()
    ]


def place_of(one: Remembered, work: CatalogueWork) -> PersonList | None:
    """The list as a database that forgot it gets it again, ready to count; ``None`` where it is known, or where nothing is about these people."""
    agency = work.agencies.by_slug(str(one.name["agency"]))
    slug, kind, sent = str(one.name["population"]), ListKind(str(one.name["kind"])), dt.datetime.fromisoformat(str(one.name["sent"]))
    population = next((dataset.population.id for dataset in work.datasets.all() if dataset.population.slug == slug), None)
    if agency is None or population is None:
        return None
    same = [one for one in work.person_lists.of_agency(agency.id) if (one.population, one.kind, one.sent) == (population, kind, sent)]
    if same:
        return same[0] if same[0].state in _NOT_YET else None
    officers = [grant.person for grant in work.grants.all() if grant.role is Role.DATA_OFFICER and grant.agency == agency.id]
    if not officers:
        raise OperatorError(
            rule="A-28",
            sentence="A list of people is remembered whose agency has no data officer any more.",
            instead="Give somebody that role, then start again.",
        )
    return work.person_lists.add(
        population=population, agency=agency.id, person=officers[0], kind=kind, written=one.written, size=0, sent=sent
    )
