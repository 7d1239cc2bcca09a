"""The one process that may be root does three things for one caller, and survives everything else."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.hub import layers
from enclave.hub.launcher import VARIABLES, Launcher
from enclave.hub.launcher_client import LauncherAway, LauncherRefused, ask
from enclave.hub.layers import Layer
from enclave.hub.running import Refused, Sandboxes, _listening
from enclave.hub.settings import HubSettings
from tests.unit.hub.settings_for_tests import full, settings


class FakeSandboxes(Sandboxes):
    """Remembers instead of starting."""

    def __init__(self) -> None:
        self.started: dict[int, dict[str, str]] = {}

    def start(self, sandbox: int, env: dict[str, str]) -> None:
        if sandbox in self.started:
            raise Refused("This notebook is already running.")
        self.started[sandbox] = env

    def code(self, sandbox: int) -> int | None:
        return None if sandbox in self.started else 0

    def stop(self, sandbox: int) -> None:
        self.started.pop(sandbox, None)

    def numbers(self) -> list[int]:
        return sorted(self.started)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "check_settings", lambda _: (Layer(name="a", ok=True, sentence="There."),))


@pytest.fixture
def made(sound: None) -> tuple[Launcher, FakeSandboxes]:
    sandboxes = FakeSandboxes()
    return Launcher(settings(), sandboxes), sandboxes


def start(number: Any = 7, env: Any = None) -> dict[str, Any]:
    return {"do": "start", "sandbox": number, "env": {} if env is None else env}


def test_a_sandbox_is_started_asked_after_listed_and_stopped(made: tuple[Launcher, FakeSandboxes]) -> None:
    launcher, sandboxes = made
    assert launcher.answer(start(env={"ENCLAVE_TOKEN": "t"})) == {}
    assert sandboxes.started == {7: {"ENCLAVE_TOKEN": "t"}}
    assert launcher.answer({"do": "poll", "sandbox": 7}) == {"running": True, "code": None}
    assert launcher.answer({"do": "list"}) == {"sandboxes": [7]}
    assert launcher.answer({"do": "stop", "sandbox": 7}) == {}
    assert launcher.answer({"do": "poll", "sandbox": 7}) == {"running": False, "code": 0}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(
    st.one_of(
        json_values,
        st.fixed_dictionaries(
            {"do": st.sampled_from(["start", "poll", "stop", "list"])}, optional={"sandbox": json_values, "env": json_values}
        ),
    )
)
def test_whatever_is_asked_the_answer_is_an_object_and_nothing_odd_is_started(request_: Any) -> None:
    sandboxes = FakeSandboxes()
    launcher = Launcher(settings(), sandboxes)
    launcher._sound = True
    assert isinstance(launcher.answer(request_), dict)
    for number, env in sandboxes.started.items():
        assert type(number) is int
        assert 0 < number <= 3000
        assert set(env) <= VARIABLES


@pytest.mark.parametrize("number", [0, -1, 3001, True, "7", 7.0, None, [7]])
def test_only_a_number_in_the_range_is_a_sandbox(made: tuple[Launcher, FakeSandboxes], number: Any) -> None:
    launcher, sandboxes = made
    assert "error" in launcher.answer(start(number))
    assert sandboxes.started == {}


@pytest.mark.parametrize(
    "env",
    [
        {"LD_PRELOAD": "/x"},
        {"PATH": "/x"},
        {"PYTHONPATH": "/x"},
        {"ENCLAVE_LISTEN_FD": "3"},
        {"ENCLAVE_TOKEN": 1},
        {"ENCLAVE_TOKEN": "a\0b"},
        {"ENCLAVE_TOKEN": "x" * 4097},
        [],
        "x",
    ],
)
def test_the_hub_sets_known_variables_to_short_texts_only(made: tuple[Launcher, FakeSandboxes], env: Any) -> None:
    launcher, sandboxes = made
    assert "error" in launcher.answer(start(env=env))
    assert sandboxes.started == {}


def test_no_variable_of_the_loader_or_of_python_is_known() -> None:
    assert all(name.startswith(("JUPYTERHUB_", "ENCLAVE_")) for name in VARIABLES)
    assert not VARIABLES & {
        "ENCLAVE_CODE",
        "ENCLAVE_LISTEN_FD",
        "ENCLAVE_PIDS",
        "ENCLAVE_KERNEL_PIDS",
        "ENCLAVE_KERNEL_MEMORY",
        "ENCLAVE_KERNEL_GROUP_FDS",
    }


def test_a_missing_layer_refuses_every_start_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [False]
    monkeypatch.setattr(layers, "check_settings", lambda _: (Layer(name="wall", ok=there[0], sentence="The wall is missing."),))
    sandboxes = FakeSandboxes()
    launcher = Launcher(settings(), sandboxes)
    assert launcher.answer(start()) == {"error": "The wall is missing."}
    assert sandboxes.started == {}
    there[0] = True
    assert launcher.answer(start()) == {}


def over_a_socket(launcher: Launcher, *lines: bytes) -> list[bytes]:
    async def talk() -> list[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "l.sock"
            server = await asyncio.start_unix_server(launcher.serve, path, limit=1 << 16)
            async with server:
                return [await one(path, line) for line in lines]

    async def one(path: Path, line: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(line)
        writer.write_eof()
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    return asyncio.run(talk())


def test_garbage_gets_an_error_or_nothing_and_the_next_caller_an_answer(made: tuple[Launcher, FakeSandboxes]) -> None:
    launcher, _ = made
    *bad, good = over_a_socket(
        launcher, b"", b"\xff\xfe\n", b"{" * 5000 + b"\n", b"[" * 40000 + b"\n", b"x" * (1 << 18), b'{"do":"list"}\n'
    )
    assert json.loads(good) == {"sandboxes": []}
    assert all(not reply or "error" in json.loads(reply) for reply in bad)


def test_somebody_elses_uid_gets_no_answer(sound: None) -> None:
    stranger = full(hub_uid=os.geteuid() + 1)
    assert over_a_socket(Launcher(stranger, FakeSandboxes()), b'{"do":"list"}\n') == [b""]
    friend: HubSettings = full(hub_uid=os.geteuid()) if os.geteuid() else settings()
    assert json.loads(over_a_socket(Launcher(friend, FakeSandboxes()), b'{"do":"list"}\n')[0]) == {"sandboxes": []}


def test_the_hubs_side_tells_a_refusal_from_silence(made: tuple[Launcher, FakeSandboxes], tmp_path: Path) -> None:
    launcher, _ = made

    async def talk() -> None:
        path = tmp_path / "l.sock"
        with pytest.raises(LauncherAway):
            await ask(path, "list")
        async with await asyncio.start_unix_server(launcher.serve, path):
            assert await ask(path, "list") == {"sandboxes": []}
            with pytest.raises(LauncherRefused, match="no such sandbox"):
                await ask(path, "start", sandbox=0, env={})

    asyncio.run(talk())


@pytest.mark.parametrize("same", [True, False])
def test_what_an_earlier_launcher_left_is_ended_unless_the_number_was_used_again(tmp_path: Path, same: bool) -> None:
    process = subprocess.Popen(["/usr/bin/sleep", "60"], start_new_session=True)
    try:
        began = int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[19])
        (tmp_path / "launcher.json").write_text(json.dumps({"7": [process.pid, began if same else began - 1]}))
        Sandboxes(settings(state=tmp_path), None).end_orphans()
        if same:
            assert process.wait(5) == -signal.SIGKILL
        else:
            assert process.poll() is None
        assert json.loads((tmp_path / "launcher.json").read_text()) == {}
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("memory", ["", "{", "[]", '{"7": 1}', '{"7": ["a", null]}'])
def test_a_damaged_memory_does_not_stop_the_launcher(tmp_path: Path, memory: str) -> None:
    (tmp_path / "launcher.json").write_text(memory)
    Sandboxes(settings(state=tmp_path), None).end_orphans()


def test_a_notebook_socket_is_bound_by_us_where_only_the_hub_may_come(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(HubSettings, "notebook_socket", lambda _, number: tmp_path / "nb" / f"s{number}" / "nb.sock")
    own = settings()
    (tmp_path / "nb").mkdir()
    with _listening(own, 7) as listening:
        path = own.notebook_socket(7)
        assert listening.getsockname() == str(path)
        assert not listening.getblocking()
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o660, 0o750)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))


def test_without_control_groups_profile_full_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="control groups"):
        Sandboxes(full(state=tmp_path), None).start(7, {})
