#!/usr/bin/env bash
# Compile what the processes import: they run under users of their own who cannot write here, and would compile at every start.
set -euo pipefail
env -u PYTHONDONTWRITEBYTECODE .venv/bin/python - <<'PY'
import dbos, opendp.prelude, jupyterhub.app  # noqa
import enclave.anonymise.presidio_detector, enclave.anonymise.jail.files, enclave.cli.main, enclave.cli.demo, enclave.cli.demo_process  # noqa
import enclave.egress_review.jailed, enclave.hub.launcher, enclave.hub.configuration, enclave.web.serve, enclave.wiring.worker_process  # noqa
PY
