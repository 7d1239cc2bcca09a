"""What an agency is told about how its people are known to others: one band, drawn once a year. See ``linkage.bands``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.anonymise.linkage.bands import STANDS, band_of
from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.upload import Upload
from enclave.terms.canonical import Json
from enclave.terms.schema import Unit

IN_REPORT = "known_elsewhere"


def known_elsewhere(upload: Upload, dataset: Dataset, draft: Draft, ports: AnonymisePorts) -> dict[str, Json] | None:
    """The band for the report of a version about to be published: the standing one, or one drawn now; ``None`` where nothing can be said.

    Whether there is another agency with data, or the year is over, is public; only the band depends on who is in the registers.
    """
    if dataset.population.unit is not Unit.PERSON:
        return None
    with ports.begin() as work:
        ours, theirs = _open_uploads(dataset, work)
        standing = _standing(dataset, work, now=ports.clock())
    if standing is not None or not theirs:
        return standing
    mine = [np.unique(part.person) for part in ports.files.read_draft(upload.id, draft, [])]
    people = _together([*mine, *_persons(ours, ports)])
    others = _together(_persons(theirs, ports))
    band = band_of(int(np.isin(people, others, assume_unique=True).sum()), len(people))
    return {"band": band.value, "on": ports.clock().date().isoformat()} if band else None


def _open_uploads(dataset: Dataset, work: CatalogueWork) -> tuple[list[int], list[int]]:
    """The uploads behind the open versions of the population: this agency's of other datasets, and the other agencies'."""
    ours: list[int] = []
    theirs: list[int] = []
    for other in work.datasets.all():
        version = work.datasets.open_version(other.id)
        if version is not None and other.population.id == dataset.population.id and other.id != dataset.id:
            (ours if other.agency == dataset.agency else theirs).append(work.datasets.upload_of(version.id))
    return ours, theirs


def _standing(dataset: Dataset, work: CatalogueWork, *, now: dt.datetime) -> dict[str, Json] | None:
    """The band that still stands, from any upload of the agency to any dataset of the population."""
    for other in work.datasets.all():
        if other.agency == dataset.agency and other.population.id == dataset.population.id:
            for made in work.uploads.of_dataset(other.id):
                said = (made.report or {}).get(IN_REPORT)
                if isinstance(said, dict) and dt.date.fromisoformat(str(said["on"])) > (now - STANDS).date():
                    return said
    return None


def _persons(uploads: Iterable[int], ports: AnonymisePorts) -> list[Integers]:
    return [np.unique(batch.column(0).to_numpy()) for upload in uploads for batch in ports.files.read(upload, ["person"])]


def _together(parts: list[Integers]) -> Integers:
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
