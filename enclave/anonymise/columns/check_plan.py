"""What an agency declares becomes public, so it is read once more before it does."""

from __future__ import annotations

from collections import Counter

from enclave.anonymise.cell.dates import is_format
from enclave.anonymise.cell.examine import examine
from enclave.anonymise.entities import Entity
from enclave.anonymise.refusal import refuse
from enclave.catalogue.declaration import ColumnPlan, Declaration
from enclave.catalogue.treatment import Treatment


def check_plan(declaration: Declaration) -> None:
    """Raise ``FileRefusedError`` where a declared list holds an identifier or a date format means nothing."""
    for place, plan in enumerate(declaration.columns, start=1):
        if plan.needs_format and not is_format(plan.format, only_clock=plan.treatment is Treatment.HOUR and not plan.link_as):
            raise refuse("U-37", column=place)
        for phrase in plan.phrases:
            seen = examine(phrase, in_text=lambda _text: set())
            for entity in sorted(seen.found if seen else ()):
                raise refuse("U-34", column=place, entity=entity.plain)
        for entity in _identifiers(plan):
            raise refuse("U-34", column=place, entity=entity.plain)


# One of these anywhere in a list is one too many. The others also look like the codes of honest lists (a tenth of all ten-digit numbers
# pass the NHS check, hospitals are named after people), so they count where they are the rule and not the exception.
_CERTAIN = frozenset({Entity.EMAIL_ADDRESS, Entity.UK_NINO})


def _identifiers(plan: ColumnPlan) -> list[Entity]:
    categories = plan.public.categories if plan.public else ()
    found: Counter[Entity] = Counter()
    for category in categories:
        seen = [examine(text, in_text=lambda _text: set()) for text in (category.code, category.label)]
        found.update({entity for one in seen if one for entity in one.found})
    return sorted(entity for entity, count in found.items() if entity in _CERTAIN or count >= max(3, 0.3 * len(categories)))
