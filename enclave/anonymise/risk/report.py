"""The risk report: everything measured about a prepared draft, as the JSON that ``docs/reference/risk.schema.json`` describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from enclave.anonymise.ports import PublicTable
from enclave.anonymise.risk.bounds import rows_per_person
from enclave.anonymise.risk.chances import chances
from enclave.anonymise.risk.classes import AT_ONCE, Classes, People, Read, classes_of, people_of
from enclave.anonymise.risk.diversity import diversity_of
from enclave.anonymise.risk.features import as_published, coarser
from enclave.anonymise.risk.history import alone_in_all
from enclave.anonymise.risk.quasi import quasi_identifiers
from enclave.anonymise.risk.special import special_categories
from enclave.anonymise.version.canary import classes_of as column_classes
from enclave.catalogue.declaration import Declaration
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Unit

FORMAT = "enclave-risk/1"
MOST_HIDDEN = 12  # columns whose l and t are measured, special categories first
_EDGES = (1, 2, 3, 5, 10, 20, 50, 100)


def measure(*, read: Read, declaration: Declaration, unit: Unit, profile: dict[str, Json]) -> dict[str, Json]:
    """Measure a draft. ``read`` gives the named columns of all rows in batches, sorted by person, as often as it is asked."""
    kept = [plan.public for plan in declaration.columns if plan.public]
    quasi = quasi_identifiers(declaration, column_classes(profile))
    people = people_of(read)
    read = _held(read, kept) if len(people.place) * (len(kept) + 1) <= 4 * AT_ONCE else read
    special = {column.name: special_categories(column) for column in kept}
    found = classes_of(read, [as_published(column) for column in quasi], people)
    hidden = sorted((column for column in kept if column not in quasi), key=lambda column: not special[column.name])
    return {
        "format": FORMAT,
        "unit": unit.value,
        "rows": len(people.place),
        "people": people.count,
        "quasi": [column.name for column in quasi],
        "k": int(found.sizes.min()),
        "classes": {"number": len(found.sizes), "sizes": _histogram(found)},
        "alone": {"people": found.alone, "share": found.alone / people.count},
        "history": _history(read, quasi, people, unit),
        "risks": chances(found.smallest, population=declaration.weighing.population),
        "diversity": [_hidden(read, quasi, column, people, bool(special[column.name])) for column in hidden[:MOST_HIDDEN]],
        "not_measured": [column.name for column in hidden[MOST_HIDDEN:]],
        "special": [{"column": name, "categories": list[Json](words)} for name, words in special.items() if words],
        "rows_per_person": {"declared": declaration.rows_per_person, **rows_per_person(people.rows_of)} if unit is Unit.PERSON else None,
        "columns": [_without(read, quasi, column, people, found) for column in quasi],
    }


def _histogram(found: Classes) -> list[Json]:
    """Classes by size, and people by the size of their smallest class."""
    bars: list[Json] = []
    for low, after in zip(_EDGES, (*_EDGES[1:], None), strict=True):
        classes, people = ((sizes >= low) & (sizes < (after or np.iinfo(np.int64).max)) for sizes in (found.sizes, found.smallest))
        bars.append({"from": low, "to": after - 1 if after else None, "classes": int(classes.sum()), "people": int(people.sum())})
    return bars


def _history(read: Read, quasi: Sequence[Column], people: People, unit: Unit) -> dict[str, Json] | None:
    if unit is Unit.ROW:
        return None
    alone = alone_in_all(read, [as_published(column) for column in quasi], people)
    return {"people": alone, "share": alone / people.count}


def _hidden(read: Read, quasi: Sequence[Column], column: Column, people: People, special: bool) -> Json:
    found = diversity_of(read, [as_published(one) for one in quasi], column, people)
    return {
        "column": column.name,
        "special": special,
        "l": found.least,
        "same": {"people": found.same, "share": found.same / people.count},
        "t": found.closeness,
        "distance": "ordered earth mover" if found.ordered else "total variation",
    }


def _without(read: Read, quasi: Sequence[Column], column: Column, people: People, found: Classes) -> Json:
    """How many people would be alone without a column, and with a coarser one."""
    others = [as_published(one) for one in quasi if one is not column]
    dropped = classes_of(read, others, people).alone
    form = coarser(column)
    less = classes_of(read, [form if one is column else as_published(one) for one in quasi], people).alone if form else None
    return {
        "column": column.name,
        "dropped": {"alone": dropped, "fewer": _fewer(found.alone, dropped)},
        "coarser": {"how": form.plain, "alone": less, "fewer": _fewer(found.alone, less)} if form and less is not None else None,
    }


def _fewer(before: int, after: int) -> float:
    return (before - after) / before if before else 0.0


def _held(read: Callable[[Sequence[Column]], Iterator[PublicTable]], kept: Sequence[Column]) -> Read:
    """The same, read once and kept in memory as one batch."""
    batches = list(read(kept))
    person, rank = (np.concatenate([getattr(batch, name) for batch in batches]) for name in ("person", "rank"))
    columns = {
        column.name: type(batches[0].columns[at])(
            column=column,
            values=np.concatenate([batch.columns[at].values for batch in batches]),
            missing=np.concatenate([batch.columns[at].missing for batch in batches]),
        )
        for at, column in enumerate(kept)
    }

    def again(wanted: Sequence[Column]) -> Iterator[PublicTable]:
        yield PublicTable(person=person, rank=rank, columns=tuple(columns[column.name] for column in wanted))

    return again
