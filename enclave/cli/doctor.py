"""``enclave doctor``: is every gate really on?"""

from __future__ import annotations

import dataclasses
import json

from enclave.hub.layers import check
from enclave.settings.settings import Settings
from enclave.wiring.health import Gate, health


def run(settings: Settings, *, as_json: bool) -> int:
    """Print one line per gate; exit code 1 when one that this profile needs is missing."""
    layers = [*(Gate(**dataclasses.asdict(layer)) for layer in check(settings.profile.value)), *health(settings)]
    if as_json:
        print(json.dumps([dataclasses.asdict(layer) for layer in layers], indent=1))
    else:
        for layer in layers:
            mark = "ok     " if layer.ok and not layer.weaker else "weaker " if layer.ok else "MISSING"
            print(f"{mark} {layer.name}: {layer.sentence}")
    return 0 if all(layer.ok for layer in layers) else 1
