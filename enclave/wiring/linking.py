"""Linking across files on the command line, without an installation: the same parser in the same jail, the same rule."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from enclave.adapters.keys import KeyFolder, LinkageKeys
from enclave.adapters.splink_door import by_splink
from enclave.anonymise.link_files.link import Links, Method, by_tokens, link_files
from enclave.anonymise.link_files.read import Source
from enclave.anonymise.linkage.clk import by_clk
from enclave.anonymise.ports import Parser
from enclave.wiring.offline import JAIL

METHODS: dict[str, Method] = {"tokens": by_tokens, "clk": by_clk, "splink": by_splink}


def link(
    files: Mapping[str, Path], *, keys: Path, method: str = "tokens", dates: Mapping[str, str] | None = None, parser: Parser = JAIL
) -> Links:
    """Link people across files, by agency. The folder of keys is made, for its owner alone, where there is none."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = LinkageKeys(KeyFolder(keys).key("linkage"))("offline")
    with ExitStack() as opened:
        sources = [
            Source(
                agency=agency, stream=opened.enter_context(path.open("rb")), size=path.stat().st_size, dates=(dates or {}).get(agency, "")
            )
            for agency, path in files.items()
        ]
        return link_files(sources=sources, key=key, parser=parser, method=METHODS[method])
