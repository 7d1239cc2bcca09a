"""What is this column? Decided from counts over every cell, from its name and from its neighbours; rules in order, the first that fits.

Content beats names where it is unmistakable; a name beats content where content is ambiguous; what is neither understood nor repetitive
counts as identifying. The class is for the agency's eyes: nothing becomes public by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enclave.anonymise.column_class import BARE_NAME, IDENTIFYING, NAMES, OF_A_RECORD, ColumnClass
from enclave.anonymise.entities import Entity, Shape
from enclave.anonymise.facts import ColumnFacts
from enclave.anonymise.headers import words


@dataclass(frozen=True, kw_only=True)
class Classified:
    """A column's class and why; ``stray`` counts cells of a column that is not identifying which hold an identifier all the same."""

    facts: ColumnFacts
    kind: ColumnClass
    reason: str
    stray: dict[Entity, int]


Test = Callable[[ColumnFacts], bool]


@dataclass(frozen=True, kw_only=True)
class _Rule:
    kind: ColumnClass
    reason: str
    name: re.Pattern[str] | None = None
    test: Test

    def fits(self, header: str, facts: ColumnFacts) -> bool:
        return (self.name is None or self.name.search(header) is not None) and self.test(facts)


def classify(columns: Sequence[ColumnFacts]) -> list[Classified]:
    """The class of every column of one file."""
    found = [_classify(facts) for facts in columns]
    return [_beside_a_name(one, found) for one in found]


def _classify(facts: ColumnFacts) -> Classified:
    header = words(facts.header)
    rule = next(rule for rule in _RULES if rule.fits(header, facts))
    return _classified(facts, rule.kind, rule.reason)


def _classified(facts: ColumnFacts, kind: ColumnClass, reason: str) -> Classified:
    return Classified(facts=facts, kind=kind, reason=reason, stray={} if kind in IDENTIFYING else dict(facts.found))


def _beside_a_name(one: Classified, all_columns: Sequence[Classified]) -> Classified:
    """A column called just "name" or "last" is a person's beside a forename or a date of birth, an organisation's elsewhere."""
    header = words(one.facts.header)
    kinds = {other.kind for other in all_columns}
    if one.kind is ColumnClass.CATEGORY and BARE_NAME.search(header) and kinds & _PERSONAL:
        return _classified(one.facts, ColumnClass.FULL_NAME, "A name beside other details of a person.")
    return one


_PERSONAL = frozenset({ColumnClass.FORENAME, ColumnClass.SURNAME, ColumnClass.BIRTH_DATE, ColumnClass.NHS_NUMBER, ColumnClass.ADDRESS})


# What the tests below ask -----------------------------------------------------------------------------------------------------------


def _mostly(thing: Entity | Shape, least: float) -> Test:
    return lambda facts: facts.share(thing) >= least


def _wordy(facts: ColumnFacts) -> bool:
    return facts.share(Shape.INTEGER) < 0.5 and facts.share(Shape.DECIMAL) < 0.5 and facts.dated < 0.5 and facts.longest <= 80


def _at_least(length: int) -> Test:
    return lambda facts: facts.longest >= length


