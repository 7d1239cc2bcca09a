"""Lists whose sending a crash cut short are withdrawn and their sealed bytes erased: nothing of a list stays but tokens."""

from __future__ import annotations

import datetime as dt

from enclave.anonymise.ports import AnonymisePorts
from enclave.audit.events import Event
from enclave.catalogue.person_list import ListState, list_step

WAITS = dt.timedelta(days=1)  # a sending takes seconds


def sweep_unsent(*, ports: AnonymisePorts) -> int:
    """For the start of the worker; how many lists that were."""
    change = list_step(ListState.RECEIVING, ListState.WITHDRAWN)
    before = ports.clock() - WAITS
    with ports.begin() as work:
        populations = sorted({one.population.id for one in work.datasets.all()})
        unsent = [
            one.id
            for population in populations
            for one in work.person_lists.of_population(population)
            if one.state is ListState.RECEIVING and one.sent < before
        ]
        for number in unsent:
            work.person_lists.move(number, old=change.old, new=change.new)
            work.record(Event(kind=change.event, by=None, subject=f"list:{number}"))
    for number in unsent:
        ports.lists.erase(number)
    return len(unsent)
