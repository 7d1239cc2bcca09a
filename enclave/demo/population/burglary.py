"""Break-ins: streets of some neighbourhoods more than others, winter more than summer, and soon again next door.

The process is a branching one (Mohler, Short, Brantingham, Schoenberg & Tita 2011, "Self-exciting point process modeling of crime"): a
steady rate per home starts chains, and every break-in may be followed by one in the same street within a fortnight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.demo.population import days
from enclave.demo.population.arrays import Bools, Draw, Floats, Ints
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.people import HOMES_IN_STREET, Block
from enclave.demo.population.places import NEIGHBOURHOODS

_TOPIC = 11


@dataclass(frozen=True, kw_only=True)
class Burglaries:
    """Home and day of every break-in, in order of time; ``repeat`` marks those that followed another one."""

    home: Ints
    day: Ints
    repeat: Bools


def burglaries(block: Block) -> Burglaries:
    """All break-ins of the block."""
    draw = block.draw(_TOPIC)
    home, day = _started(draw, block)
    homes, dates, repeats = [home], [day], [np.zeros(len(home), dtype=np.bool_)]
    while len(home):
        home, day = _followed(draw, home, day, homes_in_block=int(block.home[-1]) + 1)
        homes.append(home)
        dates.append(day)
        repeats.append(np.ones(len(home), dtype=np.bool_))
    every = np.concatenate(dates)
    order = np.argsort(every, kind="stable")
    return Burglaries(home=np.concatenate(homes)[order], day=every[order], repeat=np.concatenate(repeats)[order])


def _started(draw: Draw, block: Block) -> tuple[Ints, Ints]:
    homes = int(block.home[-1]) + 1
    factor = np.array([place.burglary for place in NEIGHBOURHOODS])[block.street_place[np.arange(homes) // HOMES_IN_STREET]]
    person = np.repeat(np.arange(homes), draw.poisson(EFFECTS.burglary_rate * factor * days.EVENT_DAYS / days.YEAR))
    edges = np.cumsum(month_weights())
    return person, days.EVENTS_FROM + np.searchsorted(edges, draw.random(len(person)) * edges[-1], side="right")


def _followed(draw: Draw, home: Ints, day: Ints, *, homes_in_block: int) -> tuple[Ints, Ints]:
    again = draw.random(len(home)) < EFFECTS.near_repeat
    start = home[again] // HOMES_IN_STREET * HOMES_IN_STREET
    end = np.minimum(start + HOMES_IN_STREET, homes_in_block)
    next_home = start + (draw.random(len(start)) * (end - start)).astype(np.int64)
    next_day = day[again] + draw.integers(1, EFFECTS.near_repeat_days + 1, size=len(start))
    inside = next_day <= days.EVENTS_TO
    return next_home[inside], next_day[inside]


def month_weights() -> Floats:
    """The season's factor on every day of the four years."""
    weights: Floats = np.array(EFFECTS.burglary_months)[np.array(days.months()) - 1]
    return weights
