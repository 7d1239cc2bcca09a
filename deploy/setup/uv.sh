#!/usr/bin/env bash
# Put uv, the one tool that builds the environments from the lock, into .tools.
set -euo pipefail
source "$(dirname "$0")/python.sh"
"$PYTHON" -m venv .tools 2>/dev/null || {
  echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2
  exit 1
}
.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
