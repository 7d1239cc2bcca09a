"""Look at an upload: every cell scanned in the jail, every column classified, a treatment proposed. The agency then declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from enclave.anonymise.columns.classify import Classified
from enclave.anonymise.columns.context import NOTE, classify, is_statistics
from enclave.anonymise.columns.dictionary import Field
from enclave.anonymise.columns.drift import Drift, of_columns, of_profiles
from enclave.anonymise.columns.proposal import Proposal
from enclave.anonymise.columns.propose import propose
from enclave.anonymise.erasing.raw import end, find, reject
from enclave.anonymise.ports import AnonymisePorts, Progress
from enclave.anonymise.published.code_book import code_books
from enclave.anonymise.reading.facts import ColumnFacts, count_of
from enclave.anonymise.reading.parse import TableFacts, read_profile
from enclave.anonymise.refusal import FileRefusedError
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.repeat import last_published
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.jobs.job import JobKind
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Unit


def profile(*, upload: int, ports: AnonymisePorts) -> None:
    """Profile an upload that waits for it. May run again at any time: what is done stays done."""
    found = find(upload, ports)
    if found.state is not UploadState.PROFILING:
        end(upload, ports)
        return
    ports.progress(5)
    try:
        with ports.quarantine.open(upload) as source:
            facts = _scan(source, found.expected, ports)
    except FileRefusedError as error:
        reject(found, error.why, ports)
        return
    with ports.begin() as work:
        dataset = work.datasets.by_id(found.dataset)
        if dataset is None:
            raise OperatorError(rule="A-03", sentence="The upload's dataset does not exist.")
        last = last_published(dataset.id, work)
        declaration = last.declaration if last else None
        body = described(facts, unit=dataset.population.unit, last=declaration)
        drifts = of_profiles(body, last.profile or {}, declaration) if last and declaration else []
        if any(one.sha256 == facts.sha256 for one in work.uploads.of_dataset(dataset.id) if one.state is UploadState.PUBLISHED):
            drifts.append(Drift(sentence="The very same file was published before.", alarming=True))
        body["drift"] = [one.sentence for one in drifts]
        repeats = declaration if dataset.unasked and declaration and _is_like_the_last(declaration, body, drifts) else None
        _move_on(found, facts.sha256, body, dataset=dataset, repeats=repeats, work=work)
    end(upload, ports)  # if the agency withdrew it meanwhile
    ports.progress(100)


def _is_like_the_last(last: Declaration, body: dict[str, Json], drifts: Sequence[Drift]) -> bool:
    """Whether nobody needs to be asked: nothing alarms, no more rows are lost than was declared, and no day has to be given."""
    rejected = count_of(body["rejected"]["rows"]) if isinstance(body["rejected"], dict) else 0
    tolerated = last.tolerates(rejected=rejected, rows=count_of(body["rows"]) + rejected)
    return tolerated and last.as_of is None and not any(one.alarming for one in drifts)


def _move_on(
    upload: Upload, sha256: str, body: dict[str, Json], *, dataset: Dataset, repeats: Declaration | None, work: CatalogueWork
) -> None:
    """To the officer, or to the next job under the declaration that was published last."""
    new = UploadState.PREPARING if repeats else UploadState.DECLARING
    if work.uploads.move(upload.id, old=UploadState.PROFILING, new=new, sha256=sha256, profile=body, declaration=repeats):
        details: dict[str, Json] = {"raw": sha256, **({"as_last_of": dataset.id} if repeats else {})}
        work.record(Event(kind=step(UploadState.PROFILING, new).event, by=None, subject=f"upload:{upload.id}", details=details))
        if repeats:
            work.jobs.ask(kind=JobKind.PREPARE_UPLOAD, subject=f"upload:{upload.id}", parameters={"upload": upload.id})


def described(facts: TableFacts, *, unit: Unit, last: Declaration | None, dictionary: Mapping[str, Field] | None = None) -> dict[str, Json]:
    """The profile as the agency sees it: counts, classes and proposals by column; never a value."""
    found = classify(facts.columns)
    proposals = propose(facts.columns, unit=unit, last=last, dictionary=dictionary)
    columns: list[Json] = [
        {
            **_told(one),
            "class": one.kind.value,
            "reason": one.reason,
            "stray": {entity.value: count for entity, count in sorted(one.stray.items())},
            "proposal": proposal.as_json(),
        }
        for one, proposal in zip(found, proposals, strict=True)
    ]
    headers: list[Json] = list(facts.headers)
    statistics = NOTE if is_statistics(found) else ""
    notes: list[Json] = [note for note in (_encoding_note(facts), statistics) if note]
    return {
        "format": "enclave-profile/1",
        "file": facts.file,
        "rows": facts.rows,
        "rejected": facts.rejects.as_json(),
        "headers": headers,
        "columns": columns,
        "notes": notes,
        "drift": [one.sentence for one in of_columns({"headers": headers}, last)] if last else [],
    }


def _told(one: Classified) -> dict[str, Json]:
    """The counts; rows are named only where an identifier is out of place."""
    return one.facts.as_json() if one.stray else {**one.facts.as_json(), "places": {}}


def propose_again(
    profiled: dict[str, Json], *, unit: Unit, last: Declaration | None, dictionary: Mapping[str, Field] | None
) -> list[Proposal]:
    """New proposals for a stored profile, once the agency has supplied a data dictionary."""
    columns = profiled["columns"]
    facts = [ColumnFacts.from_json(one, books=code_books()) for one in columns] if isinstance(columns, list) else []
    return propose(facts, unit=unit, last=last, dictionary=dictionary)


def _scan(source: BinaryIO, size: int, ports: AnonymisePorts) -> TableFacts:
    return read_profile(ports.parser, source, size=size, tick=_creep(ports.progress))


def _creep(progress: Progress) -> Progress:
    """How many rows there will be is not known yet: every tick halves the way to 90 %."""
    shown = 5

    def tick(_rows: int) -> None:
        nonlocal shown
        shown = min(90, shown + max(5, (90 - shown) // 10 * 5))
        progress(shown)

    return tick


def _encoding_note(facts: TableFacts) -> str:
    if facts.file.get("encoding") != "Windows-1252":
        return ""
    return "The file is not in UTF-8; it was read as Windows-1252. Check that accents in names and labels are right."
