"""Feed the demo: upload each agency's file, wait for the worker to look at it, declare what may be seen of it.

The state of each upload says what comes next, so a kill anywhere costs nothing: the next call goes on where the last one was. The first
dataset goes alone, so that somebody can work with it while the others follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from enclave.demo.files import Files
from enclave.demo.loopback import check_loopback
from enclave.demo.population.generate import PEOPLE, SEED
from enclave.demo.ports import DemoPorts, Progress, silent
from enclave.demo.supply_steps import Feeding, advance, old_refusals
from enclave.demo.world import SUPPLIES

PAUSE = 0.5


@dataclass(frozen=True, kw_only=True)
class Fed:
    """How it went: datasets that are published, and those whose file was refused, with the sentence that says why."""

    published: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def feed(
    *,
    home: Path,
    address: str,
    ports: DemoPorts,
    people: int = PEOPLE,
    seed: int = SEED,
    progress: Progress = silent,
    pause: Callable[[float], None] = time.sleep,
) -> Fed:
    """Upload and declare until every dataset is published or refused. ``pause`` is called, with seconds, while the worker is waited for.

    The demo must be founded. A dataset that has a version already is left alone.
    """
    check_loopback(address)
    wanted = Files(home=home, people=people, seed=seed)
    files = wanted.settled()
    if files != wanted:
        progress(f"keeping the population of {files.people:,} people that is here; another size needs another home directory")
    call = Feeding(ports=ports, files=files, progress=_once(progress), old=old_refusals(ports), refused={})
    while not _all_done(call):
        pause(PAUSE)
    names = [str(supply.dataset) for supply in SUPPLIES]
    return Fed(published=tuple(name for name in names if name not in call.refused), refused=tuple(call.refused.items()))


def _all_done(call: Feeding) -> bool:
    """Move every dataset on as far as it goes now; the others wait for the first."""
    first, *others = SUPPLIES
    if not advance(first, call):
        return False
    done = [advance(supply, call) for supply in others]
    return all(done)


def _once(progress: Progress) -> Progress:
    """The same progress without saying anything twice."""
    said: set[str] = set()

    def say(line: str) -> None:
        if line not in said:
            said.add(line)
            progress(line)

    return say
