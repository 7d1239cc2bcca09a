"""From bytes of a known kind to what is visible in them, and what is found there."""

from __future__ import annotations

import re

from enclave.egress_review.checks.code import check_code
from enclave.egress_review.checks.content import Content, Piece, check_content
from enclave.egress_review.checks.coverage import Released
from enclave.egress_review.checks.csv_file import check_csv
from enclave.egress_review.checks.json_file import read_geojson, read_json_file
from enclave.egress_review.checks.kinds import PICTURES, Kind
from enclave.egress_review.checks.latex import as_printed
from enclave.egress_review.checks.text_file import check_text
from enclave.egress_review.checks.words import decode
from enclave.egress_review.rules import Found

# Names in these fields of a list of references are meant to be public; every other word of such a field is read like all others.
_PEOPLE = re.compile(r"\b(author|editor|translator)([ \t]{0,20}=[ \t]{0,20}\{)([A-Za-z\u00c0-\u024f ,.'~\n-]{1,2000}+)\}", re.IGNORECASE)


def check_kind(kind: Kind, data: bytes, *, smallest: int, answers: list[Released]) -> list[Found]:
    """The findings of a file that is of this kind."""
    if kind is Kind.TABLE:
        return check_csv(data, smallest=smallest, answers=answers)
    if kind is Kind.TEXT:
        return check_text(data, smallest=smallest, answers=answers)
    if kind in PICTURES:
        from enclave.egress_review.checks.picture import check_picture  # numpy and Pillow: only when there is a picture

        return check_picture(data, kind)
    return check_content(read(kind, data, smallest=smallest), smallest=smallest, answers=answers, code=check_code)


def read(kind: Kind, data: bytes, *, smallest: int) -> Content:
    """What a reader sees of a file of this kind."""
    if kind is Kind.JSON:
        return read_json_file(data, smallest=smallest)
    if kind is Kind.GEOJSON:
        return read_geojson(data)
    text = decode(data)
    if text is None:
        return Content(found=(Found(rule="F06"),))
    if kind is Kind.LATEX:
        return Content(pieces=(Piece(text=text), Piece(text=as_printed(text))))
    return Content(pieces=(Piece(text=_without_people(text) if kind is Kind.REFERENCES else text, code=kind is Kind.CODE),))


def _without_people(text: str) -> str:
    """The same lines, without names of authors: of letters and commas alone, so that nothing else hides among them."""
    return _PEOPLE.sub(lambda found: "\n" * found.group().count("\n"), text)
