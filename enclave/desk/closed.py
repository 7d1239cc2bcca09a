"""A server extension that answers 403 to every address a notebook does not need. What is not on the list is closed, also what an update adds."""

import json
import re
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import RequestHandler

from enclave.desk.server_config import HEADERS

# Below the server's own prefix.
OPEN = re.compile(
    r"""/?
      | /lab (/ (tree|workspaces|doc) (/.*)? )? /?
      | /lab/api/ (licenses|listings|settings|themes|translations|workspaces) (/.*)?
      | /lab/extensions/ (?!api) .*
      | /static/ .*
      | /api /?
      | /api/ (contents|kernels|kernelspecs|sessions) (/.*)?
      | /api/ (me|status|events/subscribe)
      | /kernelspecs/ .*
      | /oauth_callback | /login | /logout | /favicon\.ico
    """,
    re.VERBOSE,
)
# An upload arrives in parts; nothing else about contents needs more than its name.
SENTENCE = "This is closed in the enclave. What should leave goes through the review queue."


def is_open(path: str, base: str) -> bool:
    """Whether `path`, as it was sent, may be answered by a server whose prefix is `base` (ends with a slash)."""
    if path == base.rstrip("/"):
        return True
    return path.startswith(base) and OPEN.fullmatch(path[len(base) - 1 :]) is not None


class NotOpen(Matcher):
    """Matches every request that is not on the list."""

    def __init__(self, base: str) -> None:
        self._base = base

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return None if is_open(request.path, self._base) else {}


class ClosedHandler(RequestHandler):
    """403, whoever asks."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def check_xsrf_cookie(self) -> None:
        """Nothing here changes anything."""

    def _refuse(self, *_: str, **__: str) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": SENTENCE, "reason": SENTENCE}))

    get = post = put = patch = delete = head = options = _refuse


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "enclave.desk.closed"}]


def _load_jupyter_server_extension(server: Any) -> None:  # noqa: ANN401 - jupyter_server's application
    """Put the rule in front of every other, whichever extension registered first."""
    server.web_app.default_router.rules.insert(0, Rule(NotOpen(server.base_url), ClosedHandler))
