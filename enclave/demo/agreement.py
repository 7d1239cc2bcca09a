"""The agreement the six agencies of the demo sign. Its wording is an example, for a lawyer to check."""

from __future__ import annotations

import datetime as dt

from enclave.demo.world import BODIES, POPULATION, SUPPLIES, Supply
from enclave.governance.agreement import Item, Terms
from enclave.terms.schema import Unit

YEARS = 3

# What a person of the population may lose for life: rho 2, that is epsilon 12 at delta 10^-6. A hundred questions at 0.02 each, whose counts
# are then right to about 10 times the rows one person may add (with k = 5: ±49 at 95 %).
POPULATION_CAP = "2"
_PERSON_CAP, _PERSON_SHARE = "1.5", "1"
# One row is protected: a count right to ±20 costs 0.005, so that two hundred of them fit in the project's share.
_ROW_CAP, _ROW_SHARE = "2", "1"


def terms(founded: dt.date) -> Terms:
    """The terms, starting the day the demo was founded: the same day gives the same digest, so a broken-off signing can go on."""
    return Terms(
        title="Early help in Colchester and Tendring: data sharing agreement",
        parties=tuple(body.slug for body in BODIES),
        purpose="Research into how public services could see trouble sooner and offer help earlier.",
        benefit="Help that comes before a crisis; less repeated asking; evidence of what works, published for everyone.",
        lawful_basis=(
            "Public task, UK GDPR Article 6(1)(e); for health and other special categories research in the public interest, Article 9(2)(j) "
            "with section 19 and Schedule 1 paragraph 4 of the Data Protection Act 2018. Only answers that single out nobody leave the enclave."
        ),
        population=POPULATION,
        population_cap=POPULATION_CAP,
        items=tuple(_item(supply) for supply in SUPPLIES),
        panel=True,
        reviewers=2,
        smallest_cell=10,
        row_level_clause=(
            "Street crime is already public under the Open Government Licence v3.0 and names nobody: there, one row is protected, not a person."
        ),
        starts=founded,
        ends=founded + dt.timedelta(days=YEARS * 365),
        notice_days=90,
    )


def _item(supply: Supply) -> Item:
    cap, share = (_PERSON_CAP, _PERSON_SHARE) if supply.unit is Unit.PERSON else (_ROW_CAP, _ROW_SHARE)
    return Item(dataset=supply.dataset, unit=supply.unit, cap=cap, project_share=share, cadence="replace")
