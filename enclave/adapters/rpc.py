"""Calls between the portal and the worker over a unix socket: one JSON line there, one back. Refusals cross as refusals.

The socket lies in a folder that only the two processes' group may enter, and the kernel names the caller (SO_PEERCRED).
"""

from __future__ import annotations

import json
import logging
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from enclave.terms.canonical import Json
from enclave.terms.errors import EnclaveError, OperatorError, from_json

LARGEST = 64 * 1024 * 1024
AT_ONCE = 32
_PEER = struct.Struct("3i")

Handler: TypeAlias = Callable[[dict[str, Json]], dict[str, Json]]


def call(path: Path, method: str, parameters: dict[str, Json], *, timeout: float = 600.0) -> dict[str, Json]:
    """Call and wait, ``timeout`` seconds at most for each step. Raises the refusal the other side raised, or ``OperatorError``
    when nobody answers.
    """
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(json.dumps({"method": method, "parameters": parameters}).encode() + b"\n")
            with connection.makefile("rb") as stream:
                reply = json.loads(stream.readline(LARGEST))
        error, result = reply.get("error"), reply.get("result")
    except (OSError, ValueError, AttributeError, RecursionError) as failure:
        raise OperatorError(
            rule="O-01", sentence="The worker does not answer.", instead="Try again in a minute; nothing is lost."
        ) from failure
    if isinstance(result, dict):
        return result
    raise from_json(error if isinstance(error, dict) else {})


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
            self.wfile.write(_answer(line, handlers) + b"\n")

    server = _Server(str(path), Request)
    os.chmod(path, 0o660)  # noqa: PTH101 - same as Path.chmod, on a socket
    return server


class _Server(socketserver.ThreadingUnixStreamServer):
    """Answers ``AT_ONCE`` calls at a time; further ones wait in the socket's queue."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: str, handler: type[socketserver.StreamRequestHandler]) -> None:
        super().__init__(path, handler)
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._ending = threading.Event()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        while not self._free.acquire(timeout=0.2):
            if self._ending.is_set():
                self.shutdown_request(request)
                return
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def shutdown(self) -> None:
        """Stop accepting, even while every thread is busy."""
        self._ending.set()
        super().shutdown()

    def handle_error(self, _request: object, _client_address: object) -> None:
        """A caller who went away is no event; socketserver would print a traceback."""


def _answer(line: bytes, handlers: Mapping[str, Handler]) -> bytes:
    try:
        body = json.loads(line)
        return json.dumps({"result": handlers[body["method"]](body["parameters"])}).encode()
    except EnclaveError as refused:
        return _refused(refused)
    except Exception as error:  # noqa: BLE001 - a library's message could quote a value, so none crosses or is logged
        logging.getLogger("enclave.calls").error("a call failed: %s", type(error).__name__)
        return _refused(OperatorError(rule="O-02", sentence="The worker could not do this.", instead="Tell the operator."))


def _refused(error: EnclaveError) -> bytes:
    return json.dumps({"error": error.as_json()}).encode()
