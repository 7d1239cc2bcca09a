"""What the generated events came to: counted while they stream by, so that the truth needs no second pass and little memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np

from enclave.demo.population import days
from enclave.demo.population.abuse import NEVER
from enclave.demo.population.arrays import Bools, Ints
from enclave.demo.population.burglary import Burglaries
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.events import Events
from enclave.demo.population.people import HOMES_IN_STREET, Block
from enclave.demo.population.places import NEIGHBOURHOODS
from enclave.demo.population.register import Part
from enclave.terms.canonical import Json

MOST_ROWS = 1_000


@dataclass
class RegisterTally:
    """Rows, people and notes of one register; ``people_with`` counts people by their number of rows."""

    rows: int = 0
    notes: int = 0
    people_with: Ints = field(default_factory=lambda: np.zeros(MOST_ROWS + 1, dtype=np.int64))

    def add(self, part: Part) -> None:
        """Count one block's rows."""
        self.rows += len(part.person)
        if "note" in part.header[-1]:
            self.notes += sum(1 for note in part.columns[-1] if note)
        each = np.bincount(part.person)
        self.people_with += np.bincount(np.minimum(each[each > 0], MOST_ROWS), minlength=MOST_ROWS + 1)

    def rows_within(self, most: int) -> int:
        """Rows that remain when each person keeps ``most`` at most."""
        return int((np.minimum(np.arange(MOST_ROWS + 1), most) * self.people_with).sum())

    def as_json(self) -> dict[str, Json]:
        """Rows, people, and how rows are spread over people."""
        people = int(self.people_with.sum())
        cumulated = np.cumsum(self.people_with)
        at = {f"p{share}": int(np.searchsorted(cumulated, people * share / 100)) for share in (50, 90, 99)}
        return {
            "rows": self.rows,
            "people": people,
            "notes": self.notes,
            "rows_per_person": {**at, "max": int(np.flatnonzero(self.people_with)[-1]) if people else 0},
        }


@dataclass
class Rate:
    """Events over days."""

    events: int = 0
    days: int = 0

    @property
    def yearly(self) -> float:
        """Events a year."""
        return self.events * days.YEAR / self.days if self.days else 0.0


@dataclass
class AbuseTally:
    """One register's contacts of adults: before a first report, at the reported people's other times, and of everyone never reported."""

    before: Rate = field(default_factory=Rate)
    otherwise: Rate = field(default_factory=Rate)
    never: Rate = field(default_factory=Rate)

    def add(self, block: Block, first: Ints, found: Events) -> None:
        """Count one block's contacts."""
        reported = first != NEVER
        start = np.maximum(first - EFFECTS.abuse_days, days.EVENTS_FROM)
        span = np.where(reported, first - start, 0)
        grown = block.age(days.EVENTS_FROM) >= 18
        theirs = reported[found.person]
        inside = theirs & (found.day >= start[found.person]) & (found.day < first[found.person])
        _count(self.before, inside, int(span.sum()))
        _count(self.otherwise, theirs & ~inside, int(reported.sum()) * days.EVENT_DAYS - int(span.sum()))
        others = grown & ~reported
        _count(self.never, others[found.person], int(others.sum()) * days.EVENT_DAYS)

    def as_json(self) -> dict[str, Json]:
        """Yearly rates and the ratio that the study looks for."""
        return {
            "yearly_before_report": round(self.before.yearly, 4),
            "yearly_otherwise": round(self.otherwise.yearly, 4),
            "yearly_never_reported": round(self.never.yearly, 4),
            "ratio": round(self.before.yearly / self.otherwise.yearly, 4) if self.otherwise.events else None,
        }


def _count(rate: Rate, events: Bools, over: int) -> None:
    rate.events += int(events.sum())
    rate.days += over


@dataclass
class AbsenceTally:
    """Young people's anti-social behaviour by whether they are persistently absent: people, days between ten and eighteen, rows as suspect."""

    people: list[int] = field(default_factory=lambda: [0, 0])
    rates: list[Rate] = field(default_factory=lambda: [Rate(), Rate()])
    sessions: list[list[int]] = field(default_factory=lambda: [[0, 0], [0, 0]])

    def add(self, block: Block, absent: Ints, suspects: Ints, missed: Ints, possible: Ints) -> None:
        """Count one block. ``suspects`` has the person of every row of young anti-social behaviour, ``missed`` and ``possible`` sum sessions."""
        at_risk = _days_between(block, 10, 18)
        for flag in (0, 1):
            group = absent == flag
            self.people[flag] += int(group.sum())
            _count(self.rates[flag], group[suspects], int(at_risk[group].sum()))
            self.sessions[flag][0] += int(missed[group].sum())
            self.sessions[flag][1] += int(possible[group].sum())

    def as_json(self) -> dict[str, Json]:
        """Yearly rates by group and the ratio that the study looks for."""
        other, persistent = self.rates
        return {
            "pupils_persistently_absent": self.people[1],
            "pupils_other": self.people[0],
            "absence_persistent": round(self.sessions[1][0] / max(1, self.sessions[1][1]), 4),
            "absence_other": round(self.sessions[0][0] / max(1, self.sessions[0][1]), 4),
            "antisocial_yearly_persistent": round(persistent.yearly, 4),
            "antisocial_yearly_other": round(other.yearly, 4),
            "ratio": round(persistent.yearly / other.yearly, 4) if other.events else None,
        }


