"""LaTeX, roughly as it is printed: cells set apart by bars, rules as rulers, and what stands in a command's braces without the command.

Line by line, so that a finding is where the author wrote it. What stands in macros of the author's own is for the reviewers to read.
"""

from __future__ import annotations

import re

DEEPEST = 5
_SPANS = re.compile(r"\\multi(?:column|row)\*?(?:\[[^\]\n]{0,80}\])?\{[^{}\n]{0,80}\}\{[^{}\n]{0,80}\}")
_COMMAND = re.compile(r"\\(?!begin\b|end\b)[A-Za-z]+\*?(?:\[[^\]\n]{0,80}\])?\{([^{}\n]*)\}")
_RULES = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|(?:cline|cmidrule)(?:\([^)\n]{0,20}\))?\{[^{}\n]{0,20}\})")
_ONLY_RULES = re.compile(r"^[ \t]*(?:@RULE@[ \t]*)+$", re.MULTILINE)
_END = re.compile(r"\\\\\*?(?:\[[^\]\n]{0,80}\])?|\\tabularnewline\b")
_CELLS = re.compile(r"(?<!\\)&")
_SPACE = re.compile(r"\\[,;:! ]|~|\{\}|\$|[{}]")


def as_printed(text: str) -> str:
    """The text with the same lines."""
    text = _RULES.sub("@RULE@", _END.sub("", _SPANS.sub("", text)))
    for _ in range(DEEPEST):
        text = _COMMAND.sub(r"\1", text)
    text = _ONLY_RULES.sub("---", text).replace("@RULE@", " ")
    return _SPACE.sub("", _CELLS.sub("|", text))
