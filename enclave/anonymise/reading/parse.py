"""The worker's side of parsing: what the jail says is checked piece by piece before any of it is believed."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from enclave.anonymise.ports import NOTHING, PROFILE_TASK, ROWS_TASK, Parser
from enclave.anonymise.published.code_book import code_books
from enclave.anonymise.reading.batches import unpack
from enclave.anonymise.reading.csv_table import DELIMITERS
from enclave.anonymise.reading.facts import ColumnFacts, count_of
from enclave.anonymise.reading.footer_first import sent_ahead
from enclave.anonymise.reading.headers import check_headers
from enclave.anonymise.reading.measured import Measured
from enclave.anonymise.reading.rejects import Rejects
from enclave.anonymise.reading.texts import Texts
from enclave.anonymise.refusal import ENCODINGS, FileRefusedError, Refusal, refuse
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
_WORDS = frozenset({"CSV", "Parquet", *ENCODINGS, *DELIMITERS.values()})
_ENDS = ("CRLF", "LF", "CR")


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """What was counted about a file. ``file`` says how it was read, ``sha256`` which bytes were; ``rows`` are those that can be read."""

    file: dict[str, Json]
    rows: int
    rejects: Rejects
    columns: tuple[ColumnFacts, ...]
    sha256: str

    @property
    def headers(self) -> list[str]:
        """Column names in the file's order."""
        return [facts.header for facts in self.columns]


def read_profile(parser: Parser, source: BinaryIO, *, size: int, tick: Callable[[int], None]) -> TableFacts:
    """Profile a stream of ``size`` bytes; ``tick`` hears how many rows were read. Raises ``FileRefusedError`` or ``OperatorError``."""
    measured = Measured(source, sent_ahead(source, size))
    said: Json | bytes = None
    for frame in _frames(parser, PROFILE_TASK, measured, size):
        if isinstance(frame, dict) and "rows" in frame:
            tick(_believed(partial(_count, frame, "rows")))
        else:
            said = frame
    _check_whole(measured, size)
    return _believed(partial(_facts, said, measured.sha256))


def read_rows(
    parser: Parser,
    source: BinaryIO,
    *,
    size: int,
    headers: Sequence[str],
    sha256: str,
    rejected: int = 0,
    texts: Texts | None = None,
    tick: Callable[[int], None] = lambda _rows: None,
) -> Iterator[list[pa.StringArray]]:
    """The cells of a stream, as batches of one Arrow string array a column. They count only once the iterator has ended: then as many rows
    were rejected as when the file was profiled, and rows handed out and rejected are all rows of the file. ``texts`` leave the jail redacted.

    Raises ``FileRefusedError``, also where columns or bytes are not those that were profiled, or ``OperatorError``.
    """
    measured = Measured(source, sent_ahead(source, size))

    def accept(found: Sequence[str]) -> None:
        if found != list(headers):
            raise refuse("U-33")

    params = texts.as_params() if texts else NOTHING
    if (yield from _rows(parser, measured, size=size, params=params, accept=accept, tick=tick)) != rejected:
        raise refuse("U-32")
    if measured.sha256 != sha256:
        raise refuse("U-33")


def read_table(parser: Parser, source: BinaryIO, *, size: int, accept: Callable[[Sequence[str]], None]) -> Iterator[list[pa.StringArray]]:
    """The cells of a stream that nobody profiled before, all or none: a line that cannot be read refuses the file.

    ``accept`` is told the columns first and raises where they are not what it wants.
    """

    def checked(found: Sequence[str]) -> None:
        accept(_believed(partial(check_headers, found)))

    measured = Measured(source, sent_ahead(source, size))
    if rejected := (yield from _rows(parser, measured, size=size, accept=checked, tick=lambda _rows: None)):
        raise refuse("U-62", rejected=rejected)


def _rows(
    parser: Parser,
    measured: Measured,
    *,
    size: int,
    accept: Callable[[Sequence[str]], None],
    tick: Callable[[int], None],
    params: Mapping[str, Json] = NOTHING,
) -> Generator[list[pa.StringArray], None, int]:
    """Every batch, and in the end how many rows could not be read."""
    rows = 0
    ended: dict[str, Json] = {}
    named: list[Json] | None = None
    for frame in _frames(parser, ROWS_TASK, measured, size, params=params):
        if isinstance(frame, bytes) and named is not None:
            batch = _believed(partial(unpack, frame, columns=len(named)))
            rows += len(batch[0])
            yield batch
            tick(rows)
        elif isinstance(frame, dict) and "headers" in frame and named is None:
            named = _believed(partial(_list, frame["headers"]))
            accept([str(name) for name in named])
        elif isinstance(frame, dict) and "rows" in frame:
            ended = frame
        else:
            raise refuse("U-32")
    _check_whole(measured, size)
    if ended.get("rows") != rows:
        raise refuse("U-32")
    return _believed(partial(_count, ended, "rejected"))


def _frames(parser: Parser, task: str, measured: Measured, size: int, *, params: Mapping[str, Json] = NOTHING) -> Iterator[Json | bytes]:
    source = cast(BinaryIO, io.BufferedReader(measured, buffer_size=1 << 20))
    try:
        with closing(parser(task, source=source, size=size, params=params)) as frames:
            for frame in frames:
                if isinstance(frame, dict) and "refused" in frame:
                    raise FileRefusedError(_believed(partial(Refusal.from_wire, frame["refused"])))
                yield frame
    except FileRefusedError:
        # Fewer bytes than were received: then the store is at fault, not the file, and the job may be tried again.
        _check_whole(measured, size, refused=True)
        raise


def _check_whole(measured: Measured, size: int, *, refused: bool = False) -> None:
    """All bytes that were received must have been read, unless the file was refused on the way."""
    if measured.whole and measured.count < size:
        raise OperatorError(
            rule="A-01", sentence="Part of the stored upload is missing.", instead="Check the quarantine folder and run the job again."
        )
    if not refused and (not measured.whole or measured.count != size):
        raise refuse("U-32")


def _believed(make: Callable[[], T]) -> T:
    """What the jail said, rebuilt as ours; anything malformed means hostile code was speaking."""
    try:
        return make()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise refuse("U-32") from None


def _facts(said: Json | bytes, sha256: str) -> TableFacts:
    if not isinstance(said, dict) or not isinstance(body := said.get("profile"), dict) or not isinstance(body["columns"], list):
        raise ValueError("not a profile")
    columns = tuple(ColumnFacts.from_json(one, books=code_books()) for one in body["columns"])
    rows = count_of(body["rows"])
    if any(one.cells != rows for one in columns) or check_headers([one.header for one in columns]) != tuple(_list(body["headers"])):
        raise ValueError("a profile that contradicts itself")
    rejects = Rejects.from_json(body["rejected"])
    return TableFacts(file=_file(body["file"]), rows=rows, rejects=rejects, columns=columns, sha256=sha256)


def _file(body: Json) -> dict[str, Json]:
    if not isinstance(body, dict):
        raise ValueError("how the file was read is missing")
    ends = body.get("line_ends", [])
    words: dict[str, Json] = {name: body[name] for name in ("type", "encoding", "delimiter") if name in body}
    if any(word not in _WORDS for word in words.values()) or any(end not in _ENDS for end in _list(ends)):
        raise ValueError("unknown words")
    return {**words, "line_ends": ends}


def _count(body: dict[str, Json], name: str) -> int:
    return count_of(body[name])


def _list(body: Json) -> list[Json]:
    if not isinstance(body, list):
        raise ValueError("a list is needed")
    return body
