"""Found the demo: people, agencies, datasets' names, the signed agreement, the project.

Everything goes through the use cases a user would go through, and every step first looks whether it is done. Killed anywhere, the next
call goes on; called when all is there, it only reads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from enclave.catalogue.register import register
from enclave.demo import keyring, world
from enclave.demo.keyring import Keyring
from enclave.demo.loopback import check_loopback
from enclave.demo.pact import People, appoint_missing, conclude, open_demo_project, register_keys
from enclave.demo.ports import DemoPorts, Progress, silent
from enclave.governance.appoint import appoint, found_agency
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant, Role
from enclave.identity.enrol import enrol
from enclave.terms.person import Person


def found(*, home: Path, address: str, ports: DemoPorts, progress: Progress = silent) -> Project:
    """Make the demo's world, or what is missing of it, and return its project. ``address`` is where the enclave listens.

    Raises ``OperatorError`` unless that is this machine alone.
    """
    check_loopback(address)
    secrets = _keyring(home, ports)
    people = _people(home, secrets, ports)
    governance = people[world.holder(Role.GOVERNANCE).name]
    _appoint_governance(governance, ports)
    agencies = _agencies(governance, ports)
    appoint_missing(by=governance, grants=_agency_grants(people, agencies), ports=ports)
    register_keys(by=governance, people=people, agencies=agencies, secrets=secrets, ports=ports)
    _datasets(people, ports)
    progress(f"{len(world.MEMBERS)} people, {len(agencies)} agencies and {len(world.SUPPLIES)} datasets are registered")
    agreement = conclude(by=governance, people=people, secrets=secrets, ports=ports)
    project = open_demo_project(by=governance, people=people, agreement=agreement, ports=ports)
    progress(f"the agreement is signed by all; the project {project.slug} is open")
    return project


def _keyring(home: Path, ports: DemoPorts) -> Keyring:
    """Written before the first account is made: whoever has an account also has a password somebody can look up."""
    fresh = keyring.new_keyring(ports.governance.clock().date())
    known = keyring.load(home)
    whole = replace(known, people=fresh.people | known.people) if known else fresh
    if known != whole:
        keyring.save(home, whole)
    return whole


def _people(home: Path, secrets: Keyring, ports: DemoPorts) -> People:
    """Enrol everyone who has no account, side by side: hashing a password takes a tenth of a second and does not hold Python's lock."""
    with ports.identity.begin() as work:
        there = {person.name: person for person in work.accounts.people()}

    def enrolled(one: world.Member) -> Person:
        person, _ = enrol(by=None, name=one.name, display=one.display, password=secrets.of(one.name).password, ports=ports.identity)
        return person

    missing = [one for one in world.MEMBERS if one.name not in there]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        people = there | {person.name: person for person in pool.map(enrolled, missing)}
    _keep_totp(home, secrets, ports)
    return people


def _keep_totp(home: Path, secrets: Keyring, ports: DemoPorts) -> None:
    """Write down the one-time-code secrets that enrolment made. They are read back from the accounts: a kill may have come in between."""
    without = [name for name, one in secrets.people.items() if not one.totp]
    if not without:
        return
    with ports.identity.begin() as work:
        accounts = [work.accounts.by_name(name) for name in without]
    for account in accounts:
        if account is not None:
            secrets = secrets.with_totp(account.person.name, account.totp_secret)
    keyring.save(home, secrets)


def _appoint_governance(governance: Person, ports: DemoPorts) -> None:
    """The first governance officer has nobody above them."""
    with ports.governance.begin() as work:
        there = bool(work.grants.of(governance.id))
    if not there:
        appoint(by=None, grant=Grant(person=governance.id, role=Role.GOVERNANCE), ports=ports.governance)


def _agencies(governance: Person, ports: DemoPorts) -> Mapping[str, Agency]:
    with ports.governance.begin() as work:
        there = {agency.slug: agency for agency in work.agencies.all()}
    missing = [body for body in world.BODIES if body.slug not in there]
    return there | {body.slug: found_agency(by=governance, slug=body.slug, name=body.name, ports=ports.governance) for body in missing}


def _agency_grants(people: People, agencies: Mapping[str, Agency]) -> list[Grant]:
    """Every role but those on the project, which is not open yet, and the governance officer's own."""
    return [
        Grant(person=people[one.name].id, role=one.role, agency=agencies[one.agency].id if one.agency else None)
        for one in world.MEMBERS
        if not one.on_project and one.role is not Role.GOVERNANCE
    ]


def _datasets(people: People, ports: DemoPorts) -> None:
    with ports.catalogue.begin() as work:
        there = {dataset.name for dataset in work.datasets.all()}
    for supply in world.SUPPLIES:
        if supply.dataset not in there:
            register(
                by=people[world.holder(Role.DATA_OFFICER, supply.dataset.agency).name],
                name=supply.dataset,
                label=supply.label,
                row=supply.row,
                unit=supply.unit,
                population=world.POPULATION,
                attribution=supply.attribution,
                ports=ports.catalogue,
            )
