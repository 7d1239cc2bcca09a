"""An agency sends a list of people, stands by a large one, or takes an opt-out list back.

The file is sealed as it arrives and erased once it has become tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

from enclave.audit.events import Event
from enclave.catalogue.dataset import Population
from enclave.catalogue.person_list import ListKind, ListState, PersonList, list_step
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.governance.permissions import check_agency_role, has_role
from enclave.governance.roles import Role
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError, NotAllowedError, NotFoundError
from enclave.terms.person import Person
from enclave.terms.schema import Unit

LARGEST_LIST = 7 * 1024 * 1024  # about a hundred thousand people


def send_list(
    *, by: Person, agency: int, population: int, kind: ListKind, written: str, content: bytes, ports: CataloguePorts
) -> PersonList:
    """Keep the list and ask the worker to read it. ``written`` is the form of its dates of birth; ``content`` a CSV file.

    The sealed bytes are durable before the list counts as sent; what a crash leaves between is a list that was never sent.
    """
    if not 0 < len(content) <= LARGEST_LIST:
        raise AgencyError(rule="C-30", sentence="The list is empty or larger than 7 MB.", instead="Choose another file or split it.")
    with ports.begin() as work:
        check_agency_role(by, Role.DATA_OFFICER, agency, work=work)
        if population not in {one.id for one in populations_of(agency, work)}:
            raise NotFoundError(
                rule="C-41", sentence="Your agency has no data about these people.", instead="Choose whom the list is about."
            )
        made = work.person_lists.add(
            population=population, agency=agency, person=by.id, kind=kind, written=written, size=len(content), sent=ports.clock()
        )
    ports.lists.keep(made.id, offset=0, staged=ports.lists.stage(made.id, offset=0, data=content))
    step = list_step(ListState.RECEIVING, ListState.READING)
    with ports.begin() as work:
        if work.person_lists.move(made.id, old=step.old, new=step.new):
            work.jobs.ask(kind=JobKind.READ_LIST, subject=f"list:{made.id}", parameters={"list": made.id})
            work.record(Event(kind=step.event, by=by.id, subject=f"list:{made.id}", details={"kind": kind.value, "population": population}))
        return own_list(by, made.id, work)


def withdraw_list(*, by: Person, number: int, ports: CataloguePorts) -> None:
    """Take an opt-out list back. Rows that were removed do not return: they come with the next file, if it has them. Twice is harmless."""
    with ports.begin() as work:
        found = own_list(by, number, work)
        if found.state is not ListState.WITHDRAWN:
            _withdraw(by, found, work)
    ports.lists.erase(number)


def second_list(*, by: Person, number: int, ports: CataloguePorts) -> None:
    """Stand by a large list that a colleague sent; from now on the time runs within which it counts. Twice is harmless."""
    with ports.begin() as work:
        found = own_list(by, number, work)
        if found.person == by.id:
            raise NotAllowedError(
                rule="C-35",
                sentence="Whoever sent a large list does not also confirm it.",
                instead="Ask another data officer of your agency to look at it, or withdraw it.",
            )
        step = list_step(ListState.CONFIRMING, ListState.CONFIRMED)
        if work.person_lists.move(number, old=step.old, new=step.new, confirmed=ports.clock()):
            work.jobs.ask(kind=JobKind.READ_LIST, subject=f"list:{number}", parameters={"list": number})
            work.record(Event(kind=step.event, by=by.id, subject=f"list:{number}"))


def own_list(by: Person, number: int, work: CatalogueWork) -> PersonList:
    """The list, if it is of the officer's own agency; else the same sentence as for one that does not exist."""
    found = work.person_lists.by_id(number)
    if found is None or not has_role(by, Role.DATA_OFFICER, work=work, agency=found.agency):
        raise NotFoundError(rule="C-42", sentence="There is no such list.", instead="Open it from the page of your lists.")
    return found


def populations_of(agency: int, work: CatalogueWork) -> Sequence[Population]:
    """Whom the agency's person-level datasets are about."""
    found = {
        dataset.population.id: dataset.population
        for dataset in work.datasets.all()
        if dataset.agency == agency and dataset.population.unit is Unit.PERSON
    }
    return list(found.values())


def _withdraw(by: Person, found: PersonList, work: CatalogueWork) -> None:
    if found.kind is ListKind.CONSENT and found.state is ListState.IN_FORCE:
        raise ConflictError(
            rule="C-43",
            sentence="A consent list is not withdrawn: without it nobody would have consented.",
            instead="Send the list as it is now.",
        )
    try:
        step = list_step(found.state, ListState.WITHDRAWN)
    except ValueError:
        raise ConflictError(
            rule="C-44", sentence="This list can no longer be withdrawn.", instead="Look at the page of your lists."
        ) from None
    if work.person_lists.move(found.id, old=step.old, new=step.new):
        work.person_lists.forget(found.id)
        work.record(Event(kind=step.event, by=by.id, subject=f"list:{found.id}"))
