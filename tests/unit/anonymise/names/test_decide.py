"""From chances to masked pieces and ranges."""

from __future__ import annotations

import numpy as np
import pytest

from enclave.anonymise.names.decide import masked, ranges
from enclave.anonymise.names.tokens import tokenize

THRESHOLDS = (0.5, 0.2, 0.9)


def cut(text: str, chances: dict[str, float]) -> list[str]:
    """What is masked when these words have these chances and all others none."""
    words, starts, ends = tokenize(text)
    given = dict(chances)
    chance = np.array([given.pop(word, 0.0) for word in words], np.float32)  # a word's first mention only
    return [text[start:end] for *_, start, end in ranges(words, starts, ends, next(masked([words], [chance], THRESHOLDS)))]


@pytest.mark.parametrize(
    ("text", "chances", "expected"),
    [
        ("saw Jo Lark today", {"Jo": 0.6, "Lark": 0.3}, ["Jo Lark"]),
        ("saw Jo then Lark", {"Jo": 0.6, "Lark": 0.3}, ["Jo"]),
        ("nobody at Lark", {"Lark": 0.3}, []),
        ("J. Lark came", {"J": 0.6, "Lark": 0.6}, ["J. Lark"]),
        ("Ann Lark-Reed's", {"Ann": 0.6, "Lark": 0.6, "Reed": 0.6}, ["Ann Lark-Reed"]),
        ("Maria de Souza", {"Maria": 0.6, "Souza": 0.6}, ["Maria de Souza"]),
        ("Jo, Lark", {"Jo": 0.6, "Lark": 0.6}, ["Jo", "Lark"]),
        ("Dr Lark came. Then Lark left, as did LARK and lark", {"Lark": 0.95}, ["Lark", "Lark", "LARK"]),
        ("Dr Lark came. Then Lark left", {"Lark": 0.8}, ["Lark"]),
        ("", {}, []),
    ],
)
def test_masking(text: str, chances: dict[str, float], expected: list[str]) -> None:
    assert cut(text, chances) == expected


def test_texts_read_together_do_not_touch() -> None:
    texts = [["saw", "Jo"], ["Lark", "left"], [], ["Lark"]]
    chance = [np.array(one, np.float32) for one in ([0, 0.95], [0.3, 0], [], [0.3])]
    assert list(masked(texts, chance, THRESHOLDS)) == [[1], [], [], []]
    assert list(masked([["saw", "Jo", "Lark", "left"]], [np.concatenate(chance[:2])], THRESHOLDS)) == [[1, 2]]
