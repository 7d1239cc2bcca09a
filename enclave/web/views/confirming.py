"""A declaration in words, before it is made: what researchers will see, what goes, how people are linked."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.reach import beyond_lists
from enclave.terms.schema import Unit
from enclave.web.views.schemas import ColumnView, column_view
from enclave.web.views.uploads import LINKS, TREATMENTS


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """``seen`` are the public columns with what is done to them; ``dropped`` and ``links`` are column names of the file; ``beyond_lists``
    says whom opt-outs would miss.
    """

    seen: tuple[tuple[ColumnView, str], ...]
    dropped: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    size: str
    bound: str
    about_people: bool
    beyond_lists: str


def confirmation(declaration: Declaration, dataset: Dataset) -> Confirmation:
    """The declaration as its officer should read it."""
    about_people = dataset.population.unit is Unit.PERSON
    return Confirmation(
        seen=tuple((column_view(plan.public), TREATMENTS[plan.treatment]) for plan in declaration.columns if plan.public),
        dropped=tuple(plan.header for plan in declaration.columns if plan.public is None),
        beyond_lists=beyond_lists(plan.link_as for plan in declaration.columns) if about_people else "",
        links=tuple((plan.header, LINKS[plan.link_as]) for plan in declaration.columns if plan.link_as),
        size=f"about {declaration.size:,} rows",
        bound=f"at most {declaration.rows_per_person} rows of one person" if about_people else "every row by itself",
        about_people=about_people,
    )
