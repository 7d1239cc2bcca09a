"""Who is reported as a victim of domestic abuse, and when: what the first study looks back from."""

from __future__ import annotations

import numpy as np

from enclave.demo.population import days
from enclave.demo.population.arrays import Draw, Floats, Ints
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.events import Events, before
from enclave.demo.population.people import Block

NEVER = -1
_TOPIC = 10


def first_reports(block: Block) -> Ints:
    """The day of each person's first report, or ``NEVER``. Women are reported three times as often as men; only adults are, here."""
    draw = block.draw(_TOPIC)
    chance = np.where(block.female, 0.085, 0.028) * np.exp(0.35 * block.strain - 0.06)
    day = draw.integers(days.EVENTS_FROM + 30, days.EVENTS_TO + 1, size=block.size)
    reported = (draw.random(block.size) < chance) & (block.age(day) >= 18)
    return np.where(reported, day, NEVER)


def repeats(draw: Draw, first: Ints) -> Events:
    """Later reports about the same victims: on average one more, any time until the registers end."""
    person = np.repeat(np.arange(len(first)), np.where(first == NEVER, 0, draw.poisson(1.0, size=len(first))))
    left = days.EVENTS_TO + 1 - first[person]
    return Events(person=person, day=first[person] + (draw.random(len(person)) * left).astype(np.int64))


def contacts_before(draw: Draw, yearly: Floats, first: Ints, *, times: float) -> Events:
    """The contacts people have on top of their usual ``yearly`` rate in the time before their first report, to make ``times`` as many."""
    return before(draw, yearly * (times - 1), first, EFFECTS.abuse_days, whom=first != NEVER)
