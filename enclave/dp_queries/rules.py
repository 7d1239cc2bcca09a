"""Why a question is refused: numbered rules, each with what to do instead. A refusal here costs nothing and never looked at data."""

from __future__ import annotations

from enclave.terms.errors import ResearcherError

RULES: dict[str, tuple[str, str]] = {
    "Q-01": ("The question is longer than 10,000 characters.", "Ask something shorter."),
    "Q-02": ("This is not SQL the enclave can read{where}.", "Write SELECT … FROM agency.dataset, with WHERE and GROUP BY as you need."),
    "Q-03": ("Only one question at a time.", "Send one SELECT, without semicolons between statements."),
    "Q-04": ("Only SELECT is possible here: nothing can be changed or created.", "Ask with SELECT."),
    "Q-05": (
        "SELECT * would show rows, and rows never leave.",
        "Name what you want to count or average: SELECT COUNT(*) … GROUP BY a column.",
    ),
    "Q-06": ("{thing} is not something the enclave can answer yet.", "{instead}"),
    "Q-07": ("There is no column {column} in {dataset}.", "Its columns are: {columns}."),
    "Q-08": ("A question names its dataset as agency.dataset.", "Write FROM agency.dataset; e.datasets() lists yours."),
    "Q-09": (
        "{column} would show rows: it is neither counted nor grouped by.",
        "Put it in GROUP BY, or inside COUNT, SUM or AVG.",
    ),
    "Q-10": ("{value} is not a value that {column} can have.", "{allowed}"),
    "Q-11": ("{column} has too many different values to group by.", "{instead}"),
    "Q-12": ("{column} cannot be added up or averaged: it is {kind}.", "Count it, or group by it."),
    "Q-13": ("The answer would have {cells} cells; at most {most} are possible.", "Group by fewer or coarser columns."),
    "Q-14": ("The question counts nothing.", "Add COUNT(*), COUNT(DISTINCT person), SUM or AVG."),
    "Q-15": (
        "The condition is not one that can be decided for each row.",
        "Compare a column, or something computed from columns, with a value: age >= 18, or flag = TRUE.",
    ),
    "Q-16": (
        "Say how exact or how costly the answer should be, in one way.",
        "Give one of within=, rho= or epsilon=, a number above zero.",
    ),
    "Q-17": (
        "GROUP BY and SELECT do not name the same columns.",
        "Select every column you group by, and group by every column you select.",
    ),
    "Q-18": ("The question is nested too deeply or lists too many values.", "Ask something simpler."),
    "Q-19": ("Nobody may be singled out: person can only be counted.", "Use COUNT(DISTINCT person)."),
    "Q-20": ("That accuracy would cost more than any budget holds.", "Ask with a wider error: a larger within=."),
    "Q-21": (
        "A number in the question could become too large to count exactly, or has too many decimals.",
        "Use smaller numbers and six decimals at most, or bring a column to a range first: LEAST(GREATEST(cost, 0), 1000).",
    ),
    "Q-22": (
        "{dataset} is not about people: each row stands for itself.",
        "Join and group by person only datasets whose unit is a person; e.datasets() says which.",
    ),
    "Q-23": (
        "Datasets are joined on the person, and nothing else.",
        "Write JOIN agency.dataset AS b ON a.person = b.person, or USING (person); LEFT JOIN is possible too.",
    ),
    "Q-24": (
        "A question inside a question makes one line for each person.",
        "Write (SELECT person, COUNT(*) AS n FROM agency.dataset WHERE … GROUP BY person), or person IN (SELECT person FROM … WHERE …).",
    ),
    "Q-25": (
        "People cannot be added up over groups: one person may be in several.",
        "Ask COUNT(DISTINCT person) without ROLLUP, or count people from a question with one line for each person.",
    ),
    "Q-28": ("A median cannot be added up over groups.", "Ask for it without ROLLUP, once for each grouping."),
    "Q-31": (
        "Only one group may have too many values to show each, and without totals or medians.",
        "Name the values with WHERE column IN (…), or group by wider bins: FLOOR(column / 100).",
    ),
    "Q-32": (
        "{column} has {values} possible values, too many to show each, and the agreement allows no delta for showing those with many people.",
        "Name the values with WHERE {name} IN (…), or group by wider bins: FLOOR(column / 100).",
    ),
    "Q-30": ("A batch has one to fifty questions.", "Send them in several batches."),
    "Q-29": (
        "How exact a median will be depends on how close values lie together, which nobody may know beforehand.",
        "Say what it may cost, with rho= or epsilon=, or put a count first.",
    ),
    "Q-27": (
        "A percentage is of the expected size of a cell, so it fits counts only.",
        "Put a count first, or give within= in the unit of the first number.",
    ),
    "Q-26": ("{dataset} and {other} are about different populations.", "Ask about one after the other."),
}


def refusal(rule: str, **words: str) -> ResearcherError:
    """The refusal of that number, with its public words filled in."""
    sentence, instead = RULES[rule]
    blanks = {"where": "", "instead": ""} | words
    return ResearcherError(rule=rule, sentence=sentence.format(**blanks), instead=instead.format(**blanks))
