"""Calls between portal and worker: answers and refusals cross, failures cross as a constant, strangers are hung up on."""

from __future__ import annotations

import json
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.adapters import rpc
from enclave.adapters.rpc import Handler, call, serve
from enclave.terms.errors import BudgetError, EnclaveError, NotFoundError, OperatorError
from tests.processes import NOBODY, in_child

SECRET = "Zebulon Quatermain, 9434765919"


@contextmanager
def serving(handlers: dict[str, Handler], *, allowed: frozenset[int] = frozenset({os.geteuid()})) -> Iterator[Path]:
    """A server in a thread; yields its socket."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "worker.sock"
        server = serve(path, handlers, allowed=allowed)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def answering(reply: bytes) -> Iterator[Path]:
    """A server that answers anything with these bytes and hangs up."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = Path(folder) / "worker.sock"
        listener.bind(str(path))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.makefile("rb").readline()
                connection.sendall(reply)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield path
        thread.join()


def raw(path: Path, line: bytes) -> bytes:
    """What comes back for a line of bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def rule_of(path: Path, line: bytes) -> str:
    return str(json.loads(raw(path, line))["error"]["rule"])


def refuse(_: dict[str, object]) -> dict[str, object]:
    raise BudgetError(rule="P-01", sentence="Too little is left.", instead="Ask less.", details={"remaining": "0.1"})


def crash(_: dict[str, object]) -> dict[str, object]:
    raise ValueError(SECRET)


def test_an_answer_crosses() -> None:
    body = {"n": 1, "text": "é\n\u2028", "list": [None, True, 2**63]}
    with serving({"echo": lambda sent: {"sent": sent}}) as path:
        assert call(path, "echo", body) == {"sent": body}


def test_a_refusal_crosses_as_itself() -> None:
    with serving({"refuse": refuse}) as path, pytest.raises(BudgetError) as refused:
        call(path, "refuse", {})
    assert (refused.value.rule, refused.value.sentence, refused.value.instead) == ("P-01", "Too little is left.", "Ask less.")
    assert refused.value.details == {"remaining": "0.1"}


def test_a_failure_crosses_as_a_constant_and_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving({"crash": crash, "odd": lambda _: {"x": object()}}) as path:  # type: ignore[dict-item]
        for method in ("crash", "odd", "no such method"):
            with pytest.raises(OperatorError) as failed:
                call(path, method, {})
            assert (failed.value.rule, failed.value.sentence) == ("O-02", "The worker could not do this.")
        assert SECRET not in raw(path, b'{"method": "crash", "parameters": {}}\n').decode()
    assert SECRET not in caplog.text
    assert "a call failed: ValueError" in caplog.text


@settings(max_examples=60)
@given(
    st.binary(max_size=80)
    | st.recursive(st.none() | st.text(max_size=5), lambda x: st.lists(x) | st.dictionaries(st.text(max_size=9), x)).map(
        lambda x: json.dumps(x).encode()
    )
)
def test_garbage_is_answered_with_the_constant(garbage: bytes) -> None:
    with serving({"echo": lambda sent: sent}) as path:
        assert rule_of(path, garbage.replace(b"\n", b"") + b"\n") == "O-02"
        assert call(path, "echo", {"still": "there"}) == {"still": "there"}


def test_a_line_that_is_too_long_or_too_deep_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "LARGEST", 10_000)
    with serving({"echo": lambda sent: sent}) as path:
        with pytest.raises(OperatorError) as refused:
            call(path, "echo", {"x": "y" * 20_000})
        assert refused.value.rule in {"O-01", "O-02"}, "told so, or hung up on before the reply could be read"
        assert rule_of(path, b"[" * 9_000 + b"\n") == "O-02"
        assert call(path, "echo", {"still": "there"}) == {"still": "there"}


@pytest.mark.parametrize(
    "reply", [b"", b"\n", b"{", b"5\n", b"null\n", b"[]\n", b'"x"\n', b"\xff\n", b"[" * 50_000 + b"\n", b'{"result": {"cut": "sho']
)
def test_a_reply_that_is_none_means_that_nobody_answers(reply: bytes) -> None:
    with answering(reply) as path, pytest.raises(OperatorError) as away:
        call(path, "ping", {})
    assert away.value.rule == "O-01"


@pytest.mark.parametrize("reply", [b"{}\n", b'{"error": 5}\n', b'{"result": 5}\n', b'{"error": {"who": "Nobody", "rule": 7}}\n'])
def test_a_reply_without_result_or_reason_is_a_refusal(reply: bytes) -> None:
    with answering(reply) as path, pytest.raises(EnclaveError):
        call(path, "ping", {})


def test_nobody_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.sock", tmp_path / ("x" * 120)):
        with pytest.raises(OperatorError) as away:
            call(path, "ping", {})
        assert away.value.rule == "O-01"


def test_whoever_takes_too_long_is_given_up() -> None:
    waiting, done = threading.Event(), threading.Event()

    def slow(_: dict[str, object]) -> dict[str, object]:
        waiting.set()
        done.wait(30)
        return {}

    with serving({"slow": slow, "ping": lambda _: {"up": True}}) as path:
        with pytest.raises(OperatorError) as away:
            call(path, "slow", {}, timeout=0.05)
        assert away.value.rule == "O-01"
        assert waiting.wait(30)
        assert call(path, "ping", {}) == {"up": True}, "the others are answered meanwhile"
        done.set()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_process_of_another_uid_is_hung_up_on() -> None:
    seen: list[object] = []

    def method(sent: dict[str, object]) -> dict[str, object]:
        seen.append(sent)
        return {}

    def ask(path: Path) -> int:
        try:
            call(path, "method", {})
        except OperatorError as away:
            return 7 if away.rule == "O-01" else 8
        return 0

    with serving({"method": method}) as path:
        for folder in (path.parent, path):
            folder.chmod(0o777)  # even where it can reach the socket
        assert in_child(lambda: ask(path), uid=NOBODY) == 7
        assert in_child(lambda: ask(path)) == 0
    assert seen == [{}]
    with serving({"method": method}, allowed=frozenset({NOBODY})) as path:
        for folder in (path.parent, path):
            folder.chmod(0o777)
        assert in_child(lambda: ask(path), uid=NOBODY) == 0
        assert in_child(lambda: ask(path)) == 7, "root is allowed where it is named, not because it is root"


def test_the_socket_is_for_its_group_and_replaces_a_stale_one(tmp_path: Path) -> None:
    path = tmp_path / "worker.sock"
    path.write_bytes(b"left over")
    server = serve(path, {}, allowed=frozenset())
    server.server_close()
    assert path.is_socket()
    assert path.stat().st_mode & 0o777 == 0o660


def test_threads_are_bounded_and_the_rest_waits_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "AT_ONCE", 3)
    lock, gate, busy, most = threading.Lock(), threading.Event(), [], []

    def work(sent: dict[str, object]) -> dict[str, object]:
        with lock:
            busy.append(1)
            most.append(len(busy))
        gate.wait(30)
        with lock:
            busy.pop()
        return sent

    with serving({"work": work}) as path:
        answers: list[dict[str, object]] = []
        callers = [threading.Thread(target=lambda n=n: answers.append(call(path, "work", {"n": n}))) for n in range(12)]
        for caller in callers:
            caller.start()
        while len(most) < 3:
            threading.Event().wait(0.01)
        gate.set()
        for caller in callers:
            caller.join(30)
    assert sorted(answer["n"] for answer in answers) == list(range(12))
    assert max(most) == 3


def test_it_stops_even_while_every_thread_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "AT_ONCE", 1)
    begun, gate = threading.Event(), threading.Event()

    def work(_: dict[str, object]) -> dict[str, object]:
        begun.set()
        gate.wait(30)
        return {}

    refused: list[str] = []

    def ask(path: Path) -> None:
        try:
            call(path, "work", {})
        except OperatorError as away:
            refused.append(away.rule)

    with serving({"work": work}) as path:
        callers = [threading.Thread(target=ask, args=(path,)) for _ in range(3)]
        for caller in callers:
            caller.start()
        assert begun.wait(30)
    gate.set()
    for caller in callers:
        caller.join(30)
    assert refused == ["O-01"] * 2


def test_a_caller_who_goes_away_is_no_event(capsys: pytest.CaptureFixture[str]) -> None:
    with serving({"ping": lambda _: {"up": True}}) as path:
        for _ in range(20):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(b'{"method": "ping", "par')
        assert call(path, "ping", {}) == {"up": True}
    assert capsys.readouterr() == ("", "")


def test_every_kind_of_refusal_crosses() -> None:
    def missing(_: dict[str, object]) -> dict[str, object]:
        raise NotFoundError(rule="G-01", sentence="There is none.")

    with serving({"missing": missing}) as path, pytest.raises(NotFoundError, match="There is none"):
        call(path, "missing", {})
