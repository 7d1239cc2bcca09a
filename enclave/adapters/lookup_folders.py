"""Tables of places: ours, shipped with the package, and the deployment's in one folder of its home, whose names come first.

Read when first used and kept; a folder that changed is read when the process starts again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from enclave.anonymise.published.lookup import About, Lookup, joined, read_lookup, read_manifest
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Category

MANIFEST = "lookups.json"
LARGEST = 256 * 1024 * 1024


class LookupFolders:
    """The port ``Lookups``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lookup = cache(self._read)
        self._joined = cache(lambda names: joined([self._lookup(name) for name in names.split(">")]))

    def all(self) -> Sequence[About]:
        """What there is, by name."""
        return [about for _, (about, _) in sorted(self._known().items())]

    def table(self, names: str) -> Mapping[str, str]:
        """The larger area of every place; names parted by ``>`` are followed in turn."""
        return self._joined(names)

    def targets(self, names: str) -> Sequence[Category]:
        """The larger areas that ``table`` can lead to."""
        reached = set(self.table(names).values())
        return [category for category in self._lookup(names.rsplit(">", maxsplit=1)[-1]).targets if category.code in reached]

    def check(self) -> None:
        """Read everything once. Raises ``OperatorError`` at the first table that does not parse."""
        for name in self._known():
            self._lookup(name)

    def _known(self) -> dict[str, tuple[About, Traversable]]:
        shipped = files("enclave.anonymise").joinpath("lookups")
        folders: list[Traversable] = [shipped, *([self._folder] if (self._folder / MANIFEST).is_file() else [])]
        return {about.name: (about, folder) for folder in folders for about in read_manifest(folder.joinpath(MANIFEST).read_bytes())}

    def _read(self, name: str) -> Lookup:
        known = self._known().get(name)
        if known is None:
            raise OperatorError(
                rule="A-21",
                sentence="A lookup of places that the plan names is not supplied.",
                instead="Put it in the folder of lookups, or choose another.",
            )
        about, folder = known
        try:
            with folder.joinpath(about.file).open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError:
            content = b""
        return read_lookup(about, content if len(content) <= LARGEST else b"")
