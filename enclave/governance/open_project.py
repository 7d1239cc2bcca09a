"""Open a project under an agreement; nothing opens without purpose and benefit in plain words."""

from __future__ import annotations

import datetime as dt

from enclave.audit.events import Event
from enclave.governance.permissions import check_role
from enclave.governance.ports import GovernancePorts
from enclave.governance.project import Project
from enclave.governance.roles import Role
from enclave.terms.errors import AgencyError, ConflictError
from enclave.terms.names import DatasetName, is_project_slug
from enclave.terms.person import Person


def open_project(
    *,
    by: Person,
    slug: str,
    title: str,
    purpose: str,
    benefit: str,
    agreement: int,
    datasets: tuple[DatasetName, ...],
    ends: dt.date,
    ports: GovernancePorts,
) -> Project:
    """Open the project. Its datasets must be covered by the agreement, and it cannot outlive it."""
    with ports.begin() as work:
        check_role(by, Role.GOVERNANCE, work=work)
        if not is_project_slug(slug) or not datasets or any(not text.strip() for text in (title, purpose, benefit)):
            raise AgencyError(
                rule="G-19",
                sentence="A project needs a short name, a title, a purpose, a benefit and a dataset.",
                instead="Fill in all five; a short name has lower-case letters, digits and hyphens.",
            )
        found = work.agreements.by_id(agreement)
        if found is None or not found.in_force(ports.clock().date()):
            raise AgencyError(rule="G-15", sentence="The agreement is not in force.", instead="Wait until every party has signed.")
        uncovered = [name for name in datasets if found.terms.item(name) is None]
        if uncovered or ends > found.terms.ends:
            raise AgencyError(
                rule="G-16",
                sentence="The project asks for more than the agreement gives.",
                instead="Name only datasets of the agreement and end no later than it does.",
            )
        if work.projects.by_slug(slug) is not None:
            raise ConflictError(rule="G-17", sentence="There is already a project of that short name.", instead="Choose another one.")
        project = work.projects.add(
            slug=slug, title=title, purpose=purpose, benefit=benefit, agreement=agreement, datasets=datasets, ends=ends
        )
        work.record(
            Event(
                kind="project.opened",
                by=by.id,
                subject=f"project:{project.id}",
                details={"agreement": agreement, "datasets": [str(name) for name in datasets]},
            )
        )
        return project
