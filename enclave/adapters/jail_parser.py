"""The parser of uploads: the room's tasks run in the jail, and the jail's failures said in the room's words."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import BinaryIO, Generic, Protocol, TypeVar, cast

from enclave.anonymise.ports import NOTHING
from enclave.anonymise.refusal import refuse
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError

_SLOWEST = 256 * 1024  # bytes a second: a tenth of what was measured on two busy cores
_SLOWEST_REDACTING = 16 * 1024
_RULES = {"timeout": "U-30", "memory": "U-31"}


L = TypeVar("L")
L_in = TypeVar("L_in", contravariant=True)


class _Frame(Protocol):
    @property
    def value(self) -> object: ...


class _Run(Protocol[L_in]):
    def __call__(self, task: str, *, source: BinaryIO, params: Mapping[str, Json], limits: L_in) -> Iterator[_Frame]: ...


class JailParser(Generic[L]):
    """``run``, ``limits`` and ``failed`` are the jail's own (`isolation.jail`), handed in by the wiring."""

    def __init__(self, *, run: _Run[L], limits: Callable[..., L], failed: type[Exception]) -> None:
        self._run = run
        self._limits = limits
        self._failed = failed

    def __call__(
        self, task: str, *, source: BinaryIO, size: int, params: Mapping[str, Json] = NOTHING
    ) -> Generator[Json | bytes, None, None]:
        """What the task emits. A file that defeats the task is refused; a jail that cannot start is the operator's to mend."""
        try:
            for frame in self._run(
                task, source=source, params=params, limits=self._limits_for(size, slowest=_SLOWEST_REDACTING if params else _SLOWEST)
            ):
                yield cast("Json | bytes", frame.value)
        except self._failed as error:
            reason = str(getattr(error, "reason", ""))
            if reason == "missing":
                raise OperatorError(
                    rule="A-04", sentence="The sandbox that reads uploads cannot be started.", instead="Run enclave doctor."
                ) from None
            raise refuse(_RULES.get(reason, "U-32")) from None

    def _limits_for(self, size: int, *, slowest: int) -> L:
        seconds = 60 + size // slowest
        # Cells leave with four bytes of length each; a Parquet file may grow a hundredfold and more when it is unpacked.
        return self._limits(cpu_seconds=seconds, wall_seconds=2.0 * seconds, memory_bytes=3 << 30, output_bytes=(64 << 20) + 400 * size)
