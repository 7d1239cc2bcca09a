"""JupyterHub reads this file: ``jupyterhub -f enclave/hub/config.py``, with ENCLAVE_HUB_SETTINGS naming the file of settings."""

import os
from pathlib import Path

from enclave.hub.configuration import bind, table
from enclave.hub.settings import HubSettings

settings = HubSettings.load(Path(os.environ["ENCLAVE_HUB_SETTINGS"]))
bind(settings)
c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it here
for name, traits in table(settings).items():
    c[name].update(traits)
