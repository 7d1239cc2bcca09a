"""A reply leaves at the end of its slot, whatever happened in it."""

from __future__ import annotations

import pytest

from enclave.adapters.pace import slotted
from enclave.privacy.slot import LATE


class Watch:
    """Time passes only when somebody works or waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


def left_at(work: float, *, slot: float, fails: bool = False) -> float:
    """Seconds after the arrival at which the reply leaves, when the work takes ``work`` seconds."""
    watch = Watch()
    try:
        with slotted(slot, timer=watch, wait=watch.wait):
            watch.wait(work)
            if fails:
                raise ValueError("refused")
    except ValueError:
        assert fails
    return round(watch.now - 100.0, 6)


def test_quick_and_slow_success_and_failure_leave_at_the_same_moment() -> None:
    moments = {left_at(work, slot=0.5, fails=fails) for work in (0.0, 0.001, 0.4999, 0.5) for fails in (False, True)}
    assert moments == {0.5}


def test_an_overrun_leaves_at_one_fixed_later_moment() -> None:
    moments = {left_at(work, slot=0.5, fails=fails) for work in (0.5001, 3.0, 9.99) for fails in (False, True)}
    assert moments == {0.5 * LATE}


def test_the_error_of_the_work_is_the_error_of_the_slot() -> None:
    watch, failure = Watch(), RuntimeError("mine")
    with pytest.raises(RuntimeError) as caught, slotted(0.1, timer=watch, wait=watch.wait):
        raise failure
    assert caught.value is failure
