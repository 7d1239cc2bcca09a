"""What a researcher sees with a copy: how it was made, what it cost, what it can be trusted with and what not.

A function of public facts and the noised tables. Measures of likeness to the real rows (quality scores, distances, attacks) are not
differentially private and never appear here.
"""

from __future__ import annotations

from dataclasses import dataclass

from enclave.synthetic.noised import Noised
from enclave.synthetic.trust import Trust, error_of_total, trust_in
from enclave.terms.canonical import Json
from enclave.terms.loss import REPORT_DELTA, PrivacyLoss
from enclave.terms.schema import TableSchema, Unit

FORMAT = "enclave-synthetic-report/1"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What travels with a copy. ``describes`` is how many rows the noised counts add up to, with its 95 % half-width; for a structure-only
    copy there is none, and no loss and no receipt either."""

    schema: TableSchema
    version: int
    method: str
    watermark: str
    rows: int
    loss: PrivacyLoss
    describes: tuple[int, int] | None
    columns: tuple[Trust, ...]
    pairs: tuple[Trust, ...]
    receipt: dict[str, Json]
    seed: str

    @property
    def unmeasured(self) -> int:
        """How many pairs of columns were not measured."""
        columns = len(self.schema.columns)
        return columns * (columns - 1) // 2 - len(self.pairs)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The report in plain words."""
        if self.describes is None:
            return (self.watermark, "Its columns, codes and ranges are real; every value is drawn evenly and at random. It cost nothing.")
        total, error = self.describes
        return (
            self.watermark,
            f"It cost a privacy loss of {self.loss.text} (epsilon {self.loss.epsilon():.2f} at delta {REPORT_DELTA:g}). {self.schema.protects}",
            f"It was drawn from noised counts of about {total:,} rows (± {error:,}){_bounded(self.schema)}.",
            f"Measured: every column by itself and {len(self.pairs)} of {len(self.pairs) + self.unmeasured} pairs of columns.",
        )

    @property
    def do_not_trust(self) -> tuple[str, ...]:
        """What not to conclude from the copy."""
        if self.describes is None:
            return ("Anything but the structure: no frequency, no relation and no missing value here was measured.",)
        noisy = [" × ".join(trust.columns) for trust in (*self.columns, *self.pairs) if trust.noisy]
        grouped = [trust.columns[0] for trust in self.columns if trust.grouped]
        return tuple(
            sentence
            for sentence in (
                f"Relations of the {self.unmeasured} pairs that were not measured: the copy guesses them." if self.unmeasured else "",
                "Relations of three or more columns at once.",
                "Anything about the same person twice: each row stands alone." if self.schema.unit is Unit.PERSON else "",
                "Rare values, extremes, and any count smaller than the error given for its column or pair.",
                f"Where noise outweighs detail: {', '.join(noisy)}." if noisy else "",
                f"Single values within the bins of {', '.join(grouped)}: they are spread evenly." if grouped else "",
                "Any result you want to publish: ask the real data the same question with e.query(...).",
            )
            if sentence
        )

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {
            "format": FORMAT,
            "dataset": str(self.schema.name),
            "version": self.version,
            "method": self.method,
            "watermark": self.watermark,
            "rows": self.rows,
            "seed": self.seed,
            "loss": self.loss.text,
            "epsilon": round(self.loss.epsilon(), 4),
            "delta": REPORT_DELTA,
            "protects": self.schema.protects,
            "unit": self.schema.unit.value,
            "rows_per_person": self.schema.rows_per_person,
            "describes": {"rows": self.describes[0], "half_width": self.describes[1]} if self.describes else None,
            "columns": [trust.as_json() for trust in self.columns],
            "pairs": [trust.as_json() for trust in self.pairs],
            "unmeasured_pairs": self.unmeasured,
            "sentences": list(self.sentences),
            "do_not_trust": list(self.do_not_trust),
            "receipt": self.receipt,
        }


def report_on(*, schema: TableSchema, version: int, noised: Noised, rows: int, receipt: dict[str, Json], seed: str) -> Report:
    """The report on a fitted copy; its loss is what the receipt says was paid."""
    total = max(noised.total, 0.0)
    return Report(
        schema=schema,
        version=version,
        method="graph of noised tables of pairs",
        watermark=watermark(schema, version),
        rows=rows,
        loss=PrivacyLoss(rho=_amount(receipt["rho"]), delta=_amount(receipt["delta"])),
        describes=(round(total), round(error_of_total(noised.columns))),
        columns=tuple(trust_in(table, rows=total) for table in noised.columns),
        pairs=tuple(trust_in(table, rows=total) for table in noised.pairs),
        receipt=receipt,
        seed=seed,
    )


def watermark(schema: TableSchema, version: int, *, structure_only: bool = False) -> str:
    """The line that every synthetic table carries."""
    made = "invented from the public schema alone" if structure_only else "drawn from noised counts"
    return f"SYNTHETIC: no row here is a real record; {made} of {schema.name}, version {version}."


def _bounded(schema: TableSchema) -> str:
    if schema.unit is Unit.ROW:
        return ""
    return f": at most {schema.rows_per_person} rows of each person, chosen at random, so people with more rows count less than in the data"


def _amount(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a receipt counts its loss in whole units")
    return value
