"""Synthetic copies: a pandas table of invented people or events, and what it does and does not preserve. Imported on first use."""

from __future__ import annotations

import io
import os
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

MARK = "synthetic_row"
NAMED = "SYNTHETIC"


class SyntheticFrame(pd.DataFrame):
    """A pandas table that remembers it is synthetic: ``report`` says what it preserves and what not to trust.

    Every file written from it says so in its name, by the column ``synthetic_row`` and, where the format has room, in its metadata.
    """

    _metadata = ["report"]  # noqa: RUF012 - pandas' own protocol: attributes that survive slicing

    report: dict[str, Any]

    @property
    def _constructor(self) -> type[SyntheticFrame]:
        return SyntheticFrame

    def to_csv(self, path_or_buf: Any = None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as pandas has it
        """As pandas, marked."""
        return self._marked().to_csv(marked_path(path_or_buf), *args, **kwargs)

    def to_parquet(self, path: Any = None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as pandas has it
        """As pandas, marked."""
        return self._marked().to_parquet(marked_path(path), *args, **kwargs)

    def to_json(self, path_or_buf: Any = None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as pandas has it
        """As pandas, marked."""
        return self._marked().to_json(marked_path(path_or_buf), *args, **kwargs)

    def to_excel(self, excel_writer: Any, *args: Any, **kwargs: Any) -> None:  # type: ignore[misc]  # noqa: ANN401 - as pandas has it
        """As pandas, marked."""
        self._marked().to_excel(marked_path(excel_writer), *args, **kwargs)

    def to_feather(self, path: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as pandas has it
        """As pandas, marked."""
        self._marked().to_feather(marked_path(path), *args, **kwargs)

    def to_pickle(self, path: Any, *args: Any, **kwargs: Any) -> None:  # type: ignore[misc]  # noqa: ANN401 - as pandas has it
        """As pandas, marked."""
        self._marked().to_pickle(marked_path(path), *args, **kwargs)

    def _marked(self) -> pd.DataFrame:
        """The plain table with its mark, put back where somebody dropped it."""
        plain = pd.DataFrame(self)
        if MARK not in plain.columns:
            plain.insert(0, MARK, range(1, len(plain) + 1))
        report = getattr(self, "report", None) or {}
        plain.attrs = {"watermark": report.get("watermark", NAMED), "seed": report.get("seed", ""), "version": report.get("version")}
        return plain

    def _repr_html_(self) -> str:
        report = getattr(self, "report", None) or {"watermark": "SYNTHETIC", "sentences": []}
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in report["sentences"])
        shown = pd.DataFrame(self.head(10)).to_html()
        doubts = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.get("do_not_trust", ()))
        warning = f"<p>Do not trust:</p><ul>{doubts}</ul>" if doubts else ""
        return f"<p><strong>{escape(report['watermark'])}</strong> {len(self):,} rows.</p>{shown}<ul>{sentences}</ul>{warning}"


def marked_path(place: Any) -> Any:  # noqa: ANN401 - as pandas has it
    """The path with SYNTHETIC in front of the file's name; anything that is no path (a buffer, nothing) as it is."""
    if not isinstance(place, str | os.PathLike):
        return place
    path = Path(place)
    return path if path.name.upper().startswith(NAMED) else path.with_name(f"{NAMED}-{path.name}")


def synthetic_frame(content: bytes, report: dict[str, Any]) -> SyntheticFrame:
    """Read the Parquet bytes of a copy and attach its report."""
    frame = SyntheticFrame(pq.read_table(io.BytesIO(content)).to_pandas())
    frame.report = report
    return frame
