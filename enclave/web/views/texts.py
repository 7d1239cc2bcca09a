"""How far the reading of an upload's redacted texts has come, in words."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.text_review import LIMIT, TextReview, reviews_of
from enclave.catalogue.upload import Upload


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """One column of text: its place and the next page to read count from 1; ``next`` is 0 where all was read, ``first`` where nothing is."""

    column: int
    header: str
    words: str
    next: int
    first: int


def text_lines(upload: Upload) -> list[TextLine]:
    """One line for every column that is to be read."""
    if upload.declaration is None:
        return []
    headers = [plan.header for plan in upload.declaration.columns]
    return [_line(place, headers[place], review) for place, review in sorted(reviews_of(upload).items())]


def _line(place: int, header: str, review: TextReview) -> TextLine:
    following = review.next_page
    return TextLine(
        column=place + 1,
        header=header,
        words=_words(review),
        next=0 if following is None else following + 1,
        first=1 if review.pages else 0,
    )


def _words(review: TextReview) -> str:
    if not review.cells:
        return "the column holds no text."
    if review.next_page is not None:
        return f"{len(review.leaks)} of {review.pages} pages read."
    leaks, share = sum(review.leaks.values()), f"{100 * review.bound:.1f} %"
    found = "none" if not leaks else f"{leaks}"
    certain = f"{share} of all texts" if review.cells == review.filled else f"at most {share} of all texts, with 95 % confidence"
    verdict = "" if review.passes else f" That is more than {LIMIT:.0%}: go back and drop the column.".replace("%:", " %:")
    return f"{found} of the {review.cells} you read still said who somebody is: {certain}.{verdict}"
