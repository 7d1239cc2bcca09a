"""How lines of text travel to the tasks that redact them: in blocks of whole lines."""

from __future__ import annotations

import struct

BLOCK = struct.Struct(">QQ")  # before each block: its size in bytes, the number of its first line
LONGEST_LINE = 16 << 20
