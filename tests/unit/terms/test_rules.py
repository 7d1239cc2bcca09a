"""A rule's number means one thing: whoever looks it up finds one sentence."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
# The same thing said of different things: an upload or a version that is gone, a sandbox that does not start, one question asked by two roads.
SAID_IN_SEVERAL_WAYS = {"A-03", "A-04", "D-05", "E-08", "G-04", "I-04", "P-08", "Y-01"}


def sentences() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in (CHECKOUT / "enclave").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                said = {word.arg: word.value for word in node.keywords}
                rule, sentence = said.get("rule"), said.get("sentence")
                if isinstance(rule, ast.Constant) and isinstance(rule.value, str) and sentence is not None:
                    found[rule.value].add(_shape(sentence))
    return found


def _shape(sentence: ast.expr) -> str:
    """The words that stand there, without what is filled in."""
    parts = sentence.values if isinstance(sentence, ast.JoinedStr) else [sentence]
    return " ".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


def test_a_number_has_one_sentence() -> None:
    found = sentences()
    assert len(found) > 150
    assert {rule: said for rule, said in found.items() if len(said) > 1 and rule not in SAID_IN_SEVERAL_WAYS} == {}


def test_the_exceptions_are_still_exceptions() -> None:
    found = sentences()
    assert all(len(found[rule]) > 1 for rule in SAID_IN_SEVERAL_WAYS)
