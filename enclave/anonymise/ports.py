"""What the room needs from outside."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from enclave.anonymise.arrays import Integers, Mask, Ranks
from enclave.anonymise.linkage.decide import LinkRecord
from enclave.anonymise.published.lookup import About
from enclave.audit.receipts import Signer
from enclave.audit.work import Begin, Clock
from enclave.catalogue.ports import CatalogueWork, Quarantine
from enclave.terms.canonical import Json
from enclave.terms.schema import Category, Column

if TYPE_CHECKING:
    import pyarrow as pa

PROFILE_TASK, ROWS_TASK = "upload.profile", "upload.rows"
NOTHING: Mapping[str, Json] = MappingProxyType({})


class Parser(Protocol):
    """Runs one of the room's tasks where hostile input can harm nothing."""

    def __call__(
        self, task: str, *, source: BinaryIO, size: int, params: Mapping[str, Json] = NOTHING
    ) -> Generator[Json | bytes, None, None]:
        """What the task emits on a source of ``size`` bytes, told ``params``. It counts only once the iterator has ended.

        Raises ``FileRefusedError`` where the file defeats the task, ``OperatorError`` where the task cannot be started.
        """


class ReadableQuarantine(Quarantine, Protocol):
    """Quarantine with the key that opens it."""

    def open(self, upload: int) -> BinaryIO:
        """The upload's bytes as one stream that can seek. Raises ``OSError`` where a part is missing."""


class PersonIndex(Protocol):
    """The crosswalk: which tokens belong to which internal person id, append-only, one space per population."""

    def assign(self, population: int, records: Sequence[LinkRecord]) -> list[int]:
        """A person for every record, by the rule of ``linkage.decide``, durable on return. The same records get the same people."""


@dataclass(frozen=True, kw_only=True)
class PublicColumn:
    """The values of one public column: int64 physical integers and a boolean mask of what is missing."""

    column: Column
    values: Integers
    missing: Mask


@dataclass(frozen=True, kw_only=True)
class PublicTable:
    """A part of what a version holds, small enough for memory: rows sorted by ``person`` (int64), each with its ``rank`` (int32) within the
    person. The parts of a version follow each other in that order, and a person may go on in the next part.
    """

    person: Integers
    rank: Ranks
    columns: tuple[PublicColumn, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version file written and durable, not yet the upload's. ``sha256`` is of the encrypted bytes."""

    name: str
    sha256: str
    size: int

    def as_json(self) -> dict[str, Json]:
        """The stored form."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size}

    @classmethod
    def from_json(cls, body: Json) -> Draft:
        """Rebuild a draft's name. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
        if not isinstance(body, dict) or not isinstance(size := body["size"], int):
            raise ValueError("not a draft")
        return cls(name=str(body["name"]), sha256=str(body["sha256"]), size=size)


class TextSamples(Protocol):
    """Redacted texts drawn from an upload, sealed, until its officer has decided."""

    def put(self, upload: int, body: bytes) -> None:
        """Keep the sample, in place of an earlier one."""

    def get(self, upload: int) -> bytes | None:
        """The sample; ``None`` where there is none."""

    def discard(self, upload: int) -> None:
        """Destroy it. Destroying what is gone is no error."""


class Scratch(Protocol):
    """Blocks of bytes that need not fit into memory, readable by this run alone and gone with it, however it ends."""

    def put(self, block: bytes) -> int:
        """Keep a block; the number it is fetched by."""

    def get(self, number: int) -> bytes: ...


class VersionFiles(Protocol):
    """Version files at rest, encrypted, named by the upload they were made of."""

    def write(self, upload: int, columns: Sequence[Column], parts: Iterable[PublicTable]) -> Draft:
        """Write and sync a draft beside whatever is there, part by part; every part has just these columns."""

    def read(self, upload: int, columns: Sequence[str]) -> Iterable[pa.RecordBatch]:
        """The named columns of the upload's file (``person`` and ``rank`` are two of them), batch by batch."""

    def there(self, upload: int, draft: Draft) -> bool:
        """Whether the draft lies there, going by its name and size."""

    def whole(self, upload: int, draft: Draft) -> bool:
        """Whether exactly these bytes are there, as the draft or already as the upload's file. Reads all of them."""

    def read_draft(self, upload: int, draft: Draft, columns: Sequence[Column]) -> Iterator[PublicTable]:
        """The named columns of a draft, in batches of its own order."""

    def decoded(self, upload: int, draft: Draft) -> Iterator[bytes]:
        """Everything the draft holds, decrypted and unpacked page by page, and what stands in its footer; with it the bytes as they lie."""

    def adopt(self, upload: int, draft: Draft) -> None:
        """Make the draft the upload's file, durably and atomically; again is harmless. Called inside the transaction that publishes."""

    def discard(self, upload: int, *, keep: str = "") -> None:
        """Remove all drafts of the upload but the one of that name; never its file."""

    def erase(self, upload: int) -> None:
        """Destroy the upload's key first, then its file and drafts. Erasing what is gone is no error."""


class Traces(Protocol):
    """Which tokens of ``removal`` belong to which internal person ids: append-only, and one token may be several people's."""

    def note(self, population: int, traces: Iterable[tuple[bytes, int]], *, agency: int) -> None:
        """Remember tokens with their person, by the agency whose records they are of; durable on return, again is harmless."""

    def owners(self, population: int, lists: Sequence[int], *, agency: int | None = None) -> Sequence[int]:
        """Every person of the population who has a token of one of these lists: of this agency's records, or of anybody's."""


class Tombstones(Protocol):
    """A file outside the database and its backups that remembers which versions were erased."""

    def append(self, record: dict[str, Json]) -> None:
        """Durable when it returns."""

    def records(self) -> Sequence[dict[str, Json]]: ...


class Lookups(Protocol):
    """The published tables of places that a deployment supplies."""

    def all(self) -> Sequence[About]:
        """What there is."""

    def table(self, names: str) -> Mapping[str, str]:
        """The larger area of every place, by the place as ``lookup.key`` writes it; names parted by ``>`` are followed in turn.

        Raises ``OperatorError`` where one is not supplied or does not parse.
        """

    def targets(self, names: str) -> Sequence[Category]:
        """The larger areas a lookup can lead to, as the public list of a column. Raises ``OperatorError`` like ``table``."""


Progress: TypeAlias = Callable[[int], None]
LinkageKeys: TypeAlias = Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True)
class AnonymisePorts:
    """Ports of the room. ``keys`` gives a population's linkage key by its short name; ``progress`` takes percent, in steps of five."""

    begin: Begin[CatalogueWork]
    clock: Clock
    quarantine: ReadableQuarantine
    parser: Parser
    people: PersonIndex
    traces: Traces
    lists: ReadableQuarantine
    files: VersionFiles
    samples: TextSamples
    scratch: Callable[[], AbstractContextManager[Scratch]]
    keys: LinkageKeys
    lookups: Lookups
    signer: Signer
    tombstones: Tombstones
    progress: Progress
