"""The forms in which a known value may stand in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from enclave.anonymise.entities import Entity
from enclave.anonymise.identifiers import exact as ids
from enclave.anonymise.identifiers.contacts import is_phone
from enclave.anonymise.text.calendar import Date, dates_of
from enclave.anonymise.text.normalise import normalise
from enclave.anonymise.text.words import listed, words_in

LONGEST = 300  # characters of a known value; a longer one is a text itself, and no text quotes it whole
_TITLES = listed("mr mrs ms miss mx dr doctor prof professor sir dame lord lady rev reverend fr father sister nurse")
PARTICLES = listed("de da di do du del della la le el al bin bint ibn van von der den ter ten zu st y e the of and")
_STREET = listed(
    "road rd street avenue ave lane close drive court crescent gardens grove place terrace way square mews walk row flat house cottage"
)
_DIGIT = re.compile("[0-9]")
_PHONE = re.compile(r"(?:0044|44|0)?([1-9]\d{8,9})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Forms:
    """``names`` are single words; ``phrases`` several with single spaces; ``codes`` letters and digits joined, one digit at least."""

    entity: Entity
    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    dates: tuple[Date, ...] = ()
    initials: str = ""


@lru_cache(maxsize=200_000)
def forms_of(value: str) -> Forms | None:
    """What to look for, or ``None`` where the value is too short to look for."""
    text = normalise(value[: LONGEST + 1]).text.strip()
    words = words_in(text)
    if not words or len(text) > LONGEST:
        return None
    if dates := dates_of(text):
        return Forms(entity=Entity.DATE, dates=dates)
    if "@" in text.strip("@"):
        return _email(text)
    if _has_digit(text):
        return _address(text, words) if sum(len(word) > 2 and word.isalpha() for word in words) > 1 else _code(text, words)
    if _STREET & set(words[1:]) or len(words) > 4:
        return _address(text, words)
    return _name(text, words)


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None if text.isascii() else any(char.isdigit() for char in text)


def _email(text: str) -> Forms:
    whole, local = "".join(words_in(text)), "".join(words_in(text.partition("@")[0]))
    return Forms(entity=Entity.EMAIL_ADDRESS, codes=tuple(code for code in (whole, local) if len(code) >= 6))


def _address(text: str, words: list[str]) -> Forms:
    pieces = [words_in(piece) for piece in text.split(",")] if "," in text else []
    wanted = [piece for piece in (words, *pieces) if len(piece) > 1]
    numbered = [piece for piece in wanted if _has_digit("".join(piece))]
    plain = [piece for piece in wanted if piece not in numbered]
    return Forms(
        entity=Entity.ADDRESS,
        codes=tuple({"".join(piece) for piece in numbered if len("".join(piece)) >= 5}),
        phrases=tuple({" ".join(piece) for piece in plain}),
    )


def _code(text: str, words: list[str]) -> Forms | None:
    code = "".join(words)
    if len(code) < 4:
        return None
    entity = _entity_of(text)
    if entity is Entity.PHONE_NUMBER and (match := _PHONE.fullmatch(code)):
        national = match[1]
        return Forms(entity=entity, codes=tuple({code, national, f"0{national}", f"44{national}", f"440{national}", f"0044{national}"}))
    return Forms(entity=entity, codes=(code,))


def _entity_of(text: str) -> Entity:
    tests = (
        (Entity.UK_NHS, ids.nhs_number), (Entity.UK_NINO, ids.is_nino), (Entity.UK_POSTCODE, ids.postcode), (Entity.PHONE_NUMBER, is_phone),
        (Entity.UK_UPN, ids.upn),
    )  # fmt: skip
    return next((entity for entity, test in tests if test(text)), Entity.KNOWN)


def _name(text: str, words: list[str]) -> Forms | None:
    names: list[str] = []
    for part in text.split():
        pieces = words_in(part)
        names += [piece for piece in pieces if len(piece) > (1 if len(pieces) == 1 else 2)]
        if len(pieces) > 1:
            names.append("".join(pieces))
    useful = tuple(dict.fromkeys(name for name in names if name not in _TITLES and name not in PARTICLES))
    letters = "".join(word[0] for word in words if word not in _TITLES)
    phrases = (" ".join(words),) if len(words) > 1 else ()
    return Forms(entity=Entity.PERSON, names=useful, phrases=phrases, initials=letters) if useful or phrases else None
