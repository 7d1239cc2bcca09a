"""What is this column? Decided from counts over every cell and from its name; rules in order, the first that fits.

Content beats names where it is unmistakable; a name beats content where content is ambiguous; what is neither understood nor repetitive
counts as identifying. The class is for the agency's eyes: nothing becomes public by it. What its neighbours add is in ``context``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from enclave.anonymise.column_class import IDENTIFYING, ColumnClass
from enclave.anonymise.columns.column_names import CLINICAL, CODE, NAMES, OF_A_RECORD, ORGANISATION
from enclave.anonymise.columns.header_words import spelled
from enclave.anonymise.entities import Entity, Shape
from enclave.anonymise.reading.facts import ColumnFacts


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


def classify_alone(facts: ColumnFacts) -> Classified:
    """The class of a column by itself."""
    header = spelled(facts.header)
    rule = next(rule for rule in _RULES if rule.fits(header, facts))
    return classified(facts, rule.kind, rule.reason)


def classified(facts: ColumnFacts, kind: ColumnClass, reason: str) -> Classified:
    """The column as being of a class. What it holds of identifiers is stray unless the class is made of them."""
    return Classified(facts=facts, kind=kind, reason=reason, stray={} if kind in IDENTIFYING else dict(facts.found))


# What the tests below ask -----------------------------------------------------------------------------------------------------------


def _mostly(thing: Entity | Shape, least: float) -> Test:
    return lambda facts: facts.share(thing) >= least


def _wordy(facts: ColumnFacts) -> bool:
    return facts.share(Shape.INTEGER) < 0.5 and facts.share(Shape.DECIMAL) < 0.5 and facts.dated < 0.5 and facts.longest <= 80


def _at_least(length: int) -> Test:
    return lambda facts: facts.longest >= length


def _at_most(length: int) -> Test:
    return lambda facts: facts.longest <= length


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


def _code(facts: ColumnFacts) -> bool:
    return facts.share(Shape.INTEGER) >= 0.9 and not facts.many and facts.distinct <= 0.5 * facts.filled


def _organisation(facts: ColumnFacts) -> bool:
    """A hospital's number may be the hospital's or a patient's: the hospital's comes again and again."""
    return not facts.many and facts.distinct <= 0.01 * facts.filled


def _any_of(*tests: Test) -> Test:
    return lambda facts: any(test(facts) for test in tests)


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
    _looks(_K.ULN, _mostly(Entity.UK_ULN, 0.6)),
    _looks(_K.NINO, _mostly(Entity.UK_NINO, 0.6)),
    _looks(_K.EMAIL, _mostly(Entity.EMAIL_ADDRESS, 0.5)),
    _looks(_K.POSTCODE, _mostly(Entity.UK_POSTCODE, 0.5)),
    _looks(_K.DRIVING_LICENCE, _mostly(Entity.UK_DRIVING_LICENCE, 0.5)),
    _looks(_K.VEHICLE_REGISTRATION, _mostly(Entity.UK_VEHICLE_REGISTRATION, 0.5)),
    _looks(_K.BANK_DETAILS, _any_of(*(_mostly(one, 0.5) for one in (Entity.IBAN_CODE, Entity.CREDIT_CARD, Entity.UK_BANK_ACCOUNT)))),
    _looks(_K.DEVICE, _mostly(Entity.MAC_ADDRESS, 0.5)),
    _looks(_K.URL, _mostly(Entity.URL, 0.5)),
    _looks(_K.HANDLE, _mostly(Entity.USER_NAME, 0.5)),
    _named(_K.SEX, _few, _BOTH),
    _looks(_K.YES_NO, _yes_no, "Every cell is yes or no."),
    # The name says who somebody is, and the cells do not contradict it.
    _named(_K.NHS_NUMBER, _at_least(9), _BOTH),
    _named(_K.NINO, _at_least(8)),
    _named(_K.UPN, _at_least(6)),
    _named(_K.ULN, _at_least(6)),
    _named(_K.PASSPORT, _at_least(6)),
    _named(_K.DRIVING_LICENCE, _at_least(6)),
    _named(_K.VEHICLE_REGISTRATION, _at_least(4)),
    _named(_K.DEATH_DATE, _at_least(4)),
    _named(_K.BIRTH_DATE, _at_least(4)),
    _named(_K.FULL_NAME, _wordy),
    _named(_K.FORENAME, _wordy),
    _named(_K.SURNAME, _wordy),
    _named(_K.EMAIL, _at_least(6)),
    _named(_K.PHONE, _at_least(7)),
    _named(_K.POSTCODE, _at_least(2)),
    _named(_K.ADDRESS, _at_least(3)),
    _named(_K.UPRN, _at_least(4)),
    _named(_K.BANK_DETAILS, _at_least(4)),
    _named(_K.HANDLE, _at_least(3)),
    _named(_K.IP_ADDRESS, _at_least(7)),
    _named(_K.DEVICE, _at_least(8)),
    _named(_K.URL, _at_least(6)),
    _Rule(kind=_K.CATEGORY, reason="The code or name of an organisation, which repeats.", name=ORGANISATION, test=_organisation),
    _named(_K.CRIME_REFERENCE, _at_least(4)),
    _named(_K.LOCAL_NUMBER, _at_least(2)),
    _named(_K.PERSON_KEY, _at_least(2)),
    _Rule(kind=_K.PERSON_KEY, reason="A number of the record.", name=OF_A_RECORD, test=_at_least(4)),
    # Content that is nearly unmistakable.
    _looks(_K.PERSON_KEY, _mostly(Shape.UUID, 0.5), "Its cells are long random keys."),
    _looks(_K.GEOGRAPHY, _mostly(Shape.ONS_CODE, 0.6), _BOTH),
    _looks(_K.PHONE, _mostly(Entity.PHONE_NUMBER, 0.6)),
    _looks(_K.CRIME_REFERENCE, _any_of(_mostly(Entity.CRIME_REFERENCE, 0.6), _mostly(Entity.POLICE_REFERENCE, 0.6))),
    _looks(_K.PERSON_KEY, _mostly(Entity.US_SSN, 0.5)),
    _looks(_K.IP_ADDRESS, _mostly(Entity.IP_ADDRESS, 0.6)),
    _looks(_K.EMPTY, lambda facts: not facts.filled, "Every cell is empty."),
    _looks(_K.EVENT_DATE, _is_date),
    _named(_K.EVENT_DATE, lambda facts: facts.dated >= 0.2, _BOTH),
    _named(_K.GEOGRAPHY, _at_least(1)),
    _named(_K.COORDINATES, _numeric, "A point on the map."),
    _named(_K.YES_NO, lambda facts: facts.share(Shape.YES_NO) >= 0.98 and facts.distinct <= 2, _BOTH),
    _looks(_K.FULL_NAME, _people, "Many cells hold a forename and a surname."),
    _looks(_K.FORENAME, _names(Shape.FORENAME), "Many cells are common forenames."),
    _looks(_K.SURNAME, _names(Shape.SURNAME), "Many cells are common surnames."),
    _looks(_K.ADDRESS, _mostly(Shape.ADDRESS, 0.3), "Many cells look like street addresses."),
    _looks(_K.PERSON_KEY, _own_number, "Long numbers that hardly repeat."),
    _Rule(kind=_K.CATEGORY, reason="Clinical codes, as its name says.", name=CLINICAL, test=_at_most(8)),
    # What is left is told apart by length and repetition.
    _looks(_K.FREE_TEXT, _prose, "Its cells are sentences."),
    _named(_K.FREE_TEXT, _remarks),
    _looks(_K.CATEGORY, lambda facts: _few(facts) and (not _numeric(facts) or facts.distinct <= 20), "Few different values, which repeat."),
    _Rule(kind=_K.CATEGORY, reason="Codes, as its name says, which repeat.", name=CODE, test=_code),
    _looks(_K.MEASURE, _numeric, "Its cells are numbers."),
    _looks(_K.CATEGORY, _short_code, "Short codes, which repeat."),
    _looks(_K.MEASURE, _mostly(Shape.DECIMAL, 0.5), "Numbers, beside other marks that will count as missing."),
    _Rule(kind=_K.CATEGORY, reason="The code of an organisation.", name=ORGANISATION, test=_at_most(8)),
    _looks(_K.PERSON_KEY, _own_reference, "Reference numbers that hardly repeat."),
    _looks(_K.FREE_TEXT, lambda facts: not _few(facts), "Text that hardly repeats may say who somebody is."),
    _looks(_K.CATEGORY, lambda facts: True, "Few different values, which repeat."),  # noqa: ARG005 - the last rule takes what is left
)
