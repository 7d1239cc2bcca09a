"""What an officer has said about a sample of redacted texts, and whether that is good enough to let queries reach anything of them.

A text column opens only after somebody read a sample and few enough of its cells still said who somebody is: with 95 % confidence no more
than ``LIMIT`` of all of them. Every sight of the sample is in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from enclave.catalogue.leak_bound import leak_bound
from enclave.catalogue.upload import Upload
from enclave.terms.canonical import Json

CELLS = 100  # drawn of each column: one that leaks is few enough, two are not
PAGE = 20  # cells on a page, so that nobody has to judge a hundred in one go
LIMIT = 0.05
IN_REPORT, FAILED = "texts", "texts_failed"  # in an upload's report; in its profile, where it outlives the draft


@dataclass(frozen=True, kw_only=True)
class TextReview:
    """One column: ``filled`` cells in the file, ``cells`` of them drawn, and by page (from 0) how many the officer found to leak.

    ``seen`` are the pages that were shown: only those can be judged.
    """

    filled: int
    cells: int
    leaks: Mapping[int, int] = field(default_factory=dict)
    seen: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.cells <= self.filled or any(not 0 <= count <= self.on_page(page) for page, count in self.leaks.items()):
            raise ValueError("more leaks than cells, or more cells than there are")

    @property
    def pages(self) -> int:
        """How many pages the sample fills."""
        return -(-self.cells // PAGE)

    def on_page(self, page: int) -> int:
        """How many cells a page has; none beyond the last."""
        return min(PAGE, self.cells - page * PAGE) if 0 <= page < self.pages else 0

    @property
    def next_page(self) -> int | None:
        """The first page that nobody judged."""
        return next((page for page in range(self.pages) if page not in self.leaks), None)

    @property
    def bound(self) -> float:
        """The share of cells that leak: at most, with 95 % confidence; exactly, where all were read."""
        seen, leaks = sum(map(self.on_page, self.leaks)), sum(self.leaks.values())
        if seen == self.filled:
            return leaks / seen if seen else 0.0
        return leak_bound(seen=seen, leaks=leaks)

    @property
    def passes(self) -> bool:
        """Whether all of the sample was read and little enough leaked."""
        return self.next_page is None and self.bound <= LIMIT

    @property
    def failed(self) -> bool:
        """Whether so much was found to leak that nothing the other pages hold could mend it."""
        leaks = sum(self.leaks.values())
        return (leaks / self.filled if self.cells == self.filled else leak_bound(seen=self.cells, leaks=leaks)) > LIMIT if leaks else False

    def shown(self, page: int) -> TextReview:
        """With one page more that was shown."""
        return replace(self, seen=self.seen | {page})

    def judged(self, page: int, leaks: int) -> TextReview:
        """With what was found on one page, instead of what was said of it before. Raises ``ValueError`` for a page that nobody was shown."""
        if not 0 <= page < self.pages or page not in self.seen:
            raise ValueError("nobody was shown such a page")
        return replace(self, leaks={**self.leaks, page: leaks})

    def as_json(self) -> dict[str, Json]:
        """The stored form."""
        leaks: dict[str, Json] = {str(page): count for page, count in self.leaks.items()}
        return {"filled": self.filled, "cells": self.cells, "leaks": leaks, "seen": list[Json](sorted(self.seen))}

    @classmethod
    def from_json(cls, body: Json) -> TextReview:
        """Rebuild it. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
        leaks, seen = (body["leaks"], body["seen"]) if isinstance(body, dict) else (None, None)
        if not isinstance(body, dict) or not isinstance(leaks, dict) or not isinstance(seen, list):
            raise ValueError("not a review of texts")
        return cls(
            filled=int(str(body["filled"])),
            cells=int(str(body["cells"])),
            leaks={int(page): int(str(count)) for page, count in leaks.items()},
            seen=frozenset(int(str(page)) for page in seen),
        )


def reviews_of(upload: Upload) -> dict[int, TextReview]:
    """The reviews of an upload's text columns, by the column's place in the file (from 0)."""
    said = (upload.report or {}).get(IN_REPORT)
    return {int(place): TextReview.from_json(one) for place, one in said.items()} if isinstance(said, dict) else {}


def texts_pass(upload: Upload) -> bool:
    """Whether every text column that is to be read was reviewed and passes. One without a review does not."""
    reviews = reviews_of(upload)
    asked = upload.declaration.texts if upload.declaration else {}
    return all(place in reviews and reviews[place].passes for place in asked)


def with_reviews(upload: Upload, reviews: Mapping[int, TextReview]) -> dict[str, Json]:
    """The upload's report with these reviews."""
    return {**(upload.report or {}), IN_REPORT: {str(place): one.as_json() for place, one in reviews.items()}}


def failed_columns(upload: Upload) -> set[int]:
    """The places of text columns of this very file whose sample said too often who somebody is. Another draw would be another chance."""
    said = (upload.profile or {}).get(FAILED)
    before = {place for place in said if isinstance(place, int)} if isinstance(said, list) else set()
    return before | {place for place, review in reviews_of(upload).items() if review.failed}
