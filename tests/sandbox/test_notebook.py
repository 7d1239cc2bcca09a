"""A notebook as a researcher gets it, in both profiles, with the real launcher, hub, proxy and kernels; attacked from a cell and by address."""

import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from tornado.httpclient import HTTPClientError

from enclave.hub.sandbox_command import BWRAP
from tests.sandbox import attacks
from tests.sandbox.stack import LIMITS, Browser, Kernel, Stack, stack

pytestmark = [pytest.mark.stack, pytest.mark.skipif(not Path(BWRAP).exists(), reason="bubblewrap is not installed")]

PROFILES = ["full", "rootless"] if os.geteuid() == 0 else ["rootless"]
MINE = "victims-before"


@pytest.fixture(scope="module", params=PROFILES)
def enclave(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with stack(request.param) as made:
        yield made


@pytest.fixture(scope="module")
def ada(enclave: Stack) -> Iterator[Browser]:
    with Browser(enclave) as browser:
        browser.sign_in("ada")
        yield browser


@pytest.fixture(scope="module")
def notebook(enclave: Stack, ada: Browser) -> httpx.Response:
    began = time.monotonic()
    page = ada.open_notebook("ada", MINE)
    print(f"\n{enclave.settings.profile}: notebook open after {time.monotonic() - began:.1f} s")
    return page


@pytest.fixture
def kernel(ada: Browser, notebook: httpx.Response) -> Iterator[Kernel]:
    assert notebook.status_code == 200
    made = Kernel(ada, "ada", MINE)
    yield made
    made.api("DELETE", f"/api/kernels/{made.id}")
    made.close()


class Listeners:
    """What the tester opened: if a cell reaches one of these, the sandbox has a hole."""

    def __init__(self, folder: Path, cleanup: ExitStack) -> None:
        self.four = cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.six = cleanup.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
        self.unix = cleanup.enter_context(socket.socket(socket.AF_UNIX))
        self.unix.bind(str(folder / "tester.sock"))
        self.abstract = cleanup.enter_context(socket.socket(socket.AF_UNIX))
        self.abstract.bind(f"\0enclave-test-{os.getpid()}")
        self.datagrams = cleanup.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.datagrams.bind(("127.0.0.1", 0))
        self.datagrams.setblocking(False)
        for each in (self.unix, self.abstract):
            each.listen()


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(dir="/tmp")))
        folder.chmod(0o755)
        (folder / "planted").write_text("nobody in a cell may read this")
        yield Listeners(folder, cleanup)


def targets(enclave: Stack, listeners: Listeners) -> dict[str, Any]:
    settings = enclave.settings
    unix = Path(listeners.unix.getsockname())
    return {
        "files": {
            "a planted file": str(unix.with_name("planted")),
            "the shadow file": "/etc/shadow",
            "the hub's database": str(settings.state / "hub" / "jupyterhub.sqlite"),
            "the hub's cookie secret": str(settings.state / "hub" / "cookie_secret"),
            "the settings": str(enclave.settings_file),
            "the launcher's memory": str(settings.state / "launcher.json"),
            "the server's log": str(settings.state / "s1.log"),
            "the kernel log": "/dev/kmsg",
            "memory": "/dev/mem",
        },
        "folders": {
            "homes": str(settings.homes),
            "another home": str(settings.homes / "s2"),
            "the state": str(settings.state),
            "control groups": "/sys/fs/cgroup",
            "root's home": "/root",
            "the server's sockets": "/run/hub",
        },
        "sockets": {
            "the tester's socket": str(unix),
            "the tester's abstract socket": f"\0enclave-test-{os.getpid()}",
            "the gate": "/run/hub/hub.sock",
            "the gate from outside": str(settings.gate_folder(1) / "hub.sock"),
            "the hub": str(settings.hub_socket),
            "the proxy": str(settings.proxy_socket),
            "the launcher": str(settings.launcher_socket),
            "the portal's internal socket": str(settings.internal_socket),
            "another sandbox's API": str(settings.api_folder(2) / "api.sock"),
            "its own server": str(settings.notebook_socket(1)),
        },
        "ports": {
            "the tester's port": listeners.four.getsockname()[:2],
            "the tester's port of version 6": listeners.six.getsockname()[:2],
            "the public port": ("127.0.0.1", settings.public_port),
            "the portal": ("127.0.0.1", int(settings.portal_target.rpartition(":")[2])),
        },
    }


