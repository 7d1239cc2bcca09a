"""Scan a file offline: the same parser, the same proposals, nothing stored. For ``enclave anonymise scan FILE``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from enclave.anonymise.dictionary import Field
from enclave.anonymise.parse import read_profile
from enclave.anonymise.ports import Parser
from enclave.anonymise.profile import described
from enclave.catalogue.declaration import Declaration
from enclave.terms.canonical import Json
from enclave.terms.schema import Unit


def scan_file(
    *,
    source: BinaryIO,
    size: int,
    parser: Parser,
    unit: Unit = Unit.PERSON,
    last: Declaration | None = None,
    dictionary: Mapping[str, Field] | None = None,
) -> dict[str, Json]:
    """Profile and proposals of a file of ``size`` bytes, as counts. Raises ``FileRefusedError`` with rule, line and sentence."""
    facts = read_profile(parser, source, size=size, tick=lambda _rows: None)
    return described(facts, unit=unit, last=last, dictionary=dictionary)
