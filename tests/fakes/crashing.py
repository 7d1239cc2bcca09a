"""Ports that die at the n-th call, before or after the call did its work: a power cut anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.ports import PrivacyPorts
from enclave.terms.canonical import Json
from tests.fakes.memory_work import Crashed


@dataclass
class CrashAt:
    """Counts the calls of every port it is wrapped around."""

    at: int
    after: bool
    calls: int = 0

    def before(self) -> None:
        """A call begins."""
        self.calls += 1
        if self.calls == self.at and not self.after:
            raise Crashed

    def done(self) -> None:
        """The call did its work."""
        if self.calls == self.at and self.after:
            raise Crashed

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, mortal."""

        def mortal(*arguments: Any) -> Any:
            self.before()
            result = call(*arguments)
            self.done()
            return result

        return mortal

    def begin(self, begin: Callable[[], Any]) -> Callable[[], Any]:
        """A unit of work whose beginning and commit can be the last thing that happens."""
        return lambda: _MortalWork(begin(), self)

    def privacy(self, ports: PrivacyPorts) -> PrivacyPorts:
        """Every port of the heart, mortal."""
        engine, journal, signer = self.around(ports.engine.exact), self.around(ports.journal.append), self.around(ports.signer.sign)

        class Engine:
            def exact(self, aggregate: BoundedAggregate) -> Sequence[Sequence[int]]:
                return engine(aggregate)

        class Journal:
            def append(self, record: dict[str, Json]) -> None:
                journal(record)

        class Signer:
            def sign(self, claims: dict[str, Json]) -> str:
                return signer(claims)

        return PrivacyPorts(begin=self.begin(ports.begin), clock=ports.clock, engine=Engine(), journal=Journal(), signer=Signer())


class _MortalWork:
    def __init__(self, inner: Any, crash: CrashAt) -> None:
        self._inner = inner
        self._crash = crash

    def __enter__(self) -> Any:
        self._crash.before()
        work = self._inner.__enter__()
        try:
            self._crash.done()
        except Crashed as died:
            self._inner.__exit__(Crashed, died, None)
            raise
        return work

    def __exit__(self, *problem: Any) -> Any:
        if problem[0] is not None:
            return self._inner.__exit__(*problem)
        try:
            self._crash.before()
        except Crashed as died:
            self._inner.__exit__(Crashed, died, None)
            raise
        result = self._inner.__exit__(None, None, None)
        self._crash.done()
        return result
