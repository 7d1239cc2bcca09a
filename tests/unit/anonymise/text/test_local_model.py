"""A site's own model is a folder on this machine; a name that could be fetched from elsewhere is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from enclave.anonymise.text.local_model import local_model
from enclave.anonymise.text.redact import redact
from enclave.terms.errors import OperatorError


def test_a_pipeline_from_a_folder_finds_names(tmp_path: Path) -> None:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Zbigniew"}, {"label": "ORG", "pattern": "Acme"}])  # type: ignore[attr-defined]
    pipeline.to_disk(tmp_path)
    assert redact("told Zbigniew of Acme", names=local_model(tmp_path)).text == "told [PERSON] of Acme"


@pytest.mark.parametrize("name", ["en_core_web_lg", "dslim/bert-base-NER", "https://example.org/model"])
def test_a_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as refused:
        local_model(Path(name))
    assert refused.value.rule == "T-06"
    with pytest.raises(OperatorError):
        local_model(tmp_path, transformer=Path(name))
