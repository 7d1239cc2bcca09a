"""HTTP over the sandbox's unix socket, with the standard library."""

from __future__ import annotations

import http.client
import json
import os
import socket
import uuid
from typing import Any
from urllib.parse import quote

from enclave.terms.errors import EnclaveError, OperatorError, from_json

SOCKET = "ENCLAVE_API_SOCKET"
TOKEN = "ENCLAVE_TOKEN"  # noqa: S105 - a name, not a secret


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("enclave", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Connection:
    """Calls to the enclave. Interrupting the kernel cancels the waiting; what was already charged stays, and asking again is then free."""

    def __init__(self, *, path: str, token: str, timeout: float = 600.0) -> None:
        self._path = path
        self._token = token
        self._timeout = timeout

    @classmethod
    def here(cls) -> Connection:
        """The connection of this notebook. Raises ``OperatorError`` outside a hosted one."""
        path, token = os.environ.get(SOCKET), os.environ.get(TOKEN)
        if not path or not token:
            raise OperatorError(
                rule="N-01", sentence="This is not a notebook of the enclave.", instead="Open one from your project's page."
            )
        return cls(path=path, token=token)

    def get(self, place: str) -> Any:  # noqa: ANN401 - JSON
        """GET and read JSON."""
        return json.loads(self._call("GET", place, None, {})[0])

    def post(self, place: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """POST JSON and read JSON."""
        return json.loads(self._call("POST", place, json.dumps(body).encode(), {"Content-Type": "application/json"})[0])

    def download(self, place: str) -> bytes:
        """GET bytes."""
        return self._call("GET", place, None, {})[0]

    def send(self, place: str, fields: dict[str, str], files: list[tuple[str, bytes]]) -> Any:  # noqa: ANN401 - JSON
        """POST a form with files and read JSON."""
        boundary = uuid.uuid4().hex
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return json.loads(self._call("POST", place, _form(boundary, fields, files), headers)[0])

    def _call(self, method: str, place: str, body: bytes | None, headers: dict[str, str]) -> tuple[bytes, str]:
        connection = _UnixConnection(self._path, self._timeout)
        try:
            connection.request(method, place, body=body, headers={"Authorization": f"Bearer {self._token}", **headers})
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException) as error:
            raise OperatorError(
                rule="N-02", sentence="The enclave does not answer.", instead="Try again in a minute; a question already paid stays free."
            ) from error
        finally:
            connection.close()
        if reply.status >= 400:
            raise _refusal(content)
        return content, reply.headers.get_content_type()


def quoted(name: str) -> str:
    """A name as part of an address."""
    return quote(name, safe="")


def _refusal(content: bytes) -> EnclaveError:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if isinstance(body, dict) and "rule" in body:
        return from_json(body)
    return EnclaveError(rule="N-03", sentence="The enclave did not understand this call.", instead="Check the arguments' types.")


def _form(boundary: str, fields: dict[str, str], files: list[tuple[str, bytes]]) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value.encode() + b"\r\n"
        for name, value in fields.items()
    ]
    for name, content in files:
        shown = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{shown}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()
