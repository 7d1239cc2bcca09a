"""A person at a browser, without the browser: cookies, forms with their hidden fields, and the headers a browser adds."""

from __future__ import annotations

import html
import re
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.factories.house import House

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class Visit:
    """One browser. ``name`` signs that person in; nobody is anonymous."""

    def __init__(self, client: TestClient, house: House, name: str | None = None) -> None:
        self.client = TestClient(client.app, base_url=str(client.base_url), follow_redirects=False)
        self.house = house
        self.csrf = ""
        if name is not None:
            self.sign_in(name)

    def sign_in(self, name: str) -> None:
        """A fresh session of that person in this browser."""
        token, self.csrf = self.house.session(name)
        self.client.cookies.set("enclave", token, domain="portal.localhost", path="/")

    def get(self, path: str, **headers: str) -> Response:
        """Follow a link."""
        return self.client.get(path, headers=headers)

    def post(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        files: Any = None,
        csrf: str | None = None,
        site: str | None = "same-origin",
    ) -> Response:
        """Send a form with the session's token, as its page would."""
        headers = {"sec-fetch-site": site} if site else {}
        data = {"csrf": self.csrf if csrf is None else csrf, **(fields or {})}
        return self.client.post(path, data=data, files=files, headers=headers)

    def api(self, method: str, path: str, *, content: bytes = b"", json: Any = None) -> Response:
        """What the page's script sends."""
        headers = {"sec-fetch-site": "same-origin", "x-csrf-token": self.csrf}
        return (
            self.client.request(method, path, headers=headers, json=json)
            if json is not None
            else self.client.request(method, path, headers=headers, content=content)
        )


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(page)}
