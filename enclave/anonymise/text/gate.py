"""Which recognisers could find anything in a text at all: one pass over it for all their patterns together.

Most texts hold nothing for most recognisers, and Presidio's read a few hundred notes a second. Hyperscan compiles the recognisers' own
patterns in its prefilter mode, which by its contract matches wherever the pattern would and perhaps elsewhere
(``HS_FLAG_PREFILTER``), so nothing is lost by construction; a property test compares the findings all the same.

A text with letters beyond ASCII opens every gate: what counts as a letter there differs between the engines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import hyperscan as hs

from enclave.anonymise.text.rule import Recogniser

_FLAGS = hs.HS_FLAG_PREFILTER | hs.HS_FLAG_CASELESS | hs.HS_FLAG_DOTALL | hs.HS_FLAG_MULTILINE | hs.HS_FLAG_SINGLEMATCH
_ODD = re.compile(r"[^\x00-\x7f]")
_ODD_LETTER = re.compile(r"[^\W\x00-\x7f]")


class Gate:
    """A compiled gate over recognisers in a fixed order. Compiling takes about a second, reading a note some twenty microseconds."""

    def __init__(self, recognisers: Sequence[Recogniser]) -> None:
        gates = [(place, pattern) for place, one in enumerate(recognisers) for pattern in one.gates]
        self._all = tuple(range(len(recognisers)))
        self._owners = [place for place, _ in gates]
        self._database = hs.Database()
        self._database.compile(
            expressions=[pattern.encode() for _, pattern in gates],
            ids=list(range(len(gates))),
            elements=len(gates),
            flags=[_FLAGS] * len(gates),
        )

    def open(self, text: str) -> Sequence[int]:
        """The places of the recognisers worth asking, in order."""
        if not text.isascii():
            if _ODD_LETTER.search(text):
                return self._all
            text = _ODD.sub("\x01", text)  # neither letter, digit nor space, as what it stands for
        found: set[int] = set()
        owners = self._owners

        def matched(number: int, *_: object) -> None:
            found.add(owners[number])

        self._database.scan(text.encode("ascii"), match_event_handler=matched)
        return sorted(found)
