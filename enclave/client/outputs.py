"""Taking results out: submit files with context, read the findings, follow the request."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave.client.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd


class OutputRequest:
    """One request to take files out. ``status`` and ``findings`` are read afresh each time."""

    def __init__(self, connection: Connection, body: dict[str, Any]) -> None:
        self._connection = connection
        self._body = body
        self.id: int = body["id"]

    @property
    def status(self) -> str:
        """Where the request is, in words."""
        self.refresh()
        return str(self._body["words"])

    @property
    def findings(self) -> pd.DataFrame:
        """What the checks noticed: file, rule, where, how grave, what to do."""
        import pandas as pd

        columns = ["file", "rule", "where", "severity", "sentence", "remedy"]
        self.refresh()
        return pd.DataFrame(self._body["findings"], columns=columns)

    def refresh(self) -> OutputRequest:
        """Ask again how it stands."""
        self._body = self._connection.get(f"/api/egress/{self.id}")
        return self

    def __repr__(self) -> str:
        return f"Request {self.id}: {self._body['title']} – {self._body['words']}"

    def _repr_html_(self) -> str:
        lines = "".join(_line(one) for one in self._body["findings"])
        return f"<p>Request {self.id}: <strong>{escape(self._body['title'])}</strong> – {escape(self._body['words'])}</p><ul>{lines}</ul>"


def _line(one: dict[str, str]) -> str:
    place = ", ".join(filter(None, (one["file"], one["where"])))
    said = f"{escape(place)}: {escape(one['sentence'])} {escape(one['remedy'])}"
    return f"<li><strong>{escape(one['severity'])}</strong> {said} <small>[{escape(one['rule'])}]</small></li>"


class Egress:
    """``e.egress``: the one door out."""

    def __init__(self, connection: Connection, receipts: Callable[[], list[str]]) -> None:
        self._connection = connection
        self._receipts = receipts

    def submit(
        self,
        files: Sequence[str | Path],
        *,
        title: str,
        context: str,
        controls: str = "Only answers of the enclave, with their errors; nothing else was added.",
        receipts: Sequence[str] | None = None,
    ) -> OutputRequest:
        """Send files for review. ``context`` says what they show and for whom; ``controls`` what was done to keep people safe in them.

        The receipts of this session's answers go along, so that numbers the enclave made are recognised.
        """
        paths = [Path(file) for file in files]
        fields = {"title": title, "context": context, "controls": controls}
        fields["receipts"] = ",".join(self._receipts() if receipts is None else receipts)
        body = self._connection.send("/api/egress", fields, [(path.name, path.read_bytes()) for path in paths])
        return OutputRequest(self._connection, body)

    def list(self) -> pd.DataFrame:
        """Your project's requests, newest first."""
        import pandas as pd

        body = self._connection.get("/api/egress")
        return pd.DataFrame(body, columns=["id", "title", "state", "words", "submitted", "files"])

    def get(self, number: int) -> OutputRequest:
        """One request."""
        return OutputRequest(self._connection, self._connection.get(f"/api/egress/{number}"))
