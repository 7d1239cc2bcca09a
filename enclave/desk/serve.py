"""The Jupyter server of one sandbox: listens on the socket it was given, configured by us alone, signed in to through the hub."""

import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

from enclave.desk.inheritance import Inheritance, take
from enclave.desk.server_config import ENVIRONMENT, EXTENSIONS, SERVICES, TABLE


def main() -> None:
    """Prepare, then serve until stopped."""
    inherited = take()
    prepare(inherited)
    # Imported only now: these modules read the environment while they load.
    from jupyterhub.singleuser.extension import JupyterHubSingleUser

    from enclave.desk.provisioner import SandboxedKernel

    SandboxedKernel.inherited = inherited
    JupyterHubSingleUser.serverapp_class = desk_server(inherited.listen)
    JupyterHubSingleUser.serverapp_config = {"jpserver_extensions": EXTENSIONS}
    JupyterHubSingleUser.launch_instance(argv=[])


def prepare(inherited: Inheritance) -> None:
    """The whole sandbox's own share of processes, private folders, and no settings out of the researcher's home."""
    resource.setrlimit(resource.RLIMIT_NPROC, (inherited.pids, inherited.pids))
    os.environ.update(ENVIRONMENT, VIRTUAL_ENV=sys.prefix)
    for folder in ENVIRONMENT.values():
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)


def desk_server(listen: int) -> Any:  # noqa: ANN401 - a class of jupyter_server, which carries no types
    """jupyter_server's application with our configuration and our socket."""
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    class DeskServer(ServerApp):  # type: ignore[misc]
        default_services = SERVICES

        def load_config_file(self, *_: Any, **__: Any) -> None:
            """In place of every file: our table."""
            self.update_config(Config(TABLE))

        def _bind_http_server_unix(self) -> bool:
            adopted = socket.socket(fileno=listen)
            adopted.setblocking(False)  # tornado accepts until there is nobody left, and would wait for ever
            self.http_server.add_socket(adopted)
            return True

    return DeskServer
