"""Every rule the checks know: how grave, what it says and how to mend it.

The jail sends back a rule's code, a place and whole numbers; the sentence is put together here. So a parser that a hostile file has taken
over cannot write sentences to a reviewer. Codes T, R and H follow the survey of output checking (tests of tables, of regressions, hidden
data); F is about the file itself, N about its name, P about receipts, X about checks that did not end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from enclave.terms.canonical import Json
from enclave.terms.submission import Finding, Severity

ACCEPTED = (
    "tables (.csv, .tsv), plain text (.txt, .md, .log, .tex, .bib), data as text (.json, .geojson), "
    "code (.py, .R, .sql) and pictures (.png, .jpg)"
)
# What a place may look like: public words, numbers of lines and columns, a harmless heading.
_PLACE = re.compile(r"[A-Za-z0-9 ,.;:()_%/+-]{0,160}")
_B, _W, _I = Severity.BLOCK, Severity.WARN, Severity.INFO


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. The sentence may name whole numbers in braces."""

    severity: Severity
    sentence: str
    remedy: str = ""


def _rule(severity: Severity, sentence: str, remedy: str = "") -> Rule:
    return Rule(severity=severity, sentence=sentence, remedy=remedy)


RULES: dict[str, Rule] = {
    # the file itself
    "F01": _rule(_B, "Files of this kind are not accepted yet.", f"Accepted are {ACCEPTED}; save the result as one of these."),
    "F02": _rule(_B, "The content is not what the file's ending says.", "Give the file the ending that fits what is in it."),
    "F03": _rule(
        _B,
        "Pickle and joblib files never leave: they run code when opened and can carry the training rows.",
        "Write the model's coefficients and scores into a CSV table instead.",
    ),
    "F04": _rule(_B, "Archives are not accepted: what is inside could not be reviewed.", "Submit the files one by one."),
    "F05": _rule(_B, "The picture cannot be decoded to its end.", "Save the figure again as PNG."),
    "F06": _rule(_B, "The text is not valid UTF-8.", "Save the file as UTF-8 (in Excel: CSV UTF-8)."),
    "F07": _rule(_B, "The text is too long for a person to read ({limit} characters at most).", "Submit the part that matters."),
    "F08": _rule(_B, "The picture has too many points ({limit} at most).", "Save the figure at a lower resolution."),
    "F09": _rule(_B, "The file is empty."),
    "F10": _rule(
        _B,
        "The file cannot be read to its end as what its ending says, in one way only.",
        "Save it again from a current program, or as CSV.",
    ),
    "F11": _rule(_B, "Some properties hold lists or objects, which nobody can review.", "Keep plain numbers and short words."),
    # names
    "N01": _rule(_B, "The file's name looks as if it held an identifier; it is shown by a number instead.", "Rename the file."),
    # hidden data
    "H01": _rule(
        _B,
        "There are {bytes} bytes that no viewer shows, after the end or between the parts of the picture.",
        "Save the figure again as PNG.",
    ),
    "H02": _rule(_B, "The picture carries text, metadata or parts that no viewer shows.", "Save the figure again as PNG without metadata."),
    "H03": _rule(_B, "The picture has invisible points with colours of their own.", "Save the figure on a white background."),
    "H04": _rule(_B, "There is content before, between or after the table, behind empty lines.", "One table per file, nothing else in it."),
    "H05": _rule(_B, "There are invisible or control characters.", "Remove them; plain letters, digits and signs are enough."),
    "H06": _rule(_B, "There is a long run of encoded characters that nobody can read.", "Leave encoded content out."),
    "H07": _rule(
        _B, "A cell starts like a formula, which a spreadsheet would run.", "Write the value, not a formula, or put an apostrophe first."
    ),
    "H08": _rule(
        _B, "The lines of the table have different numbers of cells.", "Write a plain table: the same number of cells in every line."
    ),
    "H09": _rule(_B, "A column has no heading or is empty and far from the others.", "Give every column a heading and leave no gaps."),
    "H10": _rule(_B, "A line contains a long stretch of blanks that pushes content out of sight.", "Remove the blanks."),
    "H11": _rule(_B, "A cell holds more than a table cell should: a line break or a very long text.", "Keep cells short, on one line."),
    "H12": _rule(_B, "The table can be read in two ways: cells contain another separator between numbers.", "Use one separator only."),
    "H13": _rule(_B, "The table cannot be read: quotation marks do not match.", "Write the table again with a CSV library."),
    "H14": _rule(_B, "There is markup that a browser could run.", "Write plain text."),
    "H15": _rule(
        _W, "Flat areas of the picture hold fine noise, which can carry hidden data.", "Save the figure again from the plotting library."
    ),
    "H16": _rule(_B, "Hundreds of empty lines hide what follows.", "Remove the empty lines."),
    "H17": _rule(_B, "Lines end in blanks that can carry hidden data.", "Remove the blanks at the ends of lines."),
    "H18": _rule(_W, "Words mix Latin letters with look-alikes of another alphabet.", "Write them with the letters of one alphabet."),
    "H25": _rule(_B, "There is something that is not on the list of what such a file may hold.", "Keep what the format itself defines."),
    # code
    "C01": _rule(
        _B,
        "The code contains data: {values} values written one after the other.",
        "Let the code read its data; a result goes as a table of its own.",
    ),
    "C01b": _rule(_W, "The code contains lists of values ({values} in all): they may be data.", "Keep parameters, take data out."),
    # places
    "G01": _rule(_B, "The map has {points} single points: an address or an event is one person's.", "Use areas with counts instead."),
    "G01b": _rule(_W, "The map has single points (how many: {points}).", "Use areas instead, unless the points are public places."),
    # tables
    "T01": _rule(
        _B,
        "Counts below {smallest} may not leave (found: {cells}).",
        "Combine groups or leave the cells out; numbers that come from answers need their receipt.",
    ),
    "T01b": _rule(
        _W, "Small whole numbers could be counts below {smallest} (found: {cells}).", "Name the column so that its meaning is plain."
    ),
    "T01c": _rule(_B, "The text states counts below {smallest} (found: {cells}).", "Say “fewer than {smallest}” instead."),
    "T04": _rule(
        _B,
        "Percentages with their base give away groups of fewer than {smallest} (found: {cells}).",
        "Combine groups, or leave out either the percentages or the bases.",
    ),
    "T04b": _rule(
        _W, "Percentages with their base may give away groups of fewer than {smallest} (found: {cells}).", "Check the numbers behind."
    ),
    "T07": _rule(_W, "A smallest or largest value often belongs to one person.", "Use percentiles such as 5 % and 95 % instead."),
    "T09": _rule(_I, "Numbers have more decimals than a reader can use.", "Round them."),
    "T10": _rule(
        _B,
        "The table has {rows} lines and looks like one line per person rather than a summary.",
        "Submit a summary with one line per group and the count behind it.",
    ),
    "T10b": _rule(_B, "The table has more than {limit} lines.", "Submit a summary that a person can read."),
    "T10c": _rule(_B, "A column looks like an identifier: a different code in every line.", "Leave the column out."),
    "T10d": _rule(_B, "The file is too large to be checked to its end.", "Submit a summary that a person can read."),
    "T10e": _rule(_B, "The table has more than {limit} columns.", "Submit a summary that a person can read."),
    "T14": _rule(_B, "This looks like an NHS number.", "Leave it out."),
    "T14b": _rule(_B, "This looks like a National Insurance number.", "Leave it out."),
    "T14c": _rule(_B, "This looks like a unique pupil number.", "Leave it out."),
    "T14d": _rule(_B, "This looks like a full postcode.", "Use an area of many households instead."),
    "T14e": _rule(_B, "This looks like an e-mail address.", "Leave it out."),
    "T14f": _rule(_B, "This looks like a telephone number.", "Leave it out."),
    "T14g": _rule(_B, "These look like dates of birth.", "Use age bands instead."),
    "T14h": _rule(_B, "These look like names of persons.", "Leave them out."),
    "T14i": _rule(_W, "This may be a person's name.", "Leave it out unless it is meant to be public."),
    "T14j": _rule(_B, "A column is free text, different in every line.", "Leave it out."),
    "T14k": _rule(_W, "A number is written like an NHS number, perhaps by chance.", "Round it."),
    "T14m": _rule(_B, "The heading says that a column holds identifiers of persons.", "Leave it out."),
    "T15": _rule(_W, "The table goes down to small areas.", "Use larger areas unless the agreement allows these."),
    "T16": _rule(_W, "The text quotes an error message of a program, which can contain rows.", "Leave error messages out."),
    # regressions
    "R01": _rule(_B, "The model has fewer than {limit} residual degrees of freedom.", "Use a smaller model or more observations."),
    # pictures
    "V01": _rule(
        _W, "The figure has {marks} or more small separate marks: perhaps one per person.", "Show a density or a summary instead."
    ),
    # receipts
    "P01": _rule(_I, "Every number comes from answers of this project, with receipts that hold."),
    "P02": _rule(
        _I, "Some numbers come from answers of this project, with receipts that hold (how many: {cells}); the others were checked as usual."
    ),
    "P03": _rule(_B, "A receipt named here does not hold.", "Ask the question again and name the new receipt."),
    "P04": _rule(
        _W, "Receipts were named, but no number of this file could be found in them.", "Keep the keys and headings of the answer."
    ),
    # the checks
    "X01": _rule(_B, "The checks did not come to an end on this file; what cannot be checked cannot leave.", "Submit a simpler file."),
    "X02": _rule(_B, "The stored file could not be read back unchanged.", "Withdraw the request and submit it again."),
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a check reports: a rule, a place and whole numbers; no value, no free text. Raises ``ValueError`` when it carries more."""

    rule: str
    where: str = ""
    numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rule not in RULES or not _PLACE.fullmatch(self.where):
            raise ValueError("not a rule or not a place")
        if any(type(number) is not int for number in self.numbers.values()):
            raise ValueError("a finding carries whole numbers only")

    def as_json(self) -> dict[str, Json]:
        """The form in which it leaves the jail."""
        return {"rule": self.rule, "where": self.where, "numbers": dict(self.numbers)}

    @classmethod
    def from_json(cls, body: object) -> Found:
        """Rebuild what came out of the jail; raises ``ValueError`` on anything that is not a finding."""
        if not isinstance(body, dict) or set(body) != {"rule", "where", "numbers"} or not isinstance(body["numbers"], dict):
            raise ValueError("not a finding")
        return cls(rule=str(body["rule"]), where=str(body["where"]), numbers=dict(body["numbers"]))

    def finding(self) -> Finding:
        """The finding for people; raises ``ValueError`` when a number that the sentence names is missing."""
        rule = RULES[self.rule]
        try:
            sentence, remedy = rule.sentence.format_map(self.numbers), rule.remedy.format_map(self.numbers)
        except KeyError as error:
            raise ValueError("a number is missing") from error
        return Finding(rule=self.rule, where=self.where, severity=rule.severity, sentence=sentence, remedy=remedy)
