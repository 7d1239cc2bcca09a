"""What the supervisor tells the hub and the launcher: one JSON file, one dataclass. Standard library only."""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self

Profile = Literal["full", "rootless"]

# A socket's path travels as the host part of a URL, which is lower-cased on the way, and the kernel allows 107 bytes of it.
_SOCKET_FOLDER = re.compile(r"/[a-z0-9/._-]{1,60}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class SandboxLimits:
    """What one sandbox (one person in one project) may use, in bytes, processes and threads, and processors.

    `kernel_memory_bytes` and `kernel_cpus` are what all kernels of the sandbox may take together; a single process never gets more memory
    than that either. `kernel_pids` is for each kernel; all together they leave `server_pids` of `pids` to their server. In profile
    `rootless` there is no control group: memory is then bounded for each process only, and processor time not at all.
    """

    memory_bytes: int = 3 << 30
    kernel_memory_bytes: int = 2 << 30
    pids: int = 512
    kernel_pids: int = 256
    server_pids: int = 64
    cpus: float = 2.0
    kernel_cpus: float = 1.5
    file_bytes: int = 2 << 30
    scratch_bytes: int = 512 << 20

    def __post_init__(self) -> None:
        fits = (
            0 < self.kernel_memory_bytes < self.memory_bytes,
            0 < self.kernel_pids <= self.pids - self.server_pids,
            0 < self.kernel_cpus <= self.cpus,
        )
        if not all(fits):
            raise ValueError("the limits of a kernel lie within those of its sandbox")


@dataclass(frozen=True, kw_only=True)
class HubSettings:
    """Everything the hub, the proxy and the launcher need to know. Written by the supervisor, owned by root in profile `full`.

    Paths are absolute. Nothing in here is secret.
    """

    profile: Profile
    """`full`: the launcher is root, every sandbox has its own uid and control group. `rootless`: one ordinary user, one sandbox at a time."""

    run: Path
    """Folder of sockets; lower case, at most 60 characters. Below it, made by `layout.prepare`: launcher/ nb/ gate/ hub/ api/ door/."""

    state: Path
    """Folder of the hub's own database, cookie secret, process ids and the seccomp programs."""

    homes: Path
    """Folder of the researchers' homes, one per sandbox number."""

    internal_socket: Path
    """The portal's internal socket (protocol: `portal_client`)."""

    portal_target: str
    """Where the proxy finds the portal: ``http://127.0.0.1:PORT`` or ``http+unix://%2Fpath%2Fportal.sock``."""

    public_port: int
    """TCP port of the proxy: the only port of the whole enclave a browser talks to."""

    desk_python: Path
    """The interpreter of the notebook environment, e.g. ``…/.venv-desk/bin/python``."""

    proxy_modules: Path
    """The ``node_modules`` folder made by ``npm ci`` from deploy/proxy."""

    notebooks: Path | None = None
    """Folder whose files are copied into a new home; None copies nothing."""

    public_ip: str = "127.0.0.1"
    """Address the proxy listens on."""

    scheme: Literal["http", "https"] = "http"
    """What browsers type. `https` when something in front of the proxy ends TLS."""

    browser_port: int | None = None
    """Port browsers see, when it differs from `public_port` (443 behind TLS)."""

    portal_host: str = "portal.localhost"
    hub_host: str = "hub.localhost"
    notebook_domain: str = "notebook.localhost"
    """Three host names, so that portal, hub and every person's notebooks (``NAME.notebook_domain``) are different origins."""

    portal_aliases: tuple[str, ...] = ("127.0.0.1", "localhost")
    """Other host names under which the proxy answers with the portal."""

    hub_uid: int | None = None
    hub_gid: int | None = None
    """Whom the hub and the proxy run as (`full`); None means whoever starts them (`rootless`)."""

    portal_uid: int | None = None
    portal_gid: int | None = None
    """Whom the portal runs as (`full`): it owns run/api, where it listens once per sandbox."""

    uid_base: int = 62000
    """A sandbox runs as uid = gid = `uid_base` + its number (`full`)."""

    sandboxes: int = 3000
    """Largest sandbox number the launcher accepts."""

    idle_seconds: int = 3600
    """A notebook nobody uses is stopped after this long. 0 never."""

    limits: SandboxLimits = field(default_factory=SandboxLimits)

    def __post_init__(self) -> None:
        if not _SOCKET_FOLDER.fullmatch(str(self.run)):
            raise ValueError("the folder of sockets is an absolute path in lower case, at most 60 characters long")
        for name in ("run", "state", "homes", "internal_socket", "desk_python", "proxy_modules"):
            if not getattr(self, name).is_absolute():
                raise ValueError(f"{name} is an absolute path")
        if not all(_HOST.fullmatch(host) for host in (self.portal_host, self.hub_host, self.notebook_domain, *self.portal_aliases)):
            raise ValueError("a host name is lower-case letters, digits, dots and hyphens")
        if self.profile == "full" and not (self.hub_uid and self.hub_gid and self.portal_uid and self.portal_gid):
            raise ValueError("in profile full hub and portal have uids of their own, and neither is root")
        if self.uid_base < 1000 or not 0 < self.sandboxes <= 3000:
            raise ValueError("sandbox uids lie above the system's own")

    # Sockets, in one place so that hub, launcher and portal agree.

    @property
    def launcher_socket(self) -> Path:
        return self.run / "launcher" / "l.sock"

    @property
    def hub_socket(self) -> Path:
        return self.run / "hub" / "hub.sock"

    @property
    def proxy_socket(self) -> Path:
        return self.run / "hub" / "proxy.sock"

    @property
    def door_socket(self) -> Path:
        return self.run / "hub" / "door.sock"

    def notebook_socket(self, sandbox: int) -> Path:
        """Where the proxy reaches a sandbox's Jupyter server; bound by the launcher."""
        return self.run / "nb" / f"s{sandbox}" / "nb.sock"

    def gate_folder(self, sandbox: int) -> Path:
        """Holds ``hub.sock``: the four calls of the hub a Jupyter server may make; bound by the hub."""
        return self.run / "gate" / f"s{sandbox}"

    def api_folder(self, sandbox: int) -> Path:
        """Holds ``api.sock``: the enclave's API for this sandbox; bound by the portal."""
        return self.run / "api" / f"s{sandbox}"

    @property
    def programs(self) -> Path:
        """Folder of the seccomp programs."""
        return self.state / "seccomp"

    # Addresses as browsers see them.

    def origin(self, host: str) -> str:
        """``scheme://host[:port]`` without the default port."""
        port = self.browser_port or self.public_port
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}" if port == usual else f"{self.scheme}://{host}:{port}"

    # The file.

    def write(self, path: Path) -> None:
        """Write the settings as JSON (readable by all: nothing in them is secret), whole or not at all."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self), default=str, indent=1))
        draft.chmod(0o644)
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `write` wrote. Raises ValueError or TypeError for anything else."""
        raw: dict[str, Any] = json.loads(path.read_text())
        for entry in fields(cls):
            if "Path" in str(entry.type) and raw.get(entry.name) is not None:
                raw[entry.name] = Path(raw[entry.name])
        limits = SandboxLimits(**raw.pop("limits", {}))
        aliases = tuple(raw.pop("portal_aliases", ()))
        return cls(**raw, portal_aliases=aliases, limits=limits)
