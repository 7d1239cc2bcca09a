"""Texts redacted in several jails at once: blocks of lines are dealt to them in turn, and their answers are taken in the same turn."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from queue import Full, Queue
from typing import BinaryIO, Protocol, TypeAlias

from enclave.anonymise.jail.blocks import BLOCK, LONGEST_LINE
from enclave.anonymise.refusal import FileRefusedError, Refusal, refuse
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError

_SIZE = 1 << 18  # bytes of a block
_TASK = "text.redact"
_FOREVER = 2_000_000  # seconds: three weeks, the most that poll can wait


class _Frame(Protocol):
    @property
    def value(self) -> object: ...


_Run: TypeAlias = Callable[..., Iterator[_Frame]]
_Answer: TypeAlias = "bytes | Mapping[str, Json] | BaseException | None"


class TextJails:
    """``run``, ``limits`` and ``failed`` are the jail's own (`isolation.jail`), handed in by the wiring."""

    def __init__(self, *, run: _Run, limits: Callable[..., object], failed: type[Exception]) -> None:
        self._run, self._failed = run, failed
        self._limits = limits(
            cpu_seconds=_FOREVER, wall_seconds=float(_FOREVER), memory_bytes=3 << 30, output_bytes=1 << 62, files=64
        )  # a stream has no length to measure these by; each text has its own bounds

    def redacted(self, source: BinaryIO, *, known: bytes, names: bool, most: int) -> Iterator[bytes]:
        """The redacted lines of ``source``, in order, in constant memory, from up to ``most`` jails. ``known`` as ``known_values`` reads it.

        Raises ``FileRefusedError`` at the first line that is none, after the lines before it; ``OperatorError`` where a jail cannot start.
        """
        blocks = _cut(source)
        first = next(blocks, None)
        if first is None:
            return
        second = next(blocks, None)
        count = 1 if second is None else most
        head = json.dumps({"known": len(known), "names": names}).encode() + b"\n" + known
        stop = threading.Event()
        lanes = [_Lane(self._run, self._limits, head, stop) for _ in range(count)]
        dealer = threading.Thread(target=_deal, args=(_again(first, second, blocks), lanes), daemon=True)
        try:
            dealer.start()
            yield from self._in_turn(lanes)
        finally:
            stop.set()

    def _in_turn(self, lanes: list[_Lane]) -> Iterator[bytes]:
        turn = 0
        while True:
            answer = lanes[turn % len(lanes)].answers.get()
            if answer is None:
                return  # the dealer has no block for this lane: nor for any after it
            if isinstance(answer, bytes):
                yield answer
            elif isinstance(answer, BaseException):
                self._raise(answer)
            elif "refused" in answer:
                raise FileRefusedError(Refusal.from_wire(answer["refused"]))
            else:
                turn += 1

    def _raise(self, error: BaseException) -> None:
        if not isinstance(error, self._failed):
            raise error
        if getattr(error, "reason", "") == "missing":
            raise OperatorError(
                rule="A-04", sentence="The sandbox that reads texts cannot be started.", instead="Run enclave doctor."
            ) from None
        raise refuse("T-05") from None


class _Lane:
    """One jail, the pipe into it and the answers out of it, read by a thread of its own (a jail dies with the thread that started it)."""

    def __init__(self, run: _Run, limits: object, head: bytes, stop: threading.Event) -> None:
        self.answers: Queue[_Answer] = Queue(maxsize=4)
        self._stop = stop
        read, write = os.pipe2(os.O_CLOEXEC)
        self.into = os.fdopen(write, "wb", buffering=0)
        self._head = head
        threading.Thread(target=self._read, args=(run, limits, read), daemon=True).start()

    def put(self, block: bytes) -> None:
        """Write a block into the jail; waits while it is busy. Raises ``BrokenPipeError`` when it is gone."""
        head, self._head = self._head, b""
        for piece in (head, block):
            view = memoryview(piece)
            while view:
                view = view[self.into.write(view) :]

    def end(self, error: BaseException | None = None) -> None:
        """No more blocks, or none because reading them failed."""
        if error is not None:
            self._say(error)
        self.into.close()

    def _read(self, run: _Run, limits: object, read: int) -> None:
        last: _Answer = None
        try:
            with closing(run(_TASK, source=read, params={}, limits=limits)) as frames:  # type: ignore[type-var]
                for frame in frames:
                    if not self._say(frame.value):  # type: ignore[arg-type]
                        return
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the answers
            last = error
        finally:
            os.close(read)
            self._say(last)

    def _say(self, answer: _Answer) -> bool:
        while not self._stop.is_set():
            try:
                self.answers.put(answer, timeout=0.2)
            except Full:
                continue
            return True
        return False


def _deal(blocks: Iterator[bytes], lanes: list[_Lane]) -> None:
    failure: BaseException | None = None
    try:
        for number, block in enumerate(blocks):
            lanes[number % len(lanes)].put(block)
    except BrokenPipeError:
        pass  # the jail says itself why it is gone
    except BaseException as error:  # noqa: BLE001 - reading failed: what was answered so far is not all
        failure = error
    for lane in lanes:
        lane.end(failure)


def _again(first: bytes, second: bytes | None, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    if second is not None:
        yield second
        yield from rest


def _cut(source: BinaryIO) -> Iterator[bytes]:
    """Blocks of whole lines with their heads. Raises ``FileRefusedError`` for a line too long to hold."""
    line, rest = 1, b""
    while chunk := source.read(_SIZE):
        whole, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            rest += chunk
            if len(rest) > LONGEST_LINE:
                raise refuse("T-02", line=line)
            continue
        block = rest + whole + newline
        yield BLOCK.pack(len(block), line) + block
        line += block.count(b"\n")
        rest = tail
    if rest:
        yield BLOCK.pack(len(rest), line) + rest