def _few(facts: ColumnFacts) -> bool:
    return not facts.many and facts.distinct <= max(60, facts.filled // 20) and facts.distinct <= 2_000


def _is_date(facts: ColumnFacts) -> bool:
    """Dates with separators need no other sign; eight bare digits do."""
    return facts.dated >= 0.6 and facts.share(Shape.INTEGER) < 0.5


def _yes_no(facts: ColumnFacts) -> bool:
    return facts.share(Shape.YES_NO) >= 0.98 and facts.distinct <= 6 and facts.share(Shape.INTEGER) < 0.02


def _own_number(facts: ColumnFacts) -> bool:
    """Long whole numbers that hardly repeat: a key, not a measure."""
    long = facts.shortest >= 8 and facts.share(Shape.INTEGER) >= 0.9 and facts.share(Shape.DECIMAL) >= 0.9
    return long and (facts.many or facts.distinct >= 0.2 * facts.filled) and not _few(facts)


def _own_reference(facts: ColumnFacts) -> bool:
    return facts.share(Shape.REFERENCE) >= 0.6 and not _few(facts) and (facts.many or facts.distinct > 0.2 * facts.filled)


def _short_code(facts: ColumnFacts) -> bool:
    return facts.longest <= 5 and not facts.many and facts.distinct <= 0.5 * facts.filled and facts.share(Shape.DECIMAL) < 0.5


def _names(shape: Shape) -> Test:
    return lambda facts: facts.share(Shape.NAME) >= 0.8 and facts.share(shape) >= 0.4 and (facts.many or facts.distinct >= 20)


def _people(facts: ColumnFacts) -> bool:
    return facts.found.get(Entity.PERSON, 0) >= 0.3 * facts.filled and facts.longest <= 80 and not _few(facts)


def _prose(facts: ColumnFacts) -> bool:
    return (facts.share(Shape.PROSE) >= 0.2 or facts.longest > 100) and not _few(facts)


def _remarks(facts: ColumnFacts) -> bool:
    return facts.longest > 15 and not _numeric(facts) and (facts.many or 5 * facts.distinct > facts.filled)


def _numeric(facts: ColumnFacts) -> bool:
    return facts.share(Shape.DECIMAL) >= 0.9


_K = ColumnClass
_SAYS = "Its name says so."
_LOOKS = "Most of its cells have that form."
_BOTH = "Its name says so and its cells agree."


def _looks(kind: ColumnClass, test: Test, reason: str = _LOOKS) -> _Rule:
    return _Rule(kind=kind, reason=reason, test=test)


def _named(kind: ColumnClass, test: Test, reason: str = _SAYS) -> _Rule:
    return _Rule(kind=kind, reason=reason, name=NAMES[kind], test=test)


_RULES: tuple[_Rule, ...] = (
    # Unmistakable content.
    _looks(_K.NHS_NUMBER, _mostly(Entity.UK_NHS, 0.6)),
    _looks(_K.UPN, _mostly(Entity.UK_UPN, 0.6)),
    _looks(_K.NINO, _mostly(Entity.UK_NINO, 0.6)),
    _looks(_K.EMAIL, _mostly(Entity.EMAIL_ADDRESS, 0.5)),
    _looks(_K.POSTCODE, _mostly(Entity.UK_POSTCODE, 0.5)),
    _named(_K.SEX, _few, _BOTH),
    _looks(_K.YES_NO, _yes_no, "Every cell is yes or no."),
    # The name says who somebody is, and the cells do not contradict it.
    _named(_K.NHS_NUMBER, _at_least(9), _BOTH),
    _named(_K.NINO, _at_least(8)),
    _named(_K.UPN, _at_least(6)),
    _named(_K.BIRTH_DATE, _at_least(4)),
    _named(_K.FULL_NAME, _wordy),
    _named(_K.FORENAME, _wordy),
    _named(_K.SURNAME, _wordy),
    _named(_K.EMAIL, _at_least(6)),
    _named(_K.PHONE, _at_least(7)),
    _named(_K.POSTCODE, _at_least(2)),
    _named(_K.ADDRESS, _at_least(3)),
    _named(_K.CRIME_REFERENCE, _at_least(4)),
    _named(_K.LOCAL_NUMBER, _at_least(2)),
    _named(_K.PERSON_KEY, _at_least(2)),
    _Rule(kind=_K.PERSON_KEY, reason="A number of the record.", name=OF_A_RECORD, test=_at_least(4)),
    # Content that is nearly unmistakable.
    _looks(_K.PERSON_KEY, _mostly(Shape.UUID, 0.5), "Its cells are long random keys."),
    _looks(_K.GEOGRAPHY, _mostly(Shape.ONS_CODE, 0.6), _BOTH),
    _looks(_K.PHONE, _mostly(Entity.PHONE_NUMBER, 0.6)),
    _looks(_K.CRIME_REFERENCE, _mostly(Entity.CRIME_REFERENCE, 0.6)),
    _looks(_K.EMPTY, lambda facts: not facts.filled, "Every cell is empty."),
    _looks(_K.EVENT_DATE, _is_date),
    _named(_K.EVENT_DATE, lambda facts: facts.dated >= 0.2, _BOTH),
    _named(_K.GEOGRAPHY, _at_least(1)),
    _named(_K.YES_NO, lambda facts: facts.share(Shape.YES_NO) >= 0.98 and facts.distinct <= 2, _BOTH),
    _looks(_K.FULL_NAME, _people, "Many cells hold a forename and a surname."),
    _looks(_K.FORENAME, _names(Shape.FORENAME), "Many cells are common forenames."),
    _looks(_K.SURNAME, _names(Shape.SURNAME), "Many cells are common surnames."),
    _looks(_K.ADDRESS, _mostly(Shape.ADDRESS, 0.3), "Many cells look like street addresses."),
    _looks(_K.PERSON_KEY, _own_number, "Long numbers that hardly repeat."),
    # What is left is told apart by length and repetition.
    _looks(_K.FREE_TEXT, _prose, "Its cells are sentences."),
    _named(_K.FREE_TEXT, _remarks),
    _looks(_K.CATEGORY, lambda facts: _few(facts) and (not _numeric(facts) or facts.distinct <= 20), "Few different values, which repeat."),
    _looks(_K.MEASURE, _numeric, "Its cells are numbers."),
    _looks(_K.CATEGORY, _short_code, "Short codes, which repeat."),
    _looks(_K.MEASURE, _mostly(Shape.DECIMAL, 0.5), "Numbers, beside other marks that will count as missing."),
    _looks(_K.PERSON_KEY, _own_reference, "Reference numbers that hardly repeat."),
    _looks(_K.FREE_TEXT, lambda facts: not _few(facts), "Text that hardly repeats may say who somebody is."),
    _looks(_K.CATEGORY, lambda facts: True, "Few different values, which repeat."),  # noqa: ARG005 - the last rule takes what is left
)