def send(params: dict[str, Any]) -> str:
    return Path(attacks.__file__).read_text() + f"\nimport json\nprint(json.dumps(run(json.loads({json.dumps(json.dumps(params))}))))"


def test_wish_30_every_attack_from_a_cell_fails(enclave: Stack, kernel: Kernel, listeners: Listeners) -> None:
    params = targets(enclave, listeners)
    tried = kernel.json(send(params))
    assert {name: result for name, result in tried.items() if result == "done"} == {}
    assert len(tried) >= 60
    # The control: what can be tried harmlessly outside works there, so the failures above are the sandbox's doing.
    outside = attacks.attempts(params)
    names = (
        [f"read {name}" for name in params["files"] if name not in ("the kernel log", "memory")]
        if os.geteuid() == 0
        else ["read a planted file"]
    )
    names += [
        f"connect to {name}" for name in ("the tester's socket", "the tester's abstract socket", "the hub", "the proxy", "the launcher")
    ]
    names += [
        f"connect to {name}" for name in (*params["ports"], "the portal's internal socket", "its own server", "the gate from outside")
    ]
    names += ["list homes", "list the state", "list control groups"]
    assert {name: attacks.outcome(outside[name]) for name in names} == dict.fromkeys(names, "done")


def test_refusals_come_from_the_layer_that_is_meant_to_refuse(enclave: Stack, kernel: Kernel, listeners: Listeners) -> None:
    tried = kernel.json(send(targets(enclave, listeners)))
    families = {tried[f"socket {name}"] for name in attacks.FAMILIES}
    assert families == {"OSError 97"}  # address family not supported: the filter
    calls = {tried[f"call {name}"] for name in attacks.NUMBERS} | {tried[f"new namespace of {name}"] for name in attacks.NAMESPACES}
    assert calls == {"PermissionError 1"}
    assert tried["connect to the tester's port"] == "ConnectionRefusedError 111"
    assert tried["connect to the hub"] == "FileNotFoundError 2"


