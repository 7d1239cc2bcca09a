"""Events of people over the four years: how many each has, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.demo.population import days
from enclave.demo.population.arrays import Bools, Draw, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Events:
    """Who (number inside the block) and when (day number), one element per event, in order of time."""

    person: Ints
    day: Ints

    @property
    def size(self) -> int:
        """How many events."""
        return len(self.person)


def ordered(person: Ints, day: Ints) -> Events:
    """Events in order of time, as registers keep them."""
    order = np.argsort(day, kind="stable")
    return Events(person=person[order], day=day[order])


def together(*parts: Events) -> Events:
    """All events of several kinds, in order of time."""
    return ordered(np.concatenate([part.person for part in parts]), np.concatenate([part.day for part in parts]))


def evenly(draw: Draw, yearly: Floats) -> Events:
    """A Poisson number of events for each person at their yearly rate, spread evenly over the four years."""
    person = np.repeat(np.arange(len(yearly)), draw.poisson(yearly * days.EVENT_DAYS / days.YEAR))
    return Events(person=person, day=draw.integers(days.EVENTS_FROM, days.EVENTS_TO + 1, size=len(person)))


def before(draw: Draw, yearly: Floats, moment: Ints, length: int, *, whom: Bools) -> Events:
    """Events at a yearly rate in the ``length`` days before each chosen person's moment, as far as the registers reach back."""
    start = np.maximum(moment - length, days.EVENTS_FROM)
    span = np.where(whom, np.maximum(moment - start, 0), 0)
    person = np.repeat(np.arange(len(yearly)), draw.poisson(yearly * span / days.YEAR))
    day = start[person] + (draw.random(len(person)) * span[person]).astype(np.int64)
    return Events(person=person, day=day)
