"""The checks of outputs, run in the jail: one file, one jail. What comes back is codes and places; sentences are put to them here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO, Generic, Protocol, TypeVar

from enclave.egress_review.jailed import TASK
from enclave.egress_review.policy import Policy
from enclave.egress_review.rules import Found
from enclave.terms.canonical import Json
from enclave.terms.submission import Finding

# Measured: a picture of 25 million points takes 4 s and 0.9 GB, everything else far less. Three times that, for a busy machine.
CPU_SECONDS, WALL_SECONDS, MEMORY, OUTPUT = 12, 30.0, 3 << 30, 1 << 20

L = TypeVar("L")
L_in = TypeVar("L_in", contravariant=True)


class _Frame(Protocol):
    @property
    def value(self) -> object: ...


class _Run(Protocol[L_in]):
    def __call__(self, task: str, *, source: BinaryIO, params: Mapping[str, Json], limits: L_in) -> Iterable[_Frame]: ...


class JailChecks(Generic[L]):
    """``run`` and ``limits`` are the jail's own (``isolation.jail``), handed in by the wiring. The port ``egress_review.ports.Scanner``."""

    def __init__(self, *, run: _Run[L], limits: Callable[..., L]) -> None:
        self._run = run
        self._limits = limits(cpu_seconds=CPU_SECONDS, wall_seconds=WALL_SECONDS, memory_bytes=MEMORY, output_bytes=OUTPUT)

    def __call__(self, data: bytes, *, suffix: str, policy: Policy, released: Sequence[dict[str, Json]]) -> tuple[Finding, ...]:
        """The findings. Raises whatever the jail raises, and ``ValueError`` when what came back is not one list of findings."""
        answers: list[Json] = list(released)
        params: dict[str, Json] = {"suffix": suffix, **policy.as_json(), "released": answers}
        frames = list(self._run(TASK, source=io.BytesIO(data), params=params, limits=self._limits))
        if len(frames) != 1 or not isinstance(frames[0].value, list):
            raise ValueError("the checks answered in a way that cannot be trusted")
        return tuple(Found.from_json(body).finding() for body in frames[0].value)
