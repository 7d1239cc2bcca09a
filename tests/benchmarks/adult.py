"""UCI Adult (CC BY 4.0) as a dataset of the enclave, and the total variation that the reference notes measured peers with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from enclave.privacy.relation import Table
from enclave.synthetic.rows import Cells
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit

FOLDER = Path(os.environ.get("ENCLAVE_DATA", "../shared/data")) / "adult"
RANGES = {"age": (0, 120), "hours_per_week": (0, 100), "capital_gain": (0, 99_999), "capital_loss": (0, 5_000)}
CUTS = {
    "age": [16, 20, *range(25, 91, 5)],
    "hours_per_week": [0, 10, 20, 30, 35, 39, 40, 45, 50, 60, 80, 99],
    "capital_gain": [0, 2_500, 5_000, 7_500, 10_000, 20_000, 99_999],
    "capital_loss": [0, 1_500, 1_750, 2_000, 2_500, 5_000],
}


class Adult:
    """Train and holdout parts, the public schema (its code books are the union of both), and the table for the engine."""

    def __init__(self) -> None:
        self.train, self.holdout = (
            pd.read_parquet(FOLDER / f"adult_{part}.parquet").drop(columns=["fnlwgt", "education_num"]) for part in ("train", "test")
        )
        whole = pd.concat([self.train, self.holdout])
        schema = TableSchema(
            name=DatasetName(agency="census", dataset="adult"),
            label="Adult",
            row="one person",
            unit=Unit.ROW,
            size=20_000,
            rows_per_person=1,
            columns=tuple(_column(str(name), whole[name]) for name in whole.columns),
        )
        self.table = Table(version=1, dataset=1, population=1, schema=schema)
        self.codes = _codes(self.train, schema)

    def arrow(self, columns: Sequence[str]) -> pa.RecordBatchReader:
        """The train part as physical integers."""
        arrays = {column.name: _physical(self.train[column.name], column) for column in self.table.schema.columns}
        rows = len(self.train)
        arrays |= {"person": pa.array(np.arange(rows)), "rank": pa.array(np.ones(rows, dtype=np.int64))}
        return pa.table(arrays).select(list(columns)).to_reader()

    def distances(self, frame: pd.DataFrame) -> list[float]:
        """Mean total variation to the train part over all columns, all pairs, and sixty triples."""
        codes, sizes = _codes(frame, self.table.schema), _sizes(self.table.schema)
        triples = list(combinations(sizes, 3))
        picked = [triples[place] for place in np.random.default_rng(0).permutation(len(triples))[:60]]
        groups = [[(name,) for name in sizes], list(combinations(sizes, 2)), picked]
        return [float(np.mean([_distance(self.codes, codes, names, sizes) for names in group])) for group in groups]

    def frame(self, cells: Sequence[Cells]) -> pd.DataFrame:
        """Synthetic cells as the original file would show them."""
        shown = {}
        for column, one in zip(self.table.schema.columns, cells, strict=True):
            words = np.array([category.code for category in column.categories], dtype=object)
            shown[column.name] = np.where(one.present, words[one.values], None) if column.kind is Kind.CATEGORY else one.values
        return pd.DataFrame(shown)


def income_auc(adult: Adult, frame: pd.DataFrame) -> float:
    """Gradient boosting trained on the frame to tell who earns over 50K, tested on the holdout: the area under its ROC curve."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    codes = {column.name: column for column in adult.table.schema.columns if column.kind is Kind.CATEGORY and column.name != "income"}

    def features(held: pd.DataFrame) -> pd.DataFrame:
        places = {name: _places(held[name], column) for name, column in codes.items()}
        return held[list(adult.train.columns.drop("income"))].assign(**places).astype(float)

    known = [name in codes for name in adult.train.columns.drop("income")]
    learner = HistGradientBoostingClassifier(random_state=0, categorical_features=known)
    learner.fit(features(frame), (frame["income"] == ">50K").to_numpy())
    held = adult.holdout
    return float(roc_auc_score((held["income"] == ">50K").to_numpy(), learner.predict_proba(features(held))[:, 1]))


def _column(name: str, values: pd.Series) -> Column:
    if name in RANGES:
        low, high = RANGES[name]
        return Column(name=name, label=name, kind=Kind.INTEGER, low=low, high=high, missing=False)
    codes = tuple(Category(code=code) for code in sorted(values.dropna().unique()))
    return Column(name=name, label=name, kind=Kind.CATEGORY, categories=codes, missing=bool(values.isna().any()))


def _places(values: pd.Series, column: Column) -> NDArray[np.int64]:
    return pd.Categorical(values, categories=[category.code for category in column.categories]).codes.astype(np.int64)


def _physical(values: pd.Series, column: Column) -> pa.Array:
    if column.kind is not Kind.CATEGORY:
        return pa.array(values.to_numpy(dtype=np.int64))
    places = _places(values, column)
    return pa.array(places, mask=places < 0)


def _codes(frame: pd.DataFrame, schema: TableSchema) -> dict[str, NDArray[np.int64]]:
    """The yardstick's bins: not ours."""
    found = {}
    for column in schema.columns:
        if column.name in CUTS:
            found[column.name] = np.searchsorted(CUTS[column.name], frame[column.name].to_numpy(dtype=np.int64), side="left")
        else:
            places = _places(frame[column.name], column)
            found[column.name] = np.where(places < 0, len(column.categories), places)
    return found


def _sizes(schema: TableSchema) -> dict[str, int]:
    categories = {column.name: len(column.categories) + 1 for column in schema.columns if column.name not in CUTS}
    return categories | {name: len(cuts) + 1 for name, cuts in CUTS.items()}


def _distance(
    one: Mapping[str, NDArray[np.int64]], two: Mapping[str, NDArray[np.int64]], names: Sequence[str], sizes: Mapping[str, int]
) -> float:
    shares = []
    for codes in (one, two):
        cell = np.zeros(len(codes[names[0]]), dtype=np.int64)
        for name in names:
            cell = cell * sizes[name] + codes[name]
        shares.append(np.bincount(cell, minlength=int(np.prod([sizes[name] for name in names]))) / len(cell))
    return float(np.abs(shares[0] - shares[1]).sum() / 2)
