"""What the proxy falls back on: closed parts of the hub, host names nobody answers to, and the question whether this proxy is ours.

Closed, because a browser never needs them here: the hub's API (but for the one address of logging in to a notebook), its administration and
its page of tokens. Closed at the proxy, so that no header and no cookie can open them again.
"""

import html
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application, RequestHandler

PROOF_HEADER = "X-Enclave-Proxy"
PROOF_PATH = "/.well-known/enclave-proxy"

CLOSED = ("/hub/api/", "/hub/admin/", "/hub/token/", "/hub/metrics/", "/hub/shares/", "/hub/accept-share/")
OPEN = ("/hub/api/oauth2/authorize/",)

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>{title}</h1><p>{sentence}</p><p><a href="{address}">Your projects</a></p></main></body></html>
"""


class DoorHandler(RequestHandler):
    """Answers everything that reaches it, and knows nothing."""

    def initialize(self, projects: str) -> None:
        self._projects = projects

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def check_xsrf_cookie(self) -> None:
        """Nothing here changes anything."""

    def _answer(self) -> None:
        path = self.request.path
        if path == PROOF_PATH:
            self.finish(self.request.headers.get(PROOF_HEADER, ""))
        elif any(f"{path}/".startswith(closed) for closed in CLOSED):
            self._say(403, "This is closed", "This part of the notebook service is not open to browsers.")
        elif path.startswith("/user/"):
            # 424 is what JupyterLab understands as "the server stopped", so that an open page can say so.
            self._say(424, "This notebook is not running", "It was stopped, or nobody used it for a while. Your files are kept.")
        else:
            self._say(404, "There is nothing here", "The address may be misspelt.")

    def _say(self, status: int, title: str, sentence: str) -> None:
        self.set_status(status)
        self.finish(PAGE.format(title=title, sentence=sentence, address=html.escape(self._projects)))

    get = post = put = patch = delete = head = options = _answer


def listen(socket: Path, projects: str) -> HTTPServer:
    """Open the door at `socket`; `projects` is the address its pages lead to."""
    server = HTTPServer(Application([(r".*", DoorHandler, {"projects": projects})]), max_body_size=1 << 20)
    server.add_socket(bind_unix_socket(str(socket), mode=0o600))
    return server
