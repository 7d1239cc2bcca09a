"""How many of an agency's people other agencies know too, as coarsely as it is worth saying.

An agency could ask who is in another register by what it uploads: a list of one name, or a list of people it knows to be there and one
more. So a band speaks of a thousand people at least and of the whole agency, is drawn with noise in which one person is lost (rho =
1/(2 * 30^2) = 0.00056 in zero-concentrated differential privacy), and stands for a year, whatever is uploaded meanwhile.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from enclave.privacy.mechanisms import add_gaussian, price_of

LEAST_PEOPLE = 1_000
STANDS = dt.timedelta(days=365)
SCALE = 30.0


class Band(StrEnum):
    """A share, in words."""

    NONE = "none or few"
    FEW = "some, fewer than a quarter"
    SOME = "between a quarter and three quarters"
    MOST = "most"
    NEARLY_ALL = "nearly all"


_UP_TO = ((0.05, Band.NONE), (0.25, Band.FEW), (0.75, Band.SOME), (0.95, Band.MOST))


def band_of(known: int, people: int) -> Band | None:
    """The band of ``known`` among ``people``, with noise; ``None`` for fewer people than a band speaks of."""
    if people < LEAST_PEOPLE:
        return None
    noised = add_gaussian([known], scale=SCALE, l2_squared=1, loss=price_of(SCALE, l2_squared=1))[0]
    return next((band for share, band in _UP_TO if noised < share * people), Band.NEARLY_ALL)
