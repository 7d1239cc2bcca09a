"""A portal in a thread: the internal protocol the hub speaks, one API socket per sandbox, and a front page. Everything in memory."""

import json
import os
import secrets
import shutil
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, Any]


@dataclass
class FakePerson:
    """Anybody with this name, password and code may sign in; `projects` are their slugs."""

    number: int
    name: str
    password: str = "correct horse"
    otp: str = "123456"
    projects: tuple[str, ...] = ()


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A hub that was killed half-way through a question is part of some tests."""


@dataclass
class FakePortal:
    """`run_api` is where sandboxes' folders are made; `opened` and `stopped` tell what the hub asked."""

    run_api: Path
    people: dict[str, FakePerson]
    owner: tuple[int, int] | None = None
    tickets: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    away: bool = False
    _servers: dict[int, _UnixServer] = field(default_factory=dict)

    def ticket(self, name: str) -> str:
        """A fresh way in for `name`, as the portal's page would make one."""
        made = secrets.token_urlsafe(16)
        self.tickets[made] = name
        return made

    def internal(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        """One question of the hub."""
        if self.away:
            return 500, {}
        match method, path.strip("/").split("/"):
            case "POST", ["internal", "login"]:
                return self._login(body)
            case "POST", ["internal", "ticket"]:
                name = self.tickets.pop(str(body.get("ticket")), None)
                return (200, self._member(name)) if name else (401, {"sentence": "This way in has expired."})
            case "GET", ["internal", "people", name, "projects"]:
                return self._projects(name)
            case "POST", ["internal", "sandboxes"]:
                return self._open(str(body["name"]), str(body["project"]))
            case "POST", ["internal", "sandboxes", number, "stopped"]:
                self._close(int(number))
                return 204, None
        return 404, {"sentence": "There is no such question."}

    def _login(self, body: dict[str, Any]) -> Answer:
        person = self.people.get(str(body.get("name")))
        if person and (body.get("password"), body.get("otp")) == (person.password, person.otp):
            return 200, self._member(person.name)
        return 401, {"sentence": "Name, password or one-time code is wrong: 100% of the three must be right."}

    def _member(self, name: str) -> dict[str, Any]:
        return {"person": self.people[name].number, "name": name, "display": name.title()}

    def _projects(self, name: str) -> Answer:
        person = self.people.get(name)
        if person is None:
            return 404, {"sentence": "Nobody of that name."}
        return 200, [
            {"id": n, "slug": slug, "title": f"Study of {slug}", "ends": "2027-03-31"} for n, slug in enumerate(person.projects, 1)
        ]

    def _open(self, name: str, project: str) -> Answer:
        if project not in self.people[name].projects:
            return 403, {"rule": "P-01", "sentence": "You are not a member of this project."}
        number = self.numbers.setdefault((name, project), len(self.numbers) + 1)
        self._close(number)
        token = self.tokens[number] = secrets.token_urlsafe(24)
        folder = self.run_api / f"s{number}"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        api = folder / "api.sock"
        api.unlink(missing_ok=True)
        self._servers[number] = serve_unix(api, self._api(number), mode=0o666)
        self.opened.append(number)
        return 200, {"sandbox": number, "api_socket": str(api), "token": token, "project": project, "title": f"Study of {project}"}

    def _api(self, number: int) -> Callable[[BaseHTTPRequestHandler], Answer]:
        def answer(request: BaseHTTPRequestHandler) -> Answer:
            if request.headers.get("Authorization") != f"Bearer {self.tokens.get(number)}":
                return 401, {"sentence": "This notebook's pass has expired."}
            return 200, {"sandbox": number, "uid": peer_uid(request.connection), "path": request.path}

        return answer

    def _close(self, number: int) -> None:
        self.stopped.append(number)
        self.tokens.pop(number, None)
        server = self._servers.pop(number, None)
        if server is not None:
            server.shutdown()
            server.server_close()

    def close(self) -> None:
        for number in list(self._servers):
            self._close(number)


def peer_uid(connection: socket.socket) -> int:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", raw)[1])


def serve_unix(path: Path, answer: Callable[[BaseHTTPRequestHandler], Answer], *, mode: int) -> _UnixServer:
    """JSON answers on a unix socket, from a thread."""
    server = _UnixServer(str(path), _handler(answer))
    path.chmod(mode)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def _handler(answer: Callable[[BaseHTTPRequestHandler], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def address_string(self) -> str:
            return "unix"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Tests are quiet."""

        def _reply(self) -> None:
            status, content = answer(self)
            raw = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _reply  # noqa: N815 - the base class's names

    return Handler


@contextmanager
def running(portal: FakePortal, internal_socket: Path) -> Iterator[str]:
    """Serve the internal socket and a front page; yields the front page's address."""

    def internal(request: BaseHTTPRequestHandler) -> Answer:
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length)) if length else {}
        return portal.internal(request.command, request.path, body)

    def front(request: BaseHTTPRequestHandler) -> Answer:
        return 200, {"portal": request.headers.get("Host")}

    internal_socket.unlink(missing_ok=True)
    inner = serve_unix(internal_socket, internal, mode=0o600)
    if portal.owner is not None:
        os.chown(internal_socket, *portal.owner)
    outer = ThreadingHTTPServer(("127.0.0.1", 0), _handler(front))
    outer.daemon_threads = True
    threading.Thread(target=outer.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{outer.server_address[1]}"
    finally:
        portal.close()
        for server in (inner, outer):
            server.shutdown()
            server.server_close()
        shutil.rmtree(portal.run_api, ignore_errors=True)
