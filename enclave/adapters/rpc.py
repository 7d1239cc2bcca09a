"""Calls between the portal and the worker over a unix socket: one JSON line there, one back. Refusals cross as refusals.

The socket lies in a folder that only the two processes' group may enter, and the kernel names the caller (SO_PEERCRED).
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from enclave.terms.canonical import Json
from enclave.terms.errors import EnclaveError, OperatorError, from_json

LARGEST = 64 * 1024 * 1024
_PEER = struct.Struct("3i")

Handler: TypeAlias = Callable[[dict[str, Json]], dict[str, Json]]


def call(path: Path, method: str, parameters: dict[str, Json], *, timeout: float = 600.0) -> dict[str, Json]:
    """Call and wait. Raises the refusal the other side raised, or ``OperatorError`` when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(json.dumps({"method": method, "parameters": parameters}).encode() + b"\n")
            with connection.makefile("rb") as stream:
                reply = json.loads(stream.readline(LARGEST))
    except (OSError, ValueError) as error:
        raise OperatorError(
            rule="O-01", sentence="The worker does not answer.", instead="Try again in a minute; nothing is lost."
        ) from error
    if "error" in reply:
        raise from_json(reply["error"])
    result = reply["result"]
    return result if isinstance(result, dict) else {}


def serve(path: Path, handlers: Mapping[str, Handler], *, allowed: frozenset[int]) -> socketserver.ThreadingUnixStreamServer:
    """A server that answers these methods to callers of the allowed uids; the caller runs ``serve_forever`` on it."""
    path.unlink(missing_ok=True)

    class Request(socketserver.StreamRequestHandler):
        timeout = 600

        def handle(self) -> None:
            credentials = self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
            if _PEER.unpack(credentials)[1] not in allowed:
                return
            line = self.rfile.readline(LARGEST)
            self.wfile.write(json.dumps(_answer(line, handlers)).encode() + b"\n")

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, _request: object, _client_address: object) -> None:
            """A caller who went away is no event; socketserver would print a traceback."""

    server = Server(str(path), Request)
    os.chmod(path, 0o660)  # noqa: PTH101 - same as Path.chmod, on a socket
    return server


def _answer(line: bytes, handlers: Mapping[str, Handler]) -> dict[str, Json]:
    try:
        body = json.loads(line)
        return {"result": handlers[body["method"]](body["parameters"])}
    except EnclaveError as refused:
        return {"error": refused.as_json()}
    except Exception:  # noqa: BLE001 - a library's message could quote a value, so none crosses
        return {"error": OperatorError(rule="O-02", sentence="The worker could not do this.", instead="Tell the operator.").as_json()}
