"""Restores a home, and dies at the n-th rename or removal: ``python -m tests.integration.wiring.backup_worker HOME FILE N``."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from enclave.cli.backup import run_restore
from enclave.settings.settings import Profile, Settings

STEPS = itertools.count(1)


def die(event: str, _: object) -> None:
    if event in {"os.rename", "os.remove", "os.rmdir", "shutil.rmtree"} and next(STEPS) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(die)
run_restore(Settings(home=Path(sys.argv[1]), profile=Profile.ROOTLESS), Path(sys.argv[2]))
