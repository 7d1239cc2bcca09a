"""The desk's own rules, without a sandbox around them."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.desk import inheritance, provisioner, server_config
from enclave.desk.closed import is_open
from enclave.desk.inheritance import Inheritance

ROOT = Path(__file__).resolve().parents[3]
BASE = "/user/ada/near-repeats/"
INHERITED = Inheritance(
    listen=3,
    kernel_group=(7, 8),
    pids=200,
    kernel_pids=96,
    kernel_memory=1 << 30,
    scratch=1 << 27,
    code="/opt/enclave",
    token="s3cret",
    project="p",
)


@pytest.mark.parametrize(
    "path",
    ["", "lab", "lab/tree/a.ipynb", "lab/api/settings/x", "static/lab/main.js", "api", "api/contents/a.csv", "api/kernels/1/channels", "api/sessions",
     "api/me", "api/status", "api/events/subscribe", "oauth_callback", "logout", "lab/extensions/x/static/y.js", "kernelspecs/python3/logo.svg"],
)  # fmt: skip
def test_what_a_notebook_needs_is_open(path: str) -> None:
    assert is_open(BASE + path, BASE)


@pytest.mark.parametrize(
    "path",
    ["files/a.csv", "view/a.html", "nbconvert/html/a.ipynb", "api/nbconvert", "api/terminals", "terminals/1", "lab/api/extensions",
     "lab/extensions/api", "api/shutdown", "lsp/status", "metrics", "api/config/x", "api/spec.yaml", "lab/api/build", "lab/api/news", "files",
     "labfiles", "apix", "api/contentsx",
     "custom/x", "nbextensions/x", "%66iles/a.csv", "./files/a.csv", "api/../files/a.csv"],
)  # fmt: skip
def test_what_it_does_not_need_is_closed(path: str) -> None:
    assert not is_open(BASE + path, BASE)


@given(st.text(max_size=30))
def test_outside_the_own_prefix_everything_is_closed(path: str) -> None:
    full = "/" + path
    assert not is_open(full, BASE) or full.startswith(BASE) or full == BASE.rstrip("/")


def test_what_is_inherited_is_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    read_end, write_end = os.pipe()
    told = {
        "ENCLAVE_LISTEN_FD": str(read_end), "ENCLAVE_KERNEL_GROUP_FDS": str(write_end), "ENCLAVE_PIDS": "200", "ENCLAVE_KERNEL_PIDS": "96",
        "ENCLAVE_KERNEL_MEMORY": "1000", "ENCLAVE_SCRATCH": "2000", "ENCLAVE_CODE": "/opt/enclave", "ENCLAVE_TOKEN": "t", "ENCLAVE_PROJECT": "p",
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    os.set_inheritable(read_end, True)
    os.set_inheritable(write_end, True)
    taken = inheritance.take()
    assert (taken.listen, taken.kernel_group, taken.token) == (read_end, (write_end,), "t")
    assert not [name for name in os.environ if name in told]
    assert not os.get_inheritable(read_end)
    assert not os.get_inheritable(write_end)
    os.close(read_end)
    os.close(write_end)


def test_a_kernels_command_holds_no_secret_and_no_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/venv")
    words = provisioner.command(
        INHERITED, folder=Path("/tmp/kernels/1"), seccomp=5, where="/home/notebook/sub", connection="/tmp/kernels/1/c.json"
    )
    assert not [word for word in words if "s3cret" in word]
    assert {"--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"} <= set(words)
    assert "/run/hub" not in words
    assert words[words.index("--chdir") + 1] == "/home/notebook/sub"


@pytest.mark.parametrize("where", ["/etc", "/home/notebook/../../etc", "/home/notebookx"])
def test_a_kernel_begins_in_the_home_or_nowhere(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/venv")
    words = provisioner.command(INHERITED, folder=Path("/tmp/kernels/1"), seccomp=5, where=where, connection="c")
    assert words[words.index("--chdir") + 1] == server_config.HOME


def test_a_kernel_is_told_its_pass_and_nothing_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hub secret")
    monkeypatch.setenv("PATH", "/venv/bin:/usr/bin")
    told = provisioner.environment(INHERITED)
    assert told["ENCLAVE_TOKEN"] == "s3cret"
    assert told["ENCLAVE_API_SOCKET"] == "/run/enclave/api.sock"
    assert "hub secret" not in told.values()
    assert not [name for name in told if name.startswith(("JUPYTER", "JPY"))]


LIMITED = """
import json, resource
from enclave.desk.kernel import limit
limit(pids=77, memory=1 << 30)
taken = [resource.getrlimit(which) for which in (resource.RLIMIT_NPROC, resource.RLIMIT_DATA, resource.RLIMIT_CORE)]
print(json.dumps(taken), open("/proc/self/oom_score_adj").read())
"""


def test_limits_are_taken_for_good() -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True, cwd=ROOT)
    limits, _, score = done.stdout.strip().rpartition(" ")
    assert json.loads(limits) == [[77, 77], [1 << 30, 1 << 30], [0, 0]]
    assert score == "1000"
    assert resource.getrlimit(resource.RLIMIT_NPROC)[1] != 77


def test_what_is_disabled_in_the_browser_is_locked_too() -> None:
    page = json.loads((ROOT / "enclave/desk/page_config.json").read_text())
    assert page["disabledExtensions"] == page["lockedExtensions"]
    ways_out = ("docmanager-extension:download", "filebrowser-extension:download", "notebook-extension:export", "apputils-extension:print")
    assert all(
        page["disabledExtensions"][f"@jupyterlab/{name}"] for name in (*ways_out, "terminal-extension", "filebrowser-extension:open-url")
    )


def test_pages_may_send_nothing_elsewhere() -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in server_config.CONTENT_POLICY.split(";"))
    assert policy["connect-src"] == policy["default-src"] == policy["form-action"] == "'self'"
    assert policy["frame-src"] == policy["object-src"] == "'none'"
    assert "unsafe-inline" not in policy["script-src"]


LOADED = """
import sys
sys.path.insert(0, sys.argv[1])
import enclave.desk.closed, enclave.desk.contents, enclave.desk.kernel, enclave.desk.provisioner, enclave.desk.serve
ours = [name for name in sys.modules if name.startswith("enclave.")]
print(*ours, *{"fastapi", "duckdb", "opendp", "dbos", "presidio_analyzer"} & set(sys.modules))
"""


def test_the_desk_brings_nothing_of_the_server_into_the_sandbox() -> None:
    done = subprocess.run([ROOT / ".venv-desk/bin/python", "-I", "-c", LOADED, str(ROOT)], capture_output=True, text=True, check=True)
    assert all(name.startswith("enclave.desk") for name in done.stdout.split()), done.stdout
