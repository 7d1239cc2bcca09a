"""Synthetic copies: a pandas table of invented people or events, and what it does and does not preserve. Imported on first use."""

from __future__ import annotations

import io
from html import escape
from typing import Any

import pandas as pd
import pyarrow.parquet as pq


class SyntheticFrame(pd.DataFrame):
    """A pandas table that remembers it is synthetic: ``report`` says what it preserves and what not to trust."""

    _metadata = ["report"]  # noqa: RUF012 - pandas' own protocol: attributes that survive slicing

    report: dict[str, Any]

    @property
    def _constructor(self) -> type[SyntheticFrame]:
        return SyntheticFrame

    def _repr_html_(self) -> str:
        report = getattr(self, "report", None) or {"watermark": "SYNTHETIC", "sentences": []}
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in report["sentences"])
        shown = pd.DataFrame(self.head(10)).to_html()
        doubts = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.get("do_not_trust", ()))
        warning = f"<p>Do not trust:</p><ul>{doubts}</ul>" if doubts else ""
        return f"<p><strong>{escape(report['watermark'])}</strong> {len(self):,} rows.</p>{shown}<ul>{sentences}</ul>{warning}"


def synthetic_frame(content: bytes, report: dict[str, Any]) -> SyntheticFrame:
    """Read the Parquet bytes of a copy and attach its report."""
    frame = SyntheticFrame(pq.read_table(io.BytesIO(content)).to_pandas())
    frame.report = report
    return frame
