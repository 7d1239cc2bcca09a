# Sets PYTHON to the first interpreter of version 3.11 to 3.13: the system's own before others, because sandboxes see /usr anyway.
PYTHON=""
for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    PYTHON=$(command -v "$candidate")
    break
  fi
done
if [ -z "$PYTHON" ]; then
  echo "Python 3.11, 3.12 or 3.13 is needed and none was found." >&2
  exit 1
fi
