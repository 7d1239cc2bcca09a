"""What the launcher hands the Jupyter server: open files and limits. Taken once, then gone from the environment."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Inheritance:
    """Open files by number, limits in bytes and processes, and where this package lies inside the sandbox."""

    listen: int
    kernel_group: tuple[int, ...]
    pids: int
    kernel_pids: int
    kernel_memory: int
    scratch: int
    code: str
    token: str
    project: str


def take() -> Inheritance:
    """Read and remove. The files are not passed on to anything the server starts."""
    groups = os.environ.pop("ENCLAVE_KERNEL_GROUP_FDS", "")
    taken = Inheritance(
        listen=int(os.environ.pop("ENCLAVE_LISTEN_FD")),
        kernel_group=tuple(int(number) for number in groups.split(",") if number),
        pids=int(os.environ.pop("ENCLAVE_PIDS")),
        kernel_pids=int(os.environ.pop("ENCLAVE_KERNEL_PIDS")),
        kernel_memory=int(os.environ.pop("ENCLAVE_KERNEL_MEMORY")),
        scratch=int(os.environ.pop("ENCLAVE_SCRATCH")),
        code=os.environ.pop("ENCLAVE_CODE"),
        token=os.environ.pop("ENCLAVE_TOKEN", ""),
        project=os.environ.pop("ENCLAVE_PROJECT", ""),
    )
    for fd in (taken.listen, *taken.kernel_group):
        os.set_inheritable(fd, False)
    return taken
