"""National code books: lists of values that are public because somebody published them. Shipped as data, each with its source."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from enclave.terms.schema import Category


@dataclass(frozen=True, kw_only=True)
class CodeBook:
    """One published list. ``headers`` is a pattern over a column's name in words; ``fits`` are its codes in lower case."""

    name: str
    title: str
    source: str
    headers: re.Pattern[str]
    categories: tuple[Category, ...]

    @property
    def fits(self) -> frozenset[str]:
        """What a cell may be, in lower case: a code, or its label."""
        return frozenset(text.lower() for category in self.categories for text in (category.code, category.plain))


@cache
def books_by_value() -> dict[str, tuple[str, ...]]:
    """For every code and label of any book, in lower case, the names of the books that list it."""
    found: dict[str, tuple[str, ...]] = {}
    for book in code_books().values():
        for text in book.fits:
            found[text] = (*found.get(text, ()), book.name)
    return found


@cache
def code_books() -> dict[str, CodeBook]:
    """All shipped books by name."""
    folder = files("enclave.anonymise").joinpath("codebooks")
    bodies = [json.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".json")]
    books = [_book(body) for body in bodies]
    return {book.name: book for book in sorted(books, key=lambda book: book.name)}


def _book(body: dict[str, object]) -> CodeBook:
    pairs = body["categories"]
    if not isinstance(pairs, list):
        raise ValueError("a code book has a list of categories")
    return CodeBook(
        name=str(body["name"]),
        title=str(body["title"]),
        source=str(body["source"]),
        headers=re.compile(str(body["headers"])),
        categories=tuple(Category(code=code, label=label) for code, label in pairs),
    )
