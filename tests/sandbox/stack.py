"""The real launcher, hub and proxy with a fake portal, on loopback, in a temporary folder; and a browser without a screen."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from tornado.httpclient import HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClientConnection, websocket_connect

from enclave.hub.processes import hub_command, hub_environment, launcher_command
from enclave.hub.sandbox_command import STAGE
from enclave.hub.settings import HubSettings, SandboxLimits
from tests.fakes.fake_portal import FakePerson, FakePortal, running

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / ".venv-desk" / "bin" / "python"
HUB, PORTAL, ORDINARY = 61981, 61982, 61991
PATIENCE = 60

PEOPLE = {
    "ada": FakePerson(1, "ada", projects=("victims-before", "near-repeats")),
    "alan": FakePerson(2, "alan", projects=("victims-before",)),
    "mallory": FakePerson(3, "mallory"),
}
LIMITS = SandboxLimits(
    memory_bytes=1200 << 20, kernel_memory_bytes=800 << 20, pids=200, kernel_pids=96, scratch_bytes=128 << 20, file_bytes=256 << 20
)


@dataclass
class Stack:
    """What a test needs to know of the running enclave."""

    settings: HubSettings
    settings_file: Path
    portal: FakePortal
    folder: Path
    ordinary: bool
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        command = {"launcher": launcher_command, "hub": hub_command}[name](self.settings_file)
        if self.ordinary and os.geteuid() == 0:
            command = [*as_ordinary(self.folder), *command]
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command,
            env=hub_environment(self.settings_file),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()

    def stop(self, name: str, number: int = signal.SIGTERM) -> None:
        process = self.processes.pop(name)
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait(self) -> None:
        """Until the hub's login page is served through the proxy."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended: {self.log(name)}")
            try:
                with Browser(self) as probe:
                    if probe.get(self.hub("/hub/login")).status_code == 200:
                        return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"the hub did not come up: {self.log('hub')} {self.log('launcher')}")

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-6000:]

    def hub(self, path: str) -> str:
        return self.settings.origin(self.settings.hub_host) + path

    def notebook(self, person: str, path: str) -> str:
        return self.settings.origin(f"{person}.{self.settings.notebook_domain}") + path