def _days_between(block: Block, youngest: int, oldest: int) -> Ints:
    start = np.maximum(block.born + int(youngest * days.YEAR), days.EVENTS_FROM)
    end = np.minimum(block.born + int(oldest * days.YEAR), days.EVENTS_TO + 1)
    between: Ints = np.maximum(end - start, 0)
    return between


@dataclass
class BurglaryTally:
    """Break-ins and homes by neighbourhood, break-ins by month of the year, and pairs that lie close together."""

    by_place: Ints = field(default_factory=lambda: np.zeros(len(NEIGHBOURHOODS), dtype=np.int64))
    homes: Ints = field(default_factory=lambda: np.zeros(len(NEIGHBOURHOODS), dtype=np.int64))
    by_month: Ints = field(default_factory=lambda: np.zeros(12, dtype=np.int64))
    repeats: int = 0
    near_pairs: int = 0
    pairs: int = 0

    def add(self, block: Block, found: Burglaries) -> None:
        """Count one block's break-ins."""
        street = found.home // HOMES_IN_STREET
        self.by_place += np.bincount(block.street_place[street], minlength=len(NEIGHBOURHOODS))
        homes = np.arange(int(block.home[-1]) + 1)
        self.homes += np.bincount(block.street_place[homes // HOMES_IN_STREET], minlength=len(NEIGHBOURHOODS))
        self.by_month += np.bincount(np.array(days.months())[found.day - days.EVENTS_FROM] - 1, minlength=12)
        self.repeats += int(found.repeat.sum())
        for number in np.unique(street).tolist():
            self._pairs(found.day[street == number])

    def _pairs(self, day: Ints) -> None:
        apart = np.abs(day[:, None] - day[None, :])[np.triu_indices(len(day), 1)]
        self.pairs += len(apart)
        self.near_pairs += int((apart <= EFFECTS.near_repeat_days).sum())

    def as_json(self) -> dict[str, Json]:
        """Counts, and Knox's (1964) ratio: close pairs in one street over what evenly spread days would give."""
        width = EFFECTS.near_repeat_days
        # Two even days out of T lie at most w apart with chance ((2w+1)T - w(w+1)) / T².
        even = ((2 * width + 1) * days.EVENT_DAYS - width * (width + 1)) / days.EVENT_DAYS**2
        total = int(self.by_place.sum())
        return {
            "burglaries": total,
            "by_neighbourhood": dict(zip([place.name for place in NEIGHBOURHOODS], self.by_place.tolist(), strict=True)),
            "homes_by_neighbourhood": dict(zip([place.name for place in NEIGHBOURHOODS], self.homes.tolist(), strict=True)),
            "by_month_of_year": self.by_month.tolist(),
            "share_near_repeats": round(self.repeats / total, 4) if total else None,
            "knox_ratio": round(self.near_pairs / (self.pairs * even), 4) if self.pairs else None,
        }


@dataclass
class Truth:
    """Everything that is true of the population, so far as it has been generated."""

    people: int
    seed: int
    registers: dict[str, RegisterTally] = field(default_factory=dict)
    abuse_victims: int = 0
    emergency: AbuseTally = field(default_factory=AbuseTally)
    general_practice: AbuseTally = field(default_factory=AbuseTally)
    absence: AbsenceTally = field(default_factory=AbsenceTally)
    burglary: BurglaryTally = field(default_factory=BurglaryTally)

    def as_json(self) -> dict[str, Json]:
        """``effects.json``: parameters beside what was realised."""
        return {
            "format": "enclave-demo-truth/1",
            "people": self.people,
            "seed": self.seed,
            "registers": {name: tally.as_json() for name, tally in sorted(self.registers.items())},
            "parameters": {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(EFFECTS).items()},
            "abuse": {"victims": self.abuse_victims, "emergency": self.emergency.as_json(), "gp": self.general_practice.as_json()},
            "absence": self.absence.as_json(),
            "burglary": self.burglary.as_json(),
        }
