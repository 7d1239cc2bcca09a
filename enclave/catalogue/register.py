"""Register a dataset: the line its versions, uses and budget will belong to."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.dataset import Cadence, Dataset
from enclave.catalogue.ports import CataloguePorts
from enclave.governance.permissions import check_agency_role
from enclave.governance.roles import Role
from enclave.terms.errors import AgencyError, ConflictError, NotFoundError
from enclave.terms.names import DatasetName, is_slug
from enclave.terms.person import Person
from enclave.terms.schema import Unit


def register(
    *,
    by: Person,
    name: DatasetName,
    label: str,
    row: str,
    unit: Unit,
    population: str,
    attribution: str = "",
    cadence: Cadence = Cadence.REPLACE,
    ports: CataloguePorts,
) -> Dataset:
    """Create the line. Row-level data become a population of their own, whatever ``population`` says: their rows are nobody's persons."""
    if not label.strip() or not row.strip() or (unit is Unit.PERSON and not is_slug(population)):
        raise AgencyError(
            rule="C-15",
            sentence="A dataset needs a name in plain words, what one row is, and the short name of the people it is about.",
            instead="A population's short name has lower-case letters, digits and underscores, like county.",
        )
    with ports.begin() as work:
        agency = work.agencies.by_slug(name.agency)
        if agency is None:
            raise NotFoundError(rule="C-01", sentence="There is no agency of that short name.")
        check_agency_role(by, Role.DATA_OFFICER, agency.id, work=work)
        if work.datasets.by_name(name) is not None:
            raise ConflictError(rule="C-02", sentence=f"There is already a dataset called {name}.", instead="Upload a new version of it.")
        slug = population if unit is Unit.PERSON else str(name)
        dataset = work.datasets.add(
            name=name,
            agency=agency.id,
            population=work.datasets.population(slug=slug, unit=unit),
            label=label,
            row=row,
            attribution=attribution,
            cadence=cadence,
        )
        work.record(
            Event(
                kind="dataset.registered",
                by=by.id,
                subject=f"dataset:{dataset.id}",
                details={"name": str(name), "unit": unit.value, "population": slug, "cadence": cadence.value},
            )
        )
        return dataset
