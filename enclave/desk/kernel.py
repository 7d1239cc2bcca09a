"""The first thing in a kernel's sandbox: take limits that nothing can raise again, then become the ordinary Python kernel."""

import os
import resource
import sys
from pathlib import Path

SLOWER = 5


def limit(*, pids: int, memory: int) -> None:
    """Bound this kernel and all it starts.

    `pids` counts only this kernel's processes and threads, because it is set inside its own user namespace (Linux 5.14). `memory` bounds
    each process. If memory runs out for all together, this process is the one to go, and it yields to its server when both want to compute.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (pids, pids))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    Path("/proc/self/oom_score_adj").write_text("1000")
    os.nice(SLOWER)


def main() -> None:
    """Arguments: processes, bytes, then the kernel's own."""
    limit(pids=int(sys.argv[1]), memory=int(sys.argv[2]))
    del sys.argv[1:3]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
