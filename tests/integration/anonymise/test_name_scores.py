"""The name finder's floors, inside the engine, on texts it was never trained on; and that training gives the same bytes again."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from deploy.names.corpora import Text
from enclave.anonymise.names.model import load
from enclave.anonymise.names.stored import SUMS, WEIGHTS, WORDS
from enclave.anonymise.text.redact import redact_many
from tests.benchmarks.scores_text import Score, score
from tests.deep import DEEP, draws
from tests.factories.held_out import HELD_OUT, knowing, sample, without_handles
from tests.factories.licensed import WIDER
from tests.factories.written_identifiers import KINDS, written

PROSE, TWEETS, TOO_MUCH, KNOWN, MISSPELT, STRUCTURED = 0.12, 0.20, 0.15, 0.03, 0.08, 0.01
_BY_FORM = re.compile(r"(?<!\w)@\w+|https?://\S+|www\.\S+")


def _scored(texts: list[Text], entity: str = "PERSON", **known: Any) -> Score:
    spans = redact_many([text.text for text in texts], names=load(), **known)
    return score(texts, [found.spans for found in spans], entity, by_form=_BY_FORM)


@pytest.mark.parametrize(("name", "most"), [("wikigold", PROSE), ("btc_a", TWEETS)])
def test_the_samples_floor(name: str, most: float) -> None:
    found = _scored(sample(name))
    assert found.labelled > 1_000
    assert found.leaked <= most
    assert found.wrongly <= TOO_MUCH


@pytest.mark.parametrize("name", HELD_OUT)
def test_the_corpora_floor(name: str) -> None:
    corpus: Callable[[], list[Text]] = HELD_OUT[name]
    texts = corpus()
    found = _scored(texts)
    assert found.leaked <= (PROSE if name == "wikigold" else TWEETS)
    assert _scored(without_handles(texts)).leaked <= TWEETS
    assert found.wrongly <= TOO_MUCH


@pytest.mark.parametrize("name", ["wikigold", "btc_a"])
def test_names_somebody_knows(name: str) -> None:
    texts = sample(name)
    for what, known in knowing(texts).items():
        assert _scored(texts, **known).leaked <= (MISSPELT if "misspelt" in what else KNOWN), what


@pytest.mark.parametrize("kind", KINDS)
def test_structured_identifiers_in_every_written_form(kind: str) -> None:
    assert _scored(written(kind, draws(150), seed=2), kind).leaked <= STRUCTURED


@pytest.mark.deep
@pytest.mark.skipif(not DEEP, reason="training again is part of make test-deep")
def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if not (WIDER / "deid").exists():
        pytest.skip("the corpora are not here: set ENCLAVE_DATA to the folder of test data")
    home = files("enclave.anonymise.names")
    with home.joinpath(WORDS).open("rb") as source, (tmp_path / WORDS).open("wb") as target:
        shutil.copyfileobj(source, target)
    script = Path(__file__).parents[3] / "deploy/names/train.py"
    subprocess.run([sys.executable, script, "--data", WIDER.resolve(), "--out", tmp_path], check=True, timeout=600, capture_output=True)
    assert (tmp_path / SUMS).read_text("ascii") == home.joinpath(SUMS).read_text("ascii")
    assert (tmp_path / WEIGHTS).read_bytes() == home.joinpath(WEIGHTS).read_bytes()
