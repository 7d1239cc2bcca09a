"""A portal that died between sealing a list and saying that it was sent leaves nothing behind."""

from __future__ import annotations

import datetime as dt

from enclave.anonymise.removal.sweep_unsent import sweep_unsent
from enclave.catalogue.person_list import ListState
from tests.factories.uploads import Desk
from tests.unit.anonymise.test_lists import ZEBULON, listing, sent, state


def test_a_list_that_was_never_sent_whole_is_erased_after_a_day() -> None:
    desk = Desk()
    number, read = sent(desk, listing(ZEBULON)), sent(desk, listing(ZEBULON))
    with desk.enclave.begin() as work:
        work.person_lists.move(number, old=ListState.READING, new=ListState.RECEIVING)
    assert sweep_unsent(ports=desk.ports()) == 0  # it may be on its way
    desk.enclave.clock.now += dt.timedelta(days=1, seconds=1)
    assert [sweep_unsent(ports=desk.ports()) for _ in range(2)] == [1, 0]
    assert (state(desk, number), state(desk, read)) == (ListState.WITHDRAWN, ListState.READING)
    assert list(desk.lists.parts) == [read]