def as_ordinary(folder: Path) -> list[str]:
    words = [word for path in (ROOT, Path(sys.prefix), folder) for word in ("--path", str(path))]
    return [sys.executable, "-I", str(STAGE), "--uid", str(ORDINARY), "--gid", str(ORDINARY), *words, "--"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def stack(profile: str, *, idle_seconds: int = 0, port: int | None = None) -> Iterator[Stack]:
    """Start everything; stop everything."""
    ordinary = profile == "rootless"
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="enclave-", dir="/tmp", ignore_cleanup_errors=True) as name, ExitStack() as cleanup:
        folder = Path(name).rename(Path(name.lower()))
        folder.mkdir(exist_ok=True)
        cleanup.callback(_remove, folder)
        folder.chmod(0o755)
        (folder / "internal").mkdir()
        (folder / "tutorial").mkdir()
        (folder / "tutorial" / "01-first-answer.ipynb").write_text(
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
        if root:
            for path in (folder, folder / "internal"):
                os.chown(path, *((ORDINARY, ORDINARY) if ordinary else (0, 0)))
        portal = FakePortal(
            run_api=folder / "run" / "api", people=dict(PEOPLE), owner=((ORDINARY,) * 2 if ordinary else (HUB, HUB)) if root else None
        )
        address = cleanup.enter_context(running(portal, folder / "internal" / "internal.sock"))
        settings = HubSettings(
            profile="rootless" if ordinary else "full",
            run=folder / "run",
            state=folder / "state",
            homes=folder / "homes",
            internal_socket=folder / "internal" / "internal.sock",
            portal_target=address,
            public_port=port or free_port(),
            desk_python=DESK,
            proxy_modules=ROOT / ".node" / "node_modules",
            notebooks=folder / "tutorial",
            hub_uid=None if ordinary else HUB,
            hub_gid=None if ordinary else HUB,
            portal_uid=None if ordinary else PORTAL,
            portal_gid=None if ordinary else PORTAL,
            idle_seconds=idle_seconds,
            limits=LIMITS,
        )
        settings.write(folder / "settings.json")
        made = Stack(settings=settings, settings_file=folder / "settings.json", portal=portal, folder=folder, ordinary=ordinary)
        cleanup.callback(lambda: [made.stop(each) for each in ("hub", "launcher") if each in made.processes])
        made.start("launcher")
        _until(settings.launcher_socket.exists, made)
        made.start("hub")
        made.wait()
        yield made


def _until(true: Any, made: Stack) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise AssertionError(made.log("launcher"))
        time.sleep(0.05)


def _remove(folder: Path) -> None:
    subprocess.run(["/usr/bin/rm", "-rf", str(folder)], check=False)


class _ToLoopback(httpx.HTTPTransport):
    """Names below .localhost are loopback to a browser; here they are made so without asking a resolver."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(
            httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions)
        )


class Browser(httpx.Client):
    """Keeps cookies by host and follows links, as a browser does on a page of its own."""

    def __init__(self, made: Stack) -> None:
        super().__init__(transport=_ToLoopback(), follow_redirects=True, timeout=PATIENCE, headers={"Sec-Fetch-Mode": "navigate"})
        self.made = made

    def sign_in(self, name: str, *, otp: str = "123456") -> httpx.Response:
        page = self.get(self.made.hub("/hub/login"))
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        assert xsrf, page.text
        form = {"_xsrf": xsrf[1], "username": name, "password": PEOPLE[name].password if name in PEOPLE else "x", "otp": otp}
        return self.post(self.made.hub("/hub/login"), data=form)

    def open_notebook(self, name: str, project: str) -> httpx.Response:
        """Click the button and wait, as the page does, until the notebook's own address answers."""
        page = self.get(self.made.hub(f"/hub/spawn/{name}/{project}"))
        until = time.monotonic() + PATIENCE
        while 'http-equiv="refresh"' in page.text and time.monotonic() < until:
            time.sleep(0.25)
            page = self.get(page.url)
        return page


class Kernel:
    """One kernel, spoken to as JupyterLab does: over the websocket, through the proxy."""

    def __init__(self, browser: Browser, person: str, project: str) -> None:
        self._browser, self._base = browser, f"/user/{person}/{project}"
        self._made, self._person = browser.made, person
        self._host = urlsplit(self._made.notebook(person, "/")).netloc
        self._loop = IOLoop(make_current=False)
        self.id = self.api("POST", "/api/kernels", json={"name": "python3"}).json()["id"]
        self._socket: WebSocketClientConnection = self._loop.run_sync(lambda: self._connect(f"http://{self._host}"))

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A call of the Jupyter server's own interface, with its cross-site token."""
        xsrf = next((c.value for c in self._browser.cookies.jar if c.name == "_xsrf" and c.path == f"{self._base}/"), "")
        headers = {"X-XSRFToken": xsrf or "", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
        return self._browser.request(method, self._made.notebook(self._person, self._base + path), headers=headers, **more)

    def connect_from(self, origin: str) -> None:
        """Open a second websocket as a page of `origin` would, with this session's cookies."""

        async def try_it() -> None:
            (await self._connect(origin)).close()

        self._loop.run_sync(try_it)

    async def _connect(self, origin: str) -> WebSocketClientConnection:
        cookies = "; ".join(f"{c.name}={c.value}" for c in self._browser.cookies.jar if c.path == f"{self._base}/")
        url = f"ws://127.0.0.1:{self._made.settings.public_port}{self._base}/api/kernels/{self.id}/channels"
        headers = {"Host": self._host, "Cookie": cookies, "Origin": origin, "Sec-Fetch-Mode": "websocket"}
        return await websocket_connect(HTTPRequest(url, headers=headers, connect_timeout=PATIENCE), max_message_size=64 << 20)

    def run(self, code: str, *, seconds: float = PATIENCE) -> str:
        """Execute a cell; what it printed. A Python error in it fails the test; a dead kernel raises ConnectionError."""
        return self._loop.run_sync(lambda: self._run(code), timeout=seconds)

    async def _run(self, code: str) -> str:
        number = secrets.token_hex(8)
        header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": number, "version": "5.3", "date": ""}
        content = {
            "code": code,
            "silent": False,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        await self._socket.write_message(
            json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []})
        )
        printed: list[str] = []
        wrong = ""
        while True:
            raw = await self._socket.read_message()
            if raw is None:
                raise ConnectionError("the websocket closed")
            message = json.loads(raw)
            kind = message["header"]["msg_type"]
            if kind == "status" and message["content"]["execution_state"] in ("restarting", "dead"):
                raise ConnectionError("the kernel died")
            if message["parent_header"].get("msg_id") != number:
                continue
            if kind == "stream":
                printed.append(message["content"]["text"])
            elif kind == "error":
                wrong = "\n".join(message["content"]["traceback"])
            elif kind == "status" and message["content"]["execution_state"] == "idle":
                if wrong:
                    raise AssertionError(wrong)
                return "".join(printed)

    def json(self, code: str, **more: Any) -> Any:
        """Execute a cell that prints one JSON value."""
        return json.loads(self.run(code, **more))

    def close(self) -> None:
        async def hang_up() -> None:
            self._socket.close()

        self._loop.run_sync(hang_up)
        self._loop.close()
