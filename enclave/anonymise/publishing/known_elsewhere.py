"""What an agency is told about how its people are known to others: one band, drawn once a year. See ``linkage.bands``."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.anonymise.linkage.bands import STANDS, Band, band_of
from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.audit.work import Clock
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.upload import Upload
from enclave.terms.canonical import Json
from enclave.terms.schema import Unit

IN_REPORT = "known_elsewhere"


def drawn_band(upload: Upload, dataset: Dataset, draft: Draft, ports: AnonymisePorts) -> Band | None:
    """A band of the file about to be published; ``None`` where one still stands or nothing can be said.

    Of the file as it came, before lists leave anybody out: that there are people enough for a band is exact, so it may not depend on
    lists. Whether there is another agency with data, or the year is over, is public; only the band depends on who is in the registers.
    """
    if dataset.population.unit is not Unit.PERSON:
        return None
    with ports.begin() as work:
        theirs = _open_uploads(dataset, work)
        stands = work.datasets.known_band(dataset.population.id, dataset.agency, since=ports.clock() - STANDS)
    if stands is not None or not theirs:
        return None
    people = _together([np.unique(part.person) for part in ports.files.read_draft(upload.id, draft, [])])
    others = _together(_persons(theirs, ports))
    return band_of(int(np.isin(people, others, assume_unique=True).sum()), len(people))


def known_elsewhere(dataset: Dataset, drawn: Band | None, work: CatalogueWork, *, clock: Clock) -> dict[str, Json]:
    """What the report says: the band that stands, were it one that another run has drawn meanwhile; else ``drawn``, which then stands."""
    place, since = (dataset.population.id, dataset.agency), clock() - STANDS
    told = work.datasets.keep_band(*place, band=drawn.value, since=since) if drawn else work.datasets.known_band(*place, since=since)
    return {IN_REPORT: {"band": told[0], "on": told[1].date().isoformat()}} if told else {}


def _open_uploads(dataset: Dataset, work: CatalogueWork) -> list[int]:
    """The uploads behind the open versions of the other agencies in the population."""
    others = [one for one in work.datasets.all() if one.population.id == dataset.population.id and one.agency != dataset.agency]
    versions = [version for one in others if (version := work.datasets.open_version(one.id)) is not None]
    return [work.datasets.upload_of(version.id) for version in versions]


def _persons(uploads: Iterable[int], ports: AnonymisePorts) -> list[Integers]:
    return [np.unique(batch.column(0).to_numpy()) for upload in uploads for batch in ports.files.read(upload, ["person"])]


def _together(parts: list[Integers]) -> Integers:
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
