"""The worker's process: brings the database up to date, makes its keys, then answers the portal and runs jobs until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading

from enclave.adapters.rpc import serve
from enclave.settings.layout import PORTAL, socket_path
from enclave.settings.settings import Profile, Settings
from enclave.wiring.database import prepare_database
from enclave.wiring.worker import Worker, build_worker

LOOK_EVERY = 600.0  # seconds


def main() -> None:
    """Entry of the worker's process."""
    os.umask(0o007)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings = Settings.read()
    prepare_database(settings)
    worker = build_worker(settings)
    portal = PORTAL.uid if settings.profile is Profile.FULL else os.geteuid()
    server = serve(socket_path(settings, "worker"), worker.methods, allowed=frozenset({portal, os.geteuid(), 0}))
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, name="calls", daemon=True).start()
    worker.jobs.start()
    _keep(worker)
    while not stop.wait(LOOK_EVERY):
        _keep(worker)
    server.shutdown()
    worker.jobs.stop()
    worker.database.close()


def _keep(worker: Worker) -> None:
    """A checkpoint that cannot be made now is made next time; nothing else waits for it."""
    try:
        worker.keep_checkpoint()
    except Exception as error:  # noqa: BLE001 - whatever it was, the worker goes on
        logging.getLogger("enclave.checkpoint").error("no checkpoint was made: %s", type(error).__name__)


if __name__ == "__main__":
    main()
