"""Names and dates of birth (T14): found by titles, by pairs of common names and by runs of full dates that are no time line."""

from __future__ import annotations

import re
from itertools import pairwise

from enclave.egress_review.checks.identifiers import Hit
from enclave.egress_review.checks.words import listed

FEW_DATES = 5
LIFE_SPAN = 25
_TITLED = re.compile(r"\b(?:Mr|Mrs|Miss|Ms|Master|Mx)\.? (?:[A-Z]\.? ?)?[A-Z][a-z'-]{2,}\b")
_WORDS = re.compile(r"\b([A-Z][A-Za-z'-]+)\b(?=,? ([A-Z][A-Za-z'-]+)\b)")
_BORN = re.compile(r"\b(?:dob|d\.o\.b\.?|date of birth|born(?: on)?)\b\W{0,4}\d{1,4}[-/. ]\w{1,9}[-/. ]\d{2,4}", re.IGNORECASE)
_DATE = re.compile(r"(?<![\w-])(?:((?:19|20)\d\d)-\d\d-\d\d|\d\d?[/.]\d\d?[/.]((?:19|20)\d\d))(?![\w-])")
# Common first and last names of England and Wales (ONS name statistics), without those that are also places, months or words.
_FIRST = listed(
    "james john robert michael william david richard thomas paul mark daniel andrew stephen steven kevin brian george edward peter simon "
    "matthew anthony christopher joseph alan keith graham ian neil colin barry derek gary martin nigel philip raymond roger stuart trevor "
    "oliver jack harry noah arthur muhammad mohammed mohammad leo oscar archie joshua henry alfie charlie freddie lucas ethan samuel "
    "alexander benjamin adam liam ryan nathan callum connor kieran luke aaron jake lewis sean patrick darren jason lee craig wayne ahmed "
    "ali omar yusuf ibrahim mary patricia linda barbara elizabeth jennifer susan margaret dorothy karen nancy betty helen sandra donna "
    "carol ruth sharon michelle laura sarah kimberly deborah jessica angela melissa rebecca amanda stephanie julie christine catherine "
    "joanne joan jean janet alison gillian hilary jacqueline lesley lynn maureen pauline sheila tracey wendy zoe amelia olivia isla emily "
    "ava ella mia evie sophie chloe lucy hannah megan katie emma lauren holly bethany natasha gemma kelly leanne louise claire nicola "
    "rachel fatima aisha maryam zainab priya anjali"
)
_LAST = listed(
    "smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker roberts edwards hughes clarke jackson "
    "harris lewis martin cooper morris watson morgan baker harrison patel allen anderson phillips mitchell campbell james bennett cook "
    "carter richardson bailey collins shaw kelly murphy miller cox richards marshall ellis simpson rogers gray stevens adams hunt holmes "
    "mason palmer matthews griffiths gibson thomas rees powell fisher owen barker stewart mills knight webb lloyd dixon gill harvey "
    "butler foster ford hussain khan ahmed ali begum singh kaur shah akhtar mohammed iqbal malik chowdhury islam rahman robertson murray "
    "reid ross henderson ferguson macdonald mackenzie sullivan byrne doyle mccarthy gallagher doherty kennedy lynch"
)


def names(text: str) -> list[Hit]:
    """Where a title stands before a name, or a common first and last name side by side in either order."""
    hits = [Hit("T14h", match.start()) for match in _TITLED.finditer(text)]
    return hits + [
        Hit("T14h", match.start()) for match in _WORDS.finditer(text) if _is_pair(match.group(1).lower(), match.group(2).lower())
    ]


def births(text: str) -> list[Hit]:
    """Where a date is said to be one of birth, or where full dates run on without the order and spacing of a time line."""
    hits = [Hit("T14g", match.start()) for match in _BORN.finditer(text)]
    dates = list(_DATE.finditer(text))
    years = [int(date.group(1) or date.group(2)) for date in dates]
    different = len({date.group() for date in dates})
    if (
        different >= FEW_DATES
        and 5 * different >= 4 * len(dates)
        and max(years) - min(years) >= LIFE_SPAN
        and not _is_time_line(dates, years)
    ):
        hits.append(Hit("T14g", dates[0].start()))
    return hits


def is_name(cell: str) -> bool:
    """Whether a whole cell is one of the common first or last names, as in a column of them."""
    return cell.strip().lower() in _FIRST | _LAST


def _is_pair(one: str, other: str) -> bool:
    return (one in _FIRST and other in _LAST) or (one in _LAST and other in _FIRST)


def _is_time_line(dates: list[re.Match[str]], years: list[int]) -> bool:
    """In order, or all on the same day of the month."""
    days = {re.split(r"[/.-]", date.group())[2 if date.group(1) else 0] for date in dates}
    return len(days) == 1 or all(a <= b for a, b in pairwise(years)) or all(a >= b for a, b in pairwise(years))
