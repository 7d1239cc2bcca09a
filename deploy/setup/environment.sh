#!/usr/bin/env bash
# Build one environment from the lock: environment.sh FOLDER UV-SYNC-OPTIONS…
set -euo pipefail
source "$(dirname "$0")/python.sh"
folder=$1
shift
echo "Setting up $folder …"
UV_PROJECT_ENVIRONMENT="$PWD/$folder" UV_PYTHON_DOWNLOADS=never .tools/bin/uv sync --quiet --frozen --python "$PYTHON" "$@"
