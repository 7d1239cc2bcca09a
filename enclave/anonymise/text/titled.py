"""Names that the words around them give away: a title, "my name is", a signature, a relative, and a known forename beside a known surname."""

from __future__ import annotations

import re

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.rule import Rule, compiled
from enclave.anonymise.text.words import common_words, listed

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Doctor|Prof|Professor|Sir|Dame|Lord|Lady|Rev|Revd|Reverend|Fr|Father|Sister|Nurse|Judge|Justice|PC|PCSO|DC|DS|DI|DCI|"
    r"WPC|Sgt|Sergeant|Insp|Inspector|Cllr|Councillor|Capt|Captain|Major|Rabbi|Imam|Auntie|Aunty|Aunt|Uncle|Nanny|Nana|Grandad|Granny|"
    r"MR|MRS|MS|MISS|DR|PROF)"
)
_NAME = (
    r"(?:(?:[Vv]an|[Dd]e|[Vv]on|[Dd]er|[Dd]en|[Dd]a|[Dd]i|[Dd]el|[Ll]a|[Ll]e|[Aa]l|[Ee]l|[Bb]in)[ -]){0,2}"
    r"(?:[A-ZÀ-ÖØ-Þ][\w]{0,2}')?[A-ZÀ-ÖØ-Þ][\w]{0,30}(?:-[A-ZÀ-ÖØ-Þ]?\w{1,30})?"
)
_NAMES = rf"{_NAME}(?:\.? {_NAME}){{0,2}}"
_SAYS = (
    r"(?:[Mm]y name is|[Mm]y name's|MY NAME IS|(?:known|goes) by the name(?: of)?|[Nn]amed?(?: is| was)?:?|[Kk]nown as|[Aa][Kk][Aa]|[Aa]lias|"
    r"[Ss]igned(?: by)?:?|[Cc][Cc]:?|[Dd]ear|[Hh]i|[Hh]ello|[Cc]heers,?|[Tt]hanks,?|(?:[Kk]ind|[Bb]est|[Ww]arm)? ?[Rr]egards,?|"
    r"[Yy]ours (?:sincerely|faithfully),?|"
    r"[Ss]poke (?:to|with)|[Cc]alled (?:by|from)|[Tt]elephoned by|[Cc]ompleted by|[Ww]ritten by|"
    r"[Ss]een by|[Rr]eferred by|[Aa]uthor:?|[Ff]orename:?|[Ss]urname:?)"
)
_KIN = (
    r"(?:mum|mam|mom|mother|dad|father|stepmum|stepdad|stepmother|stepfather|brother|sister|son|daughter|wife|husband|partner|boyfriend|girlfriend|"
    r"nan|gran|grandmother|grandfather|cousin|niece|nephew|friend|neighbour|carer|foster carer|social worker|key worker|support worker|"
    r"health visitor|"
    r"midwife|teacher|headteacher|landlord|manager|officer|colleague|solicitor|victim|suspect|witness|complainant|next of kin|NOK)"
)
_CAPITAL = re.compile(r"(?<![^ -])[A-ZÀ-ÖØ-Þ]")
_IS_TITLE = re.compile(_TITLE + r"\.?")
_DAYS = listed(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october "
    "november december"
)
_SMALL = listed("the a an to of for and on in at by is was that this it he she they we i you who with")


def _is_name(match: re.Match[str]) -> bool:
    """The first word is not one that prose is full of, unless another name follows ("mum Will Smith", not "Dear All")."""
    first, _, rest = _without_particles(match["x"]).partition(" ")
    word = first.strip(".").lower()
    return (
        word not in _DAYS
        and not _IS_TITLE.fullmatch(first)
        and (word not in common_words() or (bool(rest) and rest.split()[0].strip(".").lower() not in common_words()))
    )


def _without_particles(name: str) -> str:
    """From the first capital on: ``van der Berg`` -> ``Berg``."""
    found = _CAPITAL.search(name)
    return name[found.start() :] if found else name


def _is_titled(match: re.Match[str]) -> bool:
    return match["x"].partition(" ")[0].lower() not in _SMALL | _DAYS


RULES: tuple[Rule, ...] = (
    Rule(
        entity=Entity.PERSON, score=0.7, check=_is_titled,
        head=compiled(rf"\b{_TITLE}\b\.? ?(?:(?:and|&) {_TITLE}\.? )?", case=True),
        pattern=compiled(rf"(?P<x>(?:(?:[A-Z]\.? ){{0,3}}){_NAMES})", case=True),
        gate=rf"\b{_TITLE}\b\.? ?(?:(?:and|&) {_TITLE}\.? )?[A-Zdvlaeb]", reach=(40, 110),
    ),
    Rule(
        entity=Entity.PERSON, score=0.6, gate=r"\b(?:mr|mrs|dr)\b\.? [a-z]", reach=(12, 40), check=lambda match: match["x"] not in common_words(),
        pattern=compiled(r"\b(?:mr|mrs|dr)\b\.? (?P<x>[a-z][a-z'-]{1,30})", case=True),
    ),
    Rule(
        entity=Entity.PERSON, score=0.6, check=_is_name, head=compiled(rf"\b{_SAYS} ?", case=True), pattern=compiled(rf"(?P<x>{_NAMES})", case=True),
        gate=rf"\b{_SAYS} ?[A-Zdvlaeb]", reach=(48, 110),
    ),
    Rule(
        entity=Entity.PERSON, score=0.6, gate=r"my name(?: is|'s)", reach=(20, 80), check=lambda match: match["x"] not in common_words(),
        pattern=compiled(r"\bmy name(?: is|'s) (?P<x>[A-Z][A-Z'-]{1,30}(?: [A-Z][A-Z'-]{1,30})?)"),
    ),
    Rule(
        entity=Entity.PERSON, score=0.6, check=_is_name,
        head=compiled(rf"\b(?i:{_KIN})(?:,| is| was|:)? ", case=True),
        pattern=compiled(rf"(?P<x>{_NAMES})", case=True),
        gate=rf"\b(?i:{_KIN})(?:,| is| was|:)? [A-Zdvlaeb]", reach=(48, 110),
    ),
)  # fmt: skip
