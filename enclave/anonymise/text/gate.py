"""Where in a text each recogniser could find anything at all: one pass over it for all their patterns together.

Most texts hold nothing for most recognisers, and Presidio's read a few hundred notes a second. Hyperscan compiles the recognisers' own
patterns in its prefilter mode, which by its contract matches wherever the pattern would, and perhaps elsewhere (``HS_FLAG_PREFILTER``),
and reports every end of a match: the recognisers then read the surroundings of these ends only. So nothing is lost by construction; a
property test compares the findings all the same.

A text with letters beyond ASCII is read whole by everyone: what counts as a letter there differs between the engines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import hyperscan as hs

from enclave.anonymise.text.rule import Hint

_FLAGS = hs.HS_FLAG_PREFILTER | hs.HS_FLAG_DOTALL | hs.HS_FLAG_MULTILINE
_ODD = re.compile(r"[^\x00-\x7f]")
_ODD_LETTER = re.compile(r"[^\W\x00-\x7f]")

Window = tuple[int, int, int]


class Gate:
    """A compiled gate over recognisers in a fixed order. Compiling takes about a second, reading a note some ten microseconds."""

    def __init__(self, hints: Sequence[Sequence[Hint]]) -> None:
        flat = [(owner, hint) for owner, some in enumerate(hints) for hint in some]
        self._count = len(hints)
        self._reach = [(owner, hint.before, hint.after) for owner, hint in flat]
        self._database = hs.Database()
        self._database.compile(
            expressions=[hint.pattern.encode() for _, hint in flat],
            ids=list(range(len(flat))),
            elements=len(flat),
            flags=[_FLAGS if hint.case else _FLAGS | hs.HS_FLAG_CASELESS for _, hint in flat],
        )

    def windows(self, text: str) -> list[Window]:
        """Which recogniser (by place) should read from where to where, windows of one recogniser apart from each other and in order."""
        plain = text
        if not text.isascii():
            if _ODD_LETTER.search(text):
                return [(owner, 0, len(text)) for owner in range(self._count)]
            plain = _ODD.sub("\x01", text)  # neither letter, digit nor space, as what it stands for
        ends: list[tuple[int, int]] = []
        self._database.scan(
            plain.encode("ascii"), match_event_handler=lambda number, _start, end, _flags, _context: ends.append((number, end))
        )
        return self._merged(ends, text) if ends else []

    def _merged(self, ends: list[tuple[int, int]], text: str) -> list[Window]:
        last: dict[int, list[int]] = {}
        done: list[Window] = []
        for number, end in ends:  # Hyperscan reports by where matches end
            owner, before, after = self._reach[number]
            low, high = end - before, end + after
            window = last.get(owner)
            if window is None:
                last[owner] = [low, high]
            elif low <= window[1]:
                window[0], window[1] = min(low, window[0]), max(high, window[1])
            else:
                done.append(_whole_words(text, owner, window))
                last[owner] = [low, high]
        return [*done, *(_whole_words(text, owner, window) for owner, window in last.items())]


def _whole_words(text: str, owner: int, window: Sequence[int]) -> Window:
    """The window, grown to the spaces around it: a boundary there is one in the whole text too."""
    low, high = window
    low = text.rfind(" ", 0, low) + 1 if low > 0 else 0
    high = text.find(" ", high) if high < len(text) else -1
    return owner, low, high if high >= 0 else len(text)
