"""Build the word list the name finder looks words up in, from public lists. Run once; the result is committed.

``python deploy/names/words.py SCOWL NAMES`` with the folder ``scowl`` of Debian's package scowl 2020.12.07-2 and the folder ``names`` of the
Python package names 0.3.0 (US census 1990). Faker 40.54.0 and phonenumbers 9.0.43 are read from this environment. See ATTRIBUTION.md.

Each word, in lower case, has five digits, 0 for "not there":
given name, family name, given or family name elsewhere, common word (1 the commonest), place or other proper noun.
"""

from __future__ import annotations

import gzip
import importlib
import inspect
import pkgutil
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

OUT = Path(__file__).parents[2] / "enclave/anonymise/names/words.gz"
GIVEN, FAMILY, FOREIGN, COMMON, PROPER = range(5)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BRITISH = ("en_GB", "en_IE", "en_US", "en", "en_NZ")
_SIZES = {"10": 1, "20": 2, "35": 3, "40": 4, "50": 4, "55": 5, "60": 5, "70": 6}

Table = dict[str, list[int]]


def parts(name: str) -> Iterator[str]:
    """The words of a name as the tokeniser would see them, in lower case, as written and without accents."""
    for found in _WORD.findall(name.removesuffix("'s")):
        word = found.lower()
        yield word
        yield "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


def put(table: Table, names: Iterable[str], field: int, value: int) -> None:
    """Note a value for every word, the smallest where there are several."""
    for name in names:
        for word in parts(name):
            old = table[word][field]
            table[word][field] = min(old, value) if old else value


def census(path: Path, bands: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """Names of a census list with their band of rank: 1 for the first ``bands[0]`` and so on."""
    for line in path.read_text("ascii").splitlines():
        name, _, _, rank = line.split()
        yield name, 1 + sum(int(rank) > bound for bound in bands)


def faker(kind: str) -> Iterator[tuple[str, str, list[str]]]:
    """(locale, attribute, names) of every locale of a Faker provider."""
    package = importlib.import_module(f"faker.providers.{kind}")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        provider = importlib.import_module(f"faker.providers.{kind}.{module.name}").Provider
        for name, value in sorted(inspect.getmembers(provider)):
            if isinstance(value, (list, tuple, dict)) and value:
                yield module.name, name, [text for text in value if isinstance(text, str)]


def places() -> Iterator[str]:
    """English place names of the telephone numbering plans of the world."""
    for at in range(29):
        data = importlib.import_module(f"phonenumbers.geodata.data{at}").data
        yield from (names["en"] for names in data.values() if "en" in names and names["en"].isascii())


def scowl(folder: Path, kind: str, size: str) -> Iterator[str]:
    """Words of one kind and size, British spelling."""
    for spelling in ("english", "british"):
        path = folder / f"{spelling}-{kind}.{size}"
        if path.exists():
            yield from path.read_text("latin-1").split()


def build(words: Path, names: Path) -> Table:
    """All lists in one table."""
    table: Table = defaultdict(lambda: [0] * 5)
    for sex in ("male", "female"):
        for name, band in census(names / f"dist.{sex}.first", (100, 400)):
            put(table, [name], GIVEN, band)
    for name, band in census(names / "dist.all.last", (1_000, 10_000)):
        put(table, [name], FAMILY, band)
    _people(table)
    for size, band in _SIZES.items():
        put(table, (word for word in scowl(words, "words", size) if not word.endswith("'s")), COMMON, band)
    for size, band in (("35", 2), ("40", 2), ("50", 2), ("60", 3), ("70", 3), ("80", 4)):
        put(table, scowl(words, "proper-names", size), PROPER, band)
        if size != "80":
            put(table, scowl(words, "upper", size), PROPER, band)
    put(table, _medical(), COMMON, 3)
    put(table, places(), PROPER, 1)
    for _, attribute, found in faker("address"):
        if "cit" in attribute or "countr" in attribute or "count" in attribute:
            put(table, found, PROPER, 1)
    return {word: bands for word, bands in table.items() if 1 < len(word) < 25 and word.isprintable()}


def _medical() -> Iterator[str]:
    """Medicines, and the words of conditions that are not called after somebody: no spelling dictionary has most of them."""
    for line in (Path(__file__).parent / "lists.txt").read_text("utf-8").splitlines():
        name, _, entries = line.partition(": ")
        if name in ("drug", "diagnosis"):
            yield from (word for word in re.split(r"[| -]", entries) if len(word) > 3 and (name == "drug" or word.islower()))


def _people(table: Table) -> None:
    for locale, attribute, found in faker("person"):
        if "first" in attribute or "last" in attribute:
            given = "first" in attribute
            if locale in _BRITISH:
                put(table, found, GIVEN if given else FAMILY, 2)
            else:
                put(table, found, FOREIGN, 1 if given else 2)


def main() -> None:
    """Write the list, sorted, with no time stamp inside."""
    table = build(Path(sys.argv[1]), Path(sys.argv[2]))
    lines = "".join(f"{word} {''.join(map(str, bands))}\n" for word, bands in sorted(table.items()) if any(bands))
    with OUT.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as out:
        out.write(lines.encode())
    sys.stdout.write(f"{len(table)} words, {OUT.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
