"""The agreement and the project: keys registered, terms drafted, signed by every party, brought into force, the project opened.

The demo plays the signatories: their private keys lie in its keyring. In an enclave of one's own they never come near it.
"""

from __future__ import annotations

from collections.abc import Mapping

from enclave.demo import world
from enclave.demo.agreement import terms
from enclave.demo.keyring import Keyring
from enclave.demo.ports import DemoPorts
from enclave.governance.agreement import Agreement, AgreementState
from enclave.governance.appoint import appoint, register_key
from enclave.governance.open_project import open_project
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant, Role
from enclave.governance.sign import draft, sign
from enclave.oversight.activate import activate
from enclave.terms.person import Person

People = Mapping[str, Person]


def appoint_missing(*, by: Person, grants: list[Grant], ports: DemoPorts) -> None:
    """Give the roles that are not given yet."""
    with ports.governance.begin() as work:
        there = set(work.grants.all())
    for grant in grants:
        if grant not in there:
            appoint(by=by, grant=grant, ports=ports.governance)


def register_keys(*, by: Person, people: People, agencies: Mapping[str, Agency], secrets: Keyring, ports: DemoPorts) -> None:
    """Register every signatory's public key, once."""
    with ports.governance.begin() as work:
        missing = [one for one in _signatories() if work.grants.key(person=people[one.name].id, agency=agencies[one.agency].id) is None]
    for one in missing:
        key = secrets.of(one.name).public_key
        register_key(by=by, person=people[one.name], agency=agencies[one.agency], public_key=key, ports=ports.governance)


def conclude(*, by: Person, people: People, secrets: Keyring, ports: DemoPorts) -> Agreement:
    """The agreement in force: drafted, signed and activated as far as that is not done."""
    wanted = terms(secrets.founded)
    with ports.governance.begin() as work:
        there = next((one for one in work.agreements.all() if one.terms.digest == wanted.digest), None)
    agreement = there or draft(by=by, terms=wanted, ports=ports.governance)
    if agreement.state is not AgreementState.SIGNING:
        return agreement
    for one in _signatories():
        if one.agency in agreement.missing:
            signature = secrets.of(one.name).sign(bytes.fromhex(wanted.digest))
            sign(by=people[one.name], agreement=agreement.id, agency=one.agency, signature=signature, ports=ports.governance)
    return activate(by=by, agreement=agreement.id, ports=ports.oversight)


def open_demo_project(*, by: Person, people: People, agreement: Agreement, ports: DemoPorts) -> Project:
    """The project with its researchers."""
    plan = world.PROJECT
    with ports.governance.begin() as work:
        there = work.projects.by_slug(plan.slug)
    project = there or open_project(
        by=by,
        slug=plan.slug,
        title=plan.title,
        purpose=plan.purpose,
        benefit=plan.benefit,
        agreement=agreement.id,
        datasets=tuple(supply.dataset for supply in world.SUPPLIES),
        ends=agreement.terms.ends,
        ports=ports.governance,
    )
    grants = [Grant(person=people[one.name].id, role=one.role, project=project.id) for one in world.MEMBERS if one.on_project]
    appoint_missing(by=by, grants=grants, ports=ports)
    return project


def _signatories() -> list[world.Member]:
    return [one for one in world.MEMBERS if one.role is Role.SIGNATORY]
