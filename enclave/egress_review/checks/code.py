"""Programs as text (.py, .R, .sql, code cells): journals want them. Data written into the program is not part of it.

Words and small numbers mean nothing in code (``head(n=5)``), so the rules for counts in sentences are not asked here; identifiers are.
"""

from __future__ import annotations

import re
from collections import Counter

from enclave.egress_review.checks.identifiers import identifiers
from enclave.egress_review.checks.persons import births, names
from enclave.egress_review.checks.words import fold, line_of, lines_in_words, unseen
from enclave.egress_review.rules import Found

LONGEST = 400_000
SOME, MANY = 6, 50
FEW_PEOPLE = 3
SOME_ALIKE, MANY_ALIKE = 50, 200
_WORD = re.compile(r"\w+")
_NUMBER = r"(?<![\d.])[-+]?\d[\d_.eE+-]{0,60}+L?"
_LITERAL = rf"(?:'[^'\n]{{0,200}}'|\"[^\"\n]{{0,200}}\"|{_NUMBER}|NULL|None|NA|True|False|TRUE|FALSE)"
# Every repetition is bounded and gives nothing back: what is made to be slow is not.
_AROUND = r"[\s()\[\]{}]{0,40}+"
_NEXT = rf"{_AROUND}[,;:]{_AROUND}(?:c\(|\#[^\n]{{0,200}}+\n)?{_AROUND}{_LITERAL}"
_RUN = re.compile(rf"{_LITERAL}(?:{_NEXT}){{{SOME - 1},}}+")
_EACH = re.compile(_LITERAL)
# A block of text that holds a table: lines with the same separators.
_BLOCK = re.compile(r'("""|\'\'\')(.*?)\1', re.DOTALL)
_CELL = r"[ \t]{0,20}-?\d[\d.]{0,40}[ \t]{0,20}"
_ROWS = re.compile(rf"^[^\n]{{0,200}}?[,;\t]{_CELL}(?:[,;\t][^\n]*)?$|^{_CELL}[,;\t][^\n]*$", re.MULTILINE)


def check_code(text: str) -> list[Found]:
    """The findings of a program's text."""
    if len(text) > LONGEST:
        return [Found(rule="F07", numbers={"limit": LONGEST})]
    folded = fold(text)
    found = unseen(text) + _literals(folded) + _alike(folded)
    lines: dict[str, list[int]] = {}
    for hit in (*identifiers(folded), *births(folded)):
        lines.setdefault(hit.rule, []).append(line_of(folded, hit.position))
    people = sorted({line_of(folded, hit.position) for hit in names(folded)})
    if len(people) >= FEW_PEOPLE:  # one or two are authors
        lines["T14h"] = people
    return found + [Found(rule=rule, where=lines_in_words(where)) for rule, where in lines.items()]


def _literals(text: str) -> list[Found]:
    """Runs of literals, and tables inside long strings: the more there are, the less they are parameters."""
    runs = [(len(_EACH.findall(one.group())), line_of(text, one.start())) for one in _RUN.finditer(text)]
    runs += [(len(_ROWS.findall(one.group(2))), line_of(text, one.start())) for one in _BLOCK.finditer(text)]
    long = [(count, line) for count, line in runs if count >= SOME]
    if not long:
        return []
    total = sum(count for count, _ in long)
    rule = "C01" if total >= MANY else "C01b"
    return [Found(rule=rule, where=lines_in_words([line for _, line in long]), numbers={"values": total})]


def _alike(text: str) -> list[Found]:
    """Lines of one shape with other words and numbers in them: one statement for each row is a table, too."""
    shapes = Counter(_WORD.sub("w", line.strip()) for line in text.split("\n") if any(letter.isdigit() for letter in line))
    most = max(shapes.values(), default=0)
    if most < SOME_ALIKE:
        return []
    return [Found(rule="C01" if most >= MANY_ALIKE else "C01b", numbers={"values": most})]
