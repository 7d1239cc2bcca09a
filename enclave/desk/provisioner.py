"""Every kernel in a sandbox of its own, inside the sandbox of its server.

Researcher's code runs as the same user as the Jupyter server that starts it; without a second wall it owns that server, and every rule the
server keeps is its to break. In here it sees its home, its API socket and itself: not the server, its sockets, its token or other kernels.

Two limits keep a runaway cell from taking its server along, and both are in force before the first line of a researcher's code:
the number of processes, set inside the kernel's own user namespace, where only its own are counted (`kernel`); and, where the launcher made
control groups, the kernels' group, entered through an open file (`cgroups`).
"""

import os
import subprocess
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from enclave.desk.inheritance import Inheritance
from enclave.desk.server_config import HOME

BWRAP = "/usr/bin/bwrap"
PROGRAM = "/etc/enclave/kernel.bpf"
API = "/run/enclave"
PRIVATE = Path("/tmp/kernels")  # noqa: S108 - the server's memory; each kernel sees one folder of it

# In place of JPY_*: what a kernel is told. Nothing of JUPYTERHUB_ is among it.
PASSED_ON = ("LANG", "PATH", "USER")


class SandboxedKernel(LocalProvisioner):
    """One kernel; the class carries what the server inherited."""

    inherited: ClassVar[Inheritance]
    seccomp: int | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager: Any = self.parent
        folder = self._connect_by_folder(manager)
        kwargs = await super().pre_launch(**kwargs)
        where = str(kwargs.pop("cwd", HOME) or HOME)
        self.seccomp = os.open(PROGRAM, os.O_RDONLY | os.O_CLOEXEC)
        return kwargs | {
            "cmd": command(self.inherited, folder=folder, seccomp=self.seccomp, where=where, connection=manager.connection_file),
            "env": environment(self.inherited),
            "pass_fds": (self.seccomp,),
            "preexec_fn": self._enter_group,
            "stdout": subprocess.DEVNULL,  # the server's log is the operator's to read, not the researcher's to write
            "stderr": subprocess.DEVNULL,
        }

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            return await super().launch_kernel(cmd, **kwargs)
        finally:
            if self.seccomp is not None:
                os.close(self.seccomp)
                self.seccomp = None

    def _connect_by_folder(self, manager: Any) -> Path:  # noqa: ANN401
        """Sockets in a folder instead of ports: the kernel has no network to have ports on."""
        folder = PRIVATE / str(self.kernel_id)[:8]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        manager.transport, manager.ip = "ipc", str(folder / "zmq")
        manager.connection_file, manager.cache_ports = str(folder / "connection.json"), False
        # A signal would end the outer sandbox and not reach the kernel; it is asked to interrupt itself instead.
        self.kernel_spec.interrupt_mode = "message"
        return folder

    def _enter_group(self) -> None:
        for entrance in self.inherited.kernel_group:
            os.write(entrance, b"0")


def command(inherited: Inheritance, *, folder: Path, seccomp: int, where: str, connection: str) -> list[str]:
    """The inner sandbox and the kernel in it. Nothing secret is an argument: arguments can be read by others."""
    scratch = str(inherited.scratch)
    venv = str(Path(os.environ["VIRTUAL_ENV"]))
    words = [BWRAP, "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--unsetenv", "JPY_PARENT_PID"]  # a process number of the outer sandbox: the kernel would think its parent gone
    words += ["--uid", "1000", "--gid", "1000", "--hostname", "notebook", "--seccomp", str(seccomp)]
    words += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--ro-bind", inherited.code, inherited.code]
    for name in ("lib", "lib64", "bin", "sbin"):
        words += ["--symlink", f"usr/{name}", f"/{name}"]
    words += ["--proc", "/proc", "--dev", "/dev", "--size", scratch, "--tmpfs", "/dev/shm", "--size", scratch, "--tmpfs", "/tmp"]  # noqa: S108
    for path in _interpreter(venv):
        words += ["--ro-bind", path, path]
    words += ["--bind", str(folder), str(folder), "--bind", HOME, HOME, "--ro-bind", API, API]
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", where if _in_home(where) else HOME, "--"]
    start = f"import sys; sys.path.insert(0, {inherited.code!r}); from enclave.desk.kernel import main; main()"
    return [*words, f"{venv}/bin/python", "-I", "-c", start, str(inherited.kernel_pids), str(inherited.kernel_memory), "-f", connection]


def environment(inherited: Inheritance) -> dict[str, str]:
    """What researcher's code finds: who it is, and its pass to the enclave's API."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {
        "HOME": HOME,
        "SHELL": "/bin/sh",  # for !enclave query in a cell; it reaches nothing that Python does not
        "IPYTHONDIR": "/tmp/ipython",  # noqa: S108 - the kernel's own
        "MPLCONFIGDIR": f"{HOME}/.desk/matplotlib",  # its list of fonts takes seconds to make: once per home
        "PYTHONPATH": inherited.code,
        "ENCLAVE_API_SOCKET": f"{API}/api.sock",
        "ENCLAVE_PROJECT": inherited.project,
        "ENCLAVE_TOKEN": inherited.token,
    }


def _in_home(where: str) -> bool:
    return Path(os.path.normpath(where)).is_relative_to(HOME)


def _interpreter(venv: str) -> list[str]:
    """The environment, and the interpreter it was made from if that is not the system's."""
    made_from = str((Path(venv) / "bin" / "python").resolve().parent.parent)
    return [path for path in dict.fromkeys((venv, made_from)) if not path.startswith("/usr")]