def test_datagrams_do_not_arrive(kernel: Kernel, listeners: Listeners) -> None:
    address = listeners.datagrams.getsockname()
    kernel.run(
        f"import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ntry: s.sendto(b'from a cell', {address!r})\nexcept OSError: pass"
    )
    with pytest.raises(BlockingIOError):
        listeners.datagrams.recv(100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        control.sendto(b"from the tester", address)
    time.sleep(0.1)
    assert listeners.datagrams.recv(100) == b"from the tester"


def test_what_a_cell_can_see(enclave: Stack, kernel: Kernel) -> None:
    seen = kernel.json(Path(attacks.__file__).read_text() + "\nimport json\nprint(json.dumps(surroundings()))")
    assert seen["home"] == ["notebook"]
    assert seen["run"] == ["/run/enclave", "/run/enclave/api.sock"]
    assert not {"root", "var", "srv", "sys", "mnt"} & set(seen["root"])
    assert seen["processes"] == [1, 2]
    assert seen["interfaces"] == ["lo"]
    assert seen["groups"] in ([], [65534])
    assert seen["status"] == {"CapEff": "0" * 16, "CapPrm": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2"}
    assert seen["limits"] == {
        "NPROC": LIMITS.kernel_pids,
        "DATA": LIMITS.kernel_memory_bytes,
        "CORE": 0,
        "FSIZE": LIMITS.file_bytes,
    }
    told = seen["environment"]
    assert not [name for name in told if name.startswith(("JUPYTER", "JPY"))]
    assert (told["HOME"], told["USER"], told["ENCLAVE_PROJECT"]) == ("/home/notebook", "notebook", MINE)
    assert told["ENCLAVE_API_SOCKET"] == "/run/enclave/api.sock"
    assert told["ENCLAVE_TOKEN"] == enclave.portal.tokens[1]


ASK_API = """
import http.client, json, os, socket
class Api(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX); self.sock.connect(os.environ["ENCLAVE_API_SOCKET"])
def ask(token):
    api = Api("enclave"); api.request("GET", "/api/hello", headers={"Authorization": f"Bearer {token}"})
    reply = api.getresponse(); return [reply.status, json.loads(reply.read())]
"""


def test_the_api_is_there_and_knows_who_calls(enclave: Stack, kernel: Kernel) -> None:
    [status, reply] = kernel.json(ASK_API + "print(json.dumps(ask(os.environ['ENCLAVE_TOKEN'])))")
    assert status == 200
    assert reply["sandbox"] == 1
    if enclave.settings.profile == "full":
        assert reply["uid"] == enclave.settings.uid_base + 1
    assert kernel.json(ASK_API + "print(json.dumps(ask('forged')))")[0] == 401


def test_the_tutorial_is_in_the_home_and_work_is_kept_there(enclave: Stack, kernel: Kernel) -> None:
    assert kernel.json(
        "import json, os; open('kept.txt', 'w').write('x'); print(json.dumps(sorted(f for f in os.listdir() if f[0] != '.')))"
    ) == [
        "01-first-answer.ipynb",
        "kept.txt",
    ]
    kept = enclave.settings.homes / "s1" / "kept.txt"
    if os.geteuid() == 0:
        assert (kept.stat().st_mode & 0o777) == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_science_works(kernel: Kernel) -> None:
    assert kernel.run(
        "import pandas as pd, matplotlib.pyplot as plt, pyarrow as pa\n"
        "frame = pd.DataFrame({'a': [1, 2]}); plt.plot(frame.a); print(pa.table(frame).num_rows, plt.get_backend())"
    ).strip().endswith("2 module://matplotlib_inline.backend_inline")  # fmt: skip


def test_an_endless_cell_can_be_interrupted(kernel: Kernel) -> None:
    timer = threading.Timer(1.0, lambda: kernel.api("POST", f"/api/kernels/{kernel.id}/interrupt"))
    timer.start()
    with pytest.raises(AssertionError, match="KeyboardInterrupt"):
        kernel.run("while True: pass", seconds=30)
    timer.join()
    assert kernel.run("print('still here')").strip() == "still here"


BOMB = """
import os, time
born = 0
try:
    while born < 2000:
        pid = os.fork()
        if pid == 0:
            time.sleep(30); os._exit(0)
        born += 1
except OSError as error:
    print(born, error.errno)
"""


def test_a_fork_bomb_stays_in_its_cell(ada: Browser, kernel: Kernel) -> None:
    born, number = map(int, kernel.run(BOMB).split())
    assert number == 11  # try again: the limit
    assert 10 < born < LIMITS.kernel_pids
    # While the bomb lasts, the server answers and can start another kernel, which works.
    assert kernel.api("GET", "/api/status").status_code == 200
    other = Kernel(ada, "ada", MINE)
    assert other.run("import os; pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0); print('alive')").strip() == "alive"
    other.api("DELETE", f"/api/kernels/{other.id}")
    other.close()


def test_a_memory_bomb_does_not_take_the_server_along(ada: Browser, kernel: Kernel) -> None:
    bomb = "hoard = []\ntry:\n  while True: hoard.append(b'x' * (8 << 20))\nexcept MemoryError: n = len(hoard); hoard = None; print(n)"
    blocks = int(kernel.run(bomb))
    assert blocks * 8 << 20 <= LIMITS.kernel_memory_bytes
    assert kernel.api("GET", "/api/status").status_code == 200


def test_many_processes_together_cannot_take_more_memory_than_their_group(enclave: Stack, ada: Browser, kernel: Kernel) -> None:
    """Only control groups can add processes up; without root this is the documented weakness, so it is not tried there."""
    if enclave.settings.profile != "full":
        pytest.skip("without root there is no control group")
    bomb = """
import os, time
children = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        hoard = b"x" * (250 << 20)
        time.sleep(60); os._exit(0)
    children.append(pid)
gone = 0
for _ in range(100):
    time.sleep(0.2)
    gone += sum(os.waitpid(pid, os.WNOHANG)[0] != 0 for pid in children)
    if gone: break
print(gone)
"""
    try:
        gone = int(kernel.run(bomb))
    except ConnectionError:
        gone = 6  # the kernel itself was the one to go
    assert gone > 0
    assert kernel.api("GET", "/api/status").status_code == 200
    other = Kernel(ada, "ada", MINE)
    assert other.run("print(1 + 1)").strip() == "2"
    other.api("DELETE", f"/api/kernels/{other.id}")
    other.close()


def test_files_and_scratch_are_bounded(kernel: Kernel) -> None:
    write = """
import os
def fill(path):
    n = 0
    try:
        with open(path, "wb", buffering=0) as out:
            while n < 2 << 30: n += out.write(bytes(1 << 20))
    except OSError: pass
    os.unlink(path); return n
print(fill("big"), fill("/tmp/big"), fill("/dev/shm/big"))
"""
    home, scratch, shared = map(int, kernel.run(write).split())
    assert 0 < home <= LIMITS.file_bytes
    assert 0 < scratch <= LIMITS.scratch_bytes
    assert 0 < shared <= LIMITS.scratch_bytes


CLOSED = [
    ("GET", "/files/01-first-answer.ipynb"),
    ("GET", "/files/01-first-answer.ipynb?download=1"),
    ("GET", "/view/01-first-answer.ipynb"),
    ("GET", "/nbconvert/html/01-first-answer.ipynb?download=true"),
    ("POST", "/nbconvert/html"),
    ("GET", "/api/nbconvert"),
    ("GET", "/api/terminals"),
    ("POST", "/api/terminals"),
    ("GET", "/terminals/1"),
    ("GET", "/lab/api/extensions"),
    ("POST", "/lab/api/extensions"),
    ("GET", "/lab/api/build"),
    ("POST", "/lab/api/build"),
    ("GET", "/lab/api/news"),
    ("GET", "/lab/api/update"),
    ("POST", "/api/shutdown"),
    ("GET", "/lsp/status"),
    ("GET", "/metrics"),
    ("GET", "/api/config/notebook"),
    ("GET", "/something/new"),
]


def test_ways_to_carry_files_off_are_closed(kernel: Kernel) -> None:
    answers = {f"{method} {path}": kernel.api(method, path).status_code for method, path in CLOSED}
    assert answers == dict.fromkeys(answers, 403)
    # The control: what a notebook needs is open to the same session.
    assert [
        kernel.api("GET", path).status_code for path in ("/api/contents", "/api/kernels", "/lab", "/api/contents/01-first-answer.ipynb")
    ] == [200] * 4


def test_other_pages_cannot_act_here(enclave: Stack, ada: Browser, kernel: Kernel) -> None:
    """A request without this server's own token, and a websocket opened by a page of the hub or of anybody else."""
    bare = ada.post(enclave.notebook("ada", f"/user/ada/{MINE}/api/kernels"), json={"name": "python3"}, headers={"Sec-Fetch-Mode": "cors"})
    assert bare.status_code in (403, 503)  # refused before the body was read, which the proxy may take for a broken connection
    assert len(kernel.api("GET", "/api/kernels").json()) == 1
    for origin in (enclave.hub("").rstrip("/"), "http://evil.example", "null"):
        with pytest.raises(HTTPClientError, match="403"):
            kernel.connect_from(origin)


def test_contents_are_small_text_inside_the_home(kernel: Kernel) -> None:
    kernel.run(
        "import os\n"
        "open('note.csv', 'w').write('a,b\\n'); open('large.csv', 'w').write('x' * (2 << 20)); open('data.bin', 'wb').write(bytes(range(256)))\n"
        "os.symlink('/proc/self/environ', 'secrets.txt'); os.symlink('/run/hub', 'gate'); os.symlink('note.csv', 'same.csv')"
    )

    def status(path: str) -> int:
        return kernel.api("GET", f"/api/contents/{path}").status_code

    assert status("note.csv") == 200
    assert status("same.csv") == 200
    refused = ("large.csv", "note.csv?format=base64", "note.csv?type=file&format=base64", "secrets.txt")
    assert {path: status(path) for path in refused} == dict.fromkeys(refused, 403)
    assert status("data.bin") == 400  # not text
    assert {status(path) for path in ("gate/hub.sock", ".desk", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd")} <= {
        403,
        404,
    }
    kernel.run("import os; [os.unlink(f) for f in ('note.csv', 'large.csv', 'data.bin', 'secrets.txt', 'gate', 'same.csv')]")


def test_a_kernel_description_in_the_home_is_not_used(kernel: Kernel) -> None:
    spec = json.dumps({"argv": ["/usr/bin/touch", "/home/notebook/escaped"], "display_name": "Evil", "language": "python"})
    kernel.run(
        f"import os\nfor base in ('.local/share/jupyter', '.ipython', '.jupyter'):\n"
        f"  os.makedirs(base + '/kernels/evil', exist_ok=True); open(base + '/kernels/evil/kernel.json', 'w').write({spec!r})"
    )
    assert list(kernel.api("GET", "/api/kernelspecs").json()["kernelspecs"]) == ["python3"]
    assert kernel.api("POST", "/api/kernels", json={"name": "evil"}).status_code >= 400
    assert kernel.run("import os; print(os.path.exists('escaped'))").strip() == "False"


def test_pages_of_a_notebook_may_only_talk_to_their_own_server(notebook: httpx.Response) -> None:
    policy = notebook.headers["content-security-policy"]
    assert "connect-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_three_origins_and_nothing_shared_between_them(enclave: Stack, ada: Browser, notebook: httpx.Response) -> None:
    hosts = {cookie.domain.lstrip(".") for cookie in ada.cookies.jar}
    assert hosts == {"hub.localhost", "ada.notebook.localhost"}
    settings = enclave.settings
    for host in (settings.portal_host, "127.0.0.1", "localhost"):
        assert ada.get(f"http://{host}:{settings.public_port}/").json() == {"portal": f"{host}:{settings.public_port}"}
    assert ada.get(settings.origin("nobody.example") + "/hub/api/").status_code == 403
    assert ada.get(settings.origin("nobody.example") + "/hub/login").status_code == 404


HUB_CLOSED = [
    "/hub/api", "/hub/api/", "/hub/api/user", "/hub/api/users", "/hub/api/users/ada", "/hub/api/users/ada/tokens", "/hub/%61pi/users",
    "/hub/x/../api/users", "/hub/api/oauth2/authorize/../../users", "/hub/admin", "/hub/token", "/hub/metrics", "/hub/shares",
]  # fmt: skip


@pytest.mark.parametrize("path", HUB_CLOSED)
def test_the_hubs_own_interface_is_closed_to_browsers(enclave: Stack, ada: Browser, notebook: httpx.Response, path: str) -> None:
    raw = httpx.URL(enclave.hub("/")).copy_with(raw_path=path.encode())
    for method in ("GET", "POST", "DELETE"):
        reply = ada.request(method, raw, headers={"Authorization": "token x"}, follow_redirects=False)
        assert reply.status_code in (403, 404), (method, path, reply.status_code)


def test_the_projects_page_shows_what_is_open_and_stops_it(enclave: Stack, ada: Browser, notebook: httpx.Response) -> None:
    page = ada.get(enclave.hub("/hub/projects"))
    assert page.text.count("Open notebook") == 2
    assert page.text.count("Stop notebook") == 1
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert ada.get(enclave.hub("/hub/enclave/enclave.css")).status_code == 200
    # Without the page's own token nothing is stopped.
    assert ada.post(enclave.hub("/hub/projects"), data={"stop": MINE}).status_code == 403


def test_nobody_enters_somebody_elses_notebook(enclave: Stack, notebook: httpx.Response) -> None:
    with Browser(enclave) as alan:
        assert alan.sign_in("alan").url.path == "/hub/projects"
        reply = alan.get(enclave.notebook("ada", f"/user/ada/{MINE}/api/contents"))
        assert reply.status_code == 403
        assert alan.get(enclave.hub(f"/hub/spawn/ada/{MINE}")).status_code in (403, 404)
    with Browser(enclave) as nobody:
        assert nobody.get(enclave.notebook("ada", f"/user/ada/{MINE}/lab")).url.path == "/hub/login"


def test_a_second_notebook(enclave: Stack, ada: Browser, notebook: httpx.Response) -> None:
    """Each project its own sandbox, uid and API; without root one at a time, said in a sentence."""
    page = ada.open_notebook("ada", "near-repeats")
    if enclave.settings.profile == "rootless":
        assert "only one notebook runs at a time" in page.text
        return
    assert page.status_code == 200
    other = Kernel(ada, "ada", "near-repeats")
    [status, reply] = other.json(ASK_API + "print(json.dumps(ask(os.environ['ENCLAVE_TOKEN'])))")
    assert (status, reply["sandbox"], reply["uid"]) == (200, 2, enclave.settings.uid_base + 2)
    assert other.json(ASK_API + f"print(json.dumps(ask({enclave.portal.tokens[1]!r})))")[0] == 401
    assert other.json("import json, os; print(json.dumps(os.path.exists('kept.txt')))") is False
    other.close()


def test_refusals_in_words(enclave: Stack, ada: Browser) -> None:
    page = ada.open_notebook("ada", "somebody-elses")
    assert "You are not a member of this project." in page.text
    assert ada.get(enclave.hub("/hub/spawn")).url.path == "/hub/projects"
    assert ada.get(enclave.hub("/hub/spawn/ada")).url.path == "/hub/projects"
    assert ada.get(enclave.hub("/hub/home")).url.path == "/hub/projects"
    with Browser(enclave) as mallory:
        assert "You are not a member of a project" in mallory.sign_in("mallory").text
    with Browser(enclave) as wrong:
        page = wrong.sign_in("ada", otp="000000")
        assert page.status_code == 403
        assert "100% of the three must be right" in page.text


def test_a_ticket_signs_in_once(enclave: Stack) -> None:
    ticket = enclave.portal.ticket("alan")
    with Browser(enclave) as alan, Browser(enclave) as thief:
        picture = alan.get(enclave.hub(f"/hub/ticket?ticket={ticket}"), headers={"Sec-Fetch-Dest": "image"})
        assert picture.status_code == 403
        page = alan.get(enclave.hub(f"/hub/ticket?ticket={ticket}"))
        assert page.url.path == "/hub/projects"
        assert "Study of" in page.text
        assert thief.get(enclave.hub(f"/hub/ticket?ticket={ticket}")).status_code == 403
        assert ticket not in enclave.log("hub")


def test_notebooks_outlive_a_restart_of_the_hub(enclave: Stack, ada: Browser, kernel: Kernel) -> None:
    kernel.run("kept = 41")
    enclave.stop("hub", 9)
    time.sleep(0.5)
    with pytest.raises(httpx.TransportError):  # the proxy ended with its hub, and nobody keeps the public port
        ada.get(enclave.hub("/hub/login"))
    enclave.start("hub")
    enclave.wait()
    assert ada.get(enclave.hub("/hub/projects")).text.count("Stop notebook") >= 1
    # A new browser has to ask the hub through the gate, which must be open again.
    with Browser(enclave) as again:
        again.sign_in("ada")
        assert again.open_notebook("ada", MINE).status_code == 200
        listed = again.get(enclave.notebook("ada", f"/user/ada/{MINE}/api/kernels"))
        assert kernel.id in [found["id"] for found in listed.json()]


def test_when_the_launcher_is_killed_its_sandboxes_end_and_can_be_opened_again(
    enclave: Stack, ada: Browser, notebook: httpx.Response
) -> None:
    enclave.stop("launcher", 9)
    enclave.start("launcher")
    until = time.monotonic() + 40
    while time.monotonic() < until:
        page = ada.open_notebook("ada", MINE)
        if page.status_code == 200 and page.url.path.endswith("/lab"):
            break
        time.sleep(1)
    again = Kernel(ada, "ada", MINE)
    assert again.run("print(6 * 7)").strip() == "42"
    again.close()


@contextmanager
def somebody_else() -> Iterator[int]:
    """A web server of another program."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_hub_whose_port_is_somebody_elses_does_not_start(capfd: pytest.CaptureFixture[str]) -> None:
    """The proxy itself would live on without its port, and the other program would go on answering in the enclave's name."""
    with ExitStack() as cleanup:
        port = cleanup.enter_context(somebody_else())
        with pytest.raises(AssertionError, match="Another program answers on the public port"):
            cleanup.enter_context(stack(PROFILES[-1], port=port))
    assert "code 501" in capfd.readouterr().err  # somebody else was really asked
