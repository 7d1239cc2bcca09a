"""Why a file is not taken: one numbered rule, one sentence with the line, one thing to do instead. Never a value of the data.

Headers are not quoted either: in a file without a header line the first line is a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError

ENCODINGS = ("UTF-8", "UTF-16", "Windows-1252")
_SAVE_AGAIN = "Save the table again as CSV in UTF-8 and upload that file."

# rule: (sentence, instead). ``{line}`` is a line of a CSV file or a row of a Parquet file; other fields are counts.
RULES: dict[str, tuple[str, str]] = {
    "U-01": ("The file is empty.", "Export the table again."),
    "U-02": ("The file is neither CSV nor Parquet.", "Export the table as CSV (in UTF-8) or as Parquet, not compressed."),
    "U-03": ("Line {line} holds a NUL byte, which no text has.", _SAVE_AGAIN),
    "U-04": ("Line {line} holds bytes that do not fit the file's encoding ({encoding}).", _SAVE_AGAIN),
    "U-05": ("The last row, at line {line}, stops short: the file may have been cut.", "Export the file again, whole."),
    "U-06": ("Line {line} does not show which character separates the columns.", "Separate columns by one of comma, semicolon, tab or |."),
    "U-07": ("Line {line} has {found} columns where the header has {expected}.", "Mend that line at its source and export again."),
    "U-08": ("A quote that opens in line {line} is never closed: the file may be cut short.", "Export the file again, whole."),
    "U-09": ("In the row at line {line} something follows a closing quote.", "Write a quote inside a quoted cell twice."),
    "U-10": ("Line {line} has a cell of more than 64 KiB, or a quote that is not closed.", "Shorten the cell or mend the quote."),
    "U-11": ("The row at line {line} is longer than 1 MiB.", "Mend that row at its source and export again."),
    "U-12": ("The file has {found} columns; {expected} is the most.", "Leave out columns nobody will need."),
    "U-13": ("Column {column} has no name in line {line}.", "Give every column a name in the first line."),
    "U-14": ("Columns {column} and {other} have the same name.", "Give every column a name of its own; capitals make no difference."),
    "U-15": ("Line {line} looks like data, not like column names (column {column}).", "Add a first line with a name for every column."),
    "U-16": ("The name of column {column} is longer than 200 characters or has characters that cannot be shown.", "Give it a short name."),
    "U-17": ("The file has column names but no rows.", "Export the table with its rows."),
    "U-18": (
        "{rejected} of the file's {rows} rows cannot be read: it is not a table with these columns.",
        "Check that the first line names the columns and that all rows are separated alike.",
    ),
    "U-19": ("Line {line} follows a quote that could not be placed, so it was not read.", "Mend the quote before it."),
    "U-20": ("The Parquet file is damaged or cut short.", "Export the table again."),
    "U-21": (
        "Column {column} of the Parquet file holds lists, structures or bytes.",
        "Keep plain columns of text, numbers, dates and yes/no.",
    ),
    "U-22": ("The Parquet file claims more rows than a file of its size can hold.", "Export the table again, or as CSV."),
    "U-23": (
        "A row group of the Parquet file has {found} MiB; 256 is the most.",
        "Write smaller row groups (128 MiB is usual), or export the table as CSV.",
    ),
    "U-25": (
        "The row groups of the Parquet file do not stand in its order, so it cannot be read as it arrives.",
        "Write the file anew with any usual tool, or export the table as CSV.",
    ),
    "U-24": ("Row {line} of the Parquet file holds text that is not text.", "Export the table again."),
    "U-30": ("Reading the file took longer than allowed.", "Split the file, or ask the operator."),
    "U-31": ("Reading the file took more memory than allowed.", "Split the file, or export it as CSV."),
    "U-32": ("The file could not be read safely.", _SAVE_AGAIN),
    "U-33": ("The stored file is not the one that was looked at.", "Upload it again."),
    "U-34": (
        "The values declared for column {column} contain something that looks like {entity}.",
        "Declared values become public: list categories only.",
    ),
    "U-37": ("The dates of column {column} have no usable format.", "Write it like %d/%m/%Y."),
    "U-46": (
        "Free text can be read for what it mentions only inside the enclave, where somebody reads a sample of it first.",
        "Drop the text column in this plan.",
    ),
    "U-41": (
        "{rejected} of the file's {rows} rows cannot be read, more than was declared to be left out.",
        "Mend them at their source, or declare that the file may be published without them.",
    ),
    "U-39": (
        "The rows of the open version have no place in the columns as they are declared now.",
        "Keep the same columns; bounds may widen and lists may grow.",
    ),
    "U-50": (
        "The prepared file still held something that says who somebody is, so it was destroyed.",
        "Tell the operator: this should never happen. Then drop more columns and upload the file again.",
    ),
    "U-63": (
        "The dates of this dataset were moved in another way when its first rows came in.",
        "Move the same columns by the same most days as before: distances between old and new dates would be wrong.",
    ),
    "U-60": (
        "Column {column} has none of the names that a column of a list may have.",
        "Use the names of the example, such as nhs_number, forename, surname, date_of_birth, postcode.",
    ),
    "U-62": ("Lines of the list that cannot be read: {rejected}.", "Mend them: whoever stands in them would be forgotten."),
    "U-61": (
        "No line of the list says well enough whom it means.",
        "Give a number, an e-mail address, a mobile telephone, or names with a date of birth, postcode, address or town.",
    ),
    "U-51": ("The birth dates of column {column} have no form that is known.", "Write them like 2001-12-31, or say how they are written."),
    "U-52": (
        "The birth dates of column {column} may be day first or month first: no day is above twelve.",
        "Say how they are written, for example --dates NAME=%d/%m/%Y.",
    ),
    "U-53": ("No column of the file says who a row is about.", "Name the columns that hold names, dates of birth, addresses or numbers."),
    "U-54": (
        "{rejected} rows of the file cannot be read, so the numbers of the others would be wrong.",
        "Scan the file and mend those rows.",
    ),
    "U-35": ("No row says well enough whom it is about.", "Name the columns that hold names and dates of birth, or identifying numbers."),
    "T-01": ("Line {line} is not a JSON object with an id and a text.", 'Write every line as {"id": "1", "text": "…"}.'),
    "T-02": ("Line {line} is longer than 16 MiB.", "Cut the text into several."),
    "T-03": (
        "The file of known identifiers is neither a table, nor a JSON list, nor a list of lines in UTF-8.",
        "Save it as CSV in UTF-8.",
    ),
    "T-04": ("The file of known identifiers holds more than two million forms.", "Redact the texts in parts, each with its own people."),
    "T-05": ("A text could not be read safely.", "Redact the texts in smaller files to find which one, and leave it out."),
}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One refusal. ``line`` is ``None`` where the whole file is meant; ``counts`` fills the sentence: numbers and our own words only."""

    rule: str
    line: int | None = None
    counts: tuple[tuple[str, int | str], ...] = ()

    def __post_init__(self) -> None:
        RULES[self.rule][0].format(line=self.line, **dict(self.counts))

    @property
    def sentence(self) -> str:
        """What is wrong."""
        return RULES[self.rule][0].format(line=self.line, **dict(self.counts))

    @property
    def instead(self) -> str:
        """What to do about it."""
        return RULES[self.rule][1]

    def as_json(self) -> dict[str, Json]:
        """The form people and programs read."""
        return {"line": self.line, "rule": self.rule, "sentence": self.sentence, "instead": self.instead}

    def as_wire(self) -> dict[str, Json]:
        """The form in which the jail says it: no sentence, because whoever reads hostile files does not get to write sentences."""
        return {"rule": self.rule, "line": self.line, "counts": dict(self.counts)}

    @classmethod
    def from_wire(cls, body: Json) -> Refusal:
        """Rebuild what the jail said. Raises ``ValueError`` or ``KeyError`` where it is not made of our rules, numbers and words."""
        if not isinstance(body, dict) or not isinstance(counts := body.get("counts"), dict):
            raise ValueError("not a refusal")
        line = body["line"]
        return cls(
            rule=str(body["rule"]),
            line=None if line is None else _count(line),
            counts=tuple((name, value if value in ENCODINGS else _count(value)) for name, value in counts.items()),
        )


class FileRefusedError(AgencyError):
    """The file is not taken; the agency can mend it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(rule=why.rule, sentence=why.sentence, instead=why.instead, details={"line": why.line})
        self.why = why


def refuse(rule: str, *, line: int | None = None, **counts: int | str) -> FileRefusedError:
    """The exception of that rule, to be raised."""
    return FileRefusedError(Refusal(rule=rule, line=line, counts=tuple(counts.items())))


def _count(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ValueError("a count is needed")
    return value
