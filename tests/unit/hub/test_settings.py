"""One file tells hub and launcher everything; what cannot work is refused when it is written, not when a researcher waits."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.hub.settings import HubSettings, SandboxLimits
from tests.unit.hub.settings_for_tests import full, settings

limits = st.builds(
    SandboxLimits,
    memory_bytes=st.integers(2 << 20, 1 << 40),
    kernel_memory_bytes=st.integers(1, 1 << 20),
    pids=st.integers(200, 5000),
    kernel_pids=st.integers(1, 100),
    server_pids=st.integers(1, 100),
    cpus=st.floats(1, 64),
    kernel_cpus=st.floats(0.1, 1),
)


@given(limits, st.integers(1, 65535), st.sampled_from(["http", "https"]), st.integers(0, 10_000))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, own: SandboxLimits, port: int, scheme: str, idle: int
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    written = full(
        limits=own, public_port=port, scheme=scheme, idle_seconds=idle, notebooks=Path("/srv/notebooks"), portal_aliases=("a.example",)
    )
    written.write(path)
    assert HubSettings.load(path) == written


def test_absent_paths_stay_absent(tmp_path: Path) -> None:
    settings().write(tmp_path / "s.json")
    assert HubSettings.load(tmp_path / "s.json").notebooks is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"run": Path("/srv/Enclave/run")}, id="upper case in a socket's path"),
        pytest.param({"run": Path("/" + "x" * 61)}, id="a socket's path too long"),
        pytest.param({"run": Path("run")}, id="a path that depends on where one stands"),
        pytest.param({"state": Path("state")}, id="another one"),
        pytest.param({"hub_host": "Hub.localhost"}, id="a host in upper case"),
        pytest.param({"notebook_domain": "notebook localhost"}, id="a host with a space"),
        pytest.param({"portal_aliases": ("a/b",)}, id="a host with a path"),
        pytest.param({"hub_uid": None}, id="full without a uid for the hub"),
        pytest.param({"portal_uid": 0}, id="a portal that is root"),
        pytest.param({"uid_base": 500}, id="uids of the system"),
        pytest.param({"sandboxes": 4000}, id="uids beyond the range"),
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        full(**change)


@pytest.mark.parametrize(
    "change",
    [{"kernel_memory_bytes": 4 << 30}, {"kernel_pids": 500}, {"kernel_cpus": 3.0}, {"kernel_memory_bytes": 0}],
)
def test_a_kernel_never_gets_more_than_its_sandbox(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="kernel"):
        SandboxLimits(**change)


@pytest.mark.parametrize(
    ("change", "origin"),
    [
        ({"public_port": 18000}, "http://hub.localhost:18000"),
        ({"public_port": 80}, "http://hub.localhost"),
        ({"public_port": 18000, "scheme": "https", "browser_port": 443}, "https://hub.localhost"),
        ({"public_port": 18000, "scheme": "https", "browser_port": 8443}, "https://hub.localhost:8443"),
    ],
)
def test_addresses_as_a_browser_sees_them(change: dict[str, Any], origin: str) -> None:
    made = settings(**change)
    assert made.origin(made.hub_host) == origin


def test_every_socket_is_short_enough_for_the_kernel() -> None:
    made = settings(run=Path("/" + "x" * 60))
    sockets = [made.notebook_socket(3000), made.gate_folder(3000) / "hub.sock", made.api_folder(3000) / "api.sock", made.launcher_socket]
    assert max(len(str(path)) for path in (*sockets, made.hub_socket, made.proxy_socket, made.door_socket)) <= 107
