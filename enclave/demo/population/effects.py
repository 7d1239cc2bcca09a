"""What is true of this population: the effects that three studies should find, and how strong they are.

Everything a test or a tutorial compares an answer with is written down in ``truth/effects.json``: these parameters, and what the drawn
events came to.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effects:
    """Parameters of the three studies.

    1. In the ``abuse_days`` before someone's first report of domestic abuse as a victim, their GP contacts come ``abuse_gp`` times as
       often as at other times and their A&E attendances ``abuse_emergency`` times as often.
    2. Pupils whose chance of missing a session is at least ``persistent`` (the Department for Education's line for persistent absence)
       are suspects of anti-social behaviour ``absence_antisocial`` times as often as other pupils of their age.
    3. Homes are burgled ``burglary_rate`` times a year, times the neighbourhood's factor, times the month's factor; each burglary is
       followed with chance ``near_repeat`` by another in the same street one to ``near_repeat_days`` days later.
    """

    abuse_gp: float = 1.8
    abuse_emergency: float = 2.5
    abuse_days: int = 730
    persistent: float = 0.10
    absence_antisocial: float = 4.0
    burglary_rate: float = 0.06
    near_repeat: float = 0.30
    near_repeat_days: int = 14
    burglary_months: tuple[float, ...] = (1.35, 1.2, 1.0, 0.85, 0.75, 0.7, 0.75, 0.8, 0.95, 1.1, 1.25, 1.3)


EFFECTS = Effects()
