"""The inside of the jail: take the limits, say ready, run one task, say end. Started by `jail`, never by hand.

Limits are set here and not before bubblewrap: the number of processes is counted per user namespace (Linux 5.14), so set inside it
counts the jail alone and not whatever else the same uid runs.
"""

import ctypes
import importlib
import json
import os
import resource
import sys
from typing import Any, BinaryIO

from enclave.isolation.frames import Emit
from enclave.isolation.tasks import TASKS

EXIT_FAILED, EXIT_MEMORY = 70, 71
THREADS = 128
PR_SET_DUMPABLE = 4


def main() -> None:
    task, envelope_fd = sys.argv[1], int(sys.argv[2])
    source, out = _take_streams()
    with open(envelope_fd, "rb") as envelope:
        asked = json.load(envelope)
    _limit(asked["limits"])
    emit = Emit(out)
    emit.ready()
    os._exit(_run(task, source, asked["params"], emit))


def _run(task: str, source: BinaryIO, params: dict[str, Any], emit: Emit) -> int:
    try:
        module, _, function = TASKS[task].partition(":")
        getattr(importlib.import_module(module), function)(source, params, emit)
        emit.end()
    except MemoryError:
        return EXIT_MEMORY
    except BaseException:  # noqa: BLE001 - the traceback could quote the input; the exit code says all the caller may know
        return EXIT_FAILED
    return 0


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the frame pipe for ourselves; whatever a library prints goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return sys.stdin.buffer, out


def _limit(limits: dict[str, int]) -> None:
    # Not dumpable: no core file, not even through a crash handler of the host, can keep what a parser had in memory.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + 1),
        (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["memory_bytes"], limits["memory_bytes"]),
        (resource.RLIMIT_NOFILE, limits["files"], limits["files"]),
        (resource.RLIMIT_NPROC, THREADS, THREADS),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    main()
