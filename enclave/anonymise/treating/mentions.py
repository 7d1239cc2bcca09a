"""Free text becomes one answer: does it mention one of the declared words or phrases? Asked of the redacted text, never of the original.

That is all that queries and copies can reach of a text: yes or no, to questions the agency declared. The row's own person is protected
by the noise like with any column; redaction comes first for the sake of the others whom a note names, whom no privacy unit covers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from enclave.anonymise.cell.fate import Fate, Result, Treat
from enclave.anonymise.cell.fold import fold

WITHHELD = "[WITHHELD]"
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*\]")


def mentions(phrases: Sequence[str]) -> Treat:
    """1 where a phrase stands in the text as whole words, whatever its case and spacing; 0 where none does; missing where nobody could read it."""
    words = "|".join(r"\s+".join(map(re.escape, fold(phrase).casefold().split())) for phrase in phrases)
    asked = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def one(text: str) -> Result:
        if not text.strip():
            return None, Fate.EMPTY
        if WITHHELD in text:
            return None, Fate.UNREADABLE
        # A placeholder is our word, not the text's; and it parts what stood on either side of it.
        plain = fold(_PLACEHOLDER.sub(" \N{DOTTED CIRCLE} ", text)).casefold()
        return int(asked.search(plain) is not None), Fate.KEPT

    return one
