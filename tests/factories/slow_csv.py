"""CSV read one character at a time: slow, obvious, and what the fast reader must agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

REPLACED = "�"


class CutError(Exception):
    """The file as a whole cannot be trusted: which rule, and the line."""


@dataclass
class SlowCsv:
    """``rows`` with the number of the line each begins in, and ``rejects`` as rule, line and column."""

    width: int
    longest_cell: int
    longest_record: int
    delimiter: str = ","
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    rejects: list[tuple[str, int, int]] = field(default_factory=list)

    def read(self, text: str) -> None:
        """Text after the header, whose first line is line 2. Raises ``CutError``."""
        lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
        start = 0
        while start < len(lines):
            start = self._record(lines, start)

    def _record(self, lines: list[str], start: int) -> int:  # noqa: C901 - one machine, written out
        cells, quoted, length = [""], "no", 0
        for place in range(start, len(lines)):
            length += len(lines[place])
            broken = ""
            for char in lines[place]:
                if quoted == "open" and char == '"':
                    quoted = "perhaps closed"
                elif quoted == "perhaps closed" and char == '"':
                    quoted, broken = "open", broken or self._longer(cells)
                    cells[-1] += '"'
                elif quoted == "open":
                    broken = broken or self._longer(cells)
                    cells[-1] += char
                elif char in "\r\n":
                    continue
                elif char == self.delimiter:
                    quoted = "no"
                    cells.append("")
                elif quoted == "perhaps closed":
                    broken = broken or "U-09"
                elif char == '"' and quoted == "no" and cells[-1] == "":
                    quoted = "open"
                else:
                    quoted, broken = "never", broken or self._longer(cells)
                    cells[-1] += char
                if char == self.delimiter and quoted == "never":
                    quoted = "no"
            if length > self.longest_record:
                broken = "U-11"
            if broken:
                self.rejects.append((broken, start + 2, 0))
                self.rejects += [("U-19", line + 2, 0) for line in range(start + 1, place + 1)]
                return place + 1
            if quoted != "open":
                self._judge(cells if lines[start] not in {"\n", "\r", "\r\n"} else [], start + 2, cut=lines[place][-1] not in "\r\n")
                return place + 1
        raise CutError("U-08", start + 2)

    def _longer(self, cells: list[str]) -> str:
        return "U-10" if len(cells[-1]) >= self.longest_cell else ""

    def _judge(self, cells: list[str], line: int, *, cut: bool) -> None:
        if not cells:
            return
        if cut and (len(cells) < self.width or REPLACED in cells[-1]):
            raise CutError("U-05", line)
        for mark, rule in ((REPLACED, "U-04"), ("\0", "U-03")):
            for column, cell in enumerate(cells, start=1):
                if mark in cell:
                    self.rejects.append((rule, line, column))
                    return
        if len(cells) != self.width:
            self.rejects.append(("U-07", line, 0))
        else:
            self.rows.append((line, cells))
