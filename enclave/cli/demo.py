"""``enclave demo``: ``up`` with demo agencies, people and data; refuses anything but loopback."""

from __future__ import annotations

import subprocess
import threading

from enclave.cli.programs import environment, staged
from enclave.cli.up import run as run_up
from enclave.demo import keyring
from enclave.demo.loopback import check_loopback
from enclave.demo.world import MEMBERS
from enclave.settings.layout import PORTAL
from enclave.settings.settings import Profile, Settings
from enclave.terms.errors import OperatorError


def run(settings: Settings, *, people: int) -> int:
    """Found the demo once the worker is up, print how to sign in once the page is, and feed the data meanwhile."""
    check_loopback(settings.address)
    feeding: list[subprocess.Popen[str]] = []

    def found() -> None:
        if subprocess.run(_loader(settings, "found"), env=environment(settings), check=False).returncode != 0:
            raise OperatorError(rule="D-05", sentence="The demo could not be set up.", instead="Remove its home directory and start again.")

    def feed() -> None:
        print(greeting(settings), flush=True)
        child = subprocess.Popen(
            _loader(settings, "feed", str(people)), env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        feeding.append(child)
        threading.Thread(target=_relay, args=(child,), daemon=True).start()

    try:
        return run_up(settings, before=found, after=feed)
    finally:
        for child in feeding:
            child.terminate()
            child.wait(10)


def greeting(settings: Settings) -> str:
    """Where to go, who there is, and what to click first."""
    ring = keyring.load(settings.home)
    width = max(len(member.name) for member in MEMBERS)
    lines = [
        f"    {member.name:<{width}}  {ring.of(member.name).password if ring else '':<28}  {member.role.value.replace('_', ' ')}"
        + (f" of {member.agency}" if member.agency else "")
        for member in MEMBERS
    ]
    weaker = (
        ["", "Profile rootless: one person's notebook at a time, demo or public data only. `enclave doctor` says what is weaker."]
        if settings.profile is Profile.ROOTLESS
        else []
    )
    return "\n".join(
        [
            "",
            f"Open   http://{settings.address}:{settings.port}/   in a browser on this machine.",
            f"A one-time code for anyone below:   .venv/bin/enclave demo otp NAME --home {settings.home}",
            "",
            "    name, password, role",
            *lines,
            "",
            "First: sign in as rosa, open the project, press “Open the notebook”, and run 01-first-answer.ipynb.",
            *weaker,
            "",
        ]
    )


def _loader(settings: Settings, *arguments: str) -> list[str]:
    return staged(PORTAL, "enclave.cli.demo_process", settings, *arguments)


def _relay(child: subprocess.Popen[str]) -> None:
    for line in child.stdout or ():
        print(f"  demo data: {line.rstrip()}", flush=True)
