"""An identifier where none should be: a cell of a kept column that is one is blanked, whatever was declared, and the agency is told where."""

from __future__ import annotations

from enclave.anonymise.cell.fold import fold
from enclave.anonymise.cell.whole import filling
from enclave.anonymise.entities import Entity

# Positions told of one column; more would only say again that the column is not what it seemed.
MOST_PLACES = 20
# A check digit or a form nothing else has: blanked even where the declared list or bounds would let it through. The other entities also
# look like codes in honest lists (a unit postcode, an offence code), so a value somebody declared stays, and any other is blanked anyway.
CERTAIN = frozenset(
    {
        Entity.UK_NHS,
        Entity.UK_ULN,
        Entity.UK_UPN,
        Entity.UK_NINO,
        Entity.UK_DRIVING_LICENCE,
        Entity.POLICE_REFERENCE,
        Entity.EMAIL_ADDRESS,
        Entity.PHONE_NUMBER,
        Entity.CREDIT_CARD,
        Entity.IBAN_CODE,
        Entity.UK_BANK_ACCOUNT,
    }
)


def is_stray(cell: str, *, declared: bool) -> bool:
    """Whether the cell is an identifier that must not stay. ``declared``: the column's declared list or bounds hold its value."""
    found = filling(fold(cell))
    return bool(found & CERTAIN if declared else found)
