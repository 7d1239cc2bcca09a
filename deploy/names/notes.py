"""Made-up notes: the sentences of ``templates.txt`` with slots filled at random from the word list and the lists below."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from deploy.names.corpora import Text

FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{(\w+)\}")
_LATIN = re.compile(r"[a-zß-ÿā-ž']{3,}")


def _lists() -> dict[str, list[str]]:
    rows = (line.partition(": ") for line in _lines("lists.txt"))
    return {name: entries.split("|") for name, _, entries in rows}


def _lines(name: str) -> list[str]:
    """The lines of a file beside this one, without comments."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@dataclass(frozen=True, kw_only=True)
class Pools:
    """Names and words to draw from, each list commonest first where that is known."""

    given: list[str]
    family: list[str]
    foreign_given: list[str]
    foreign_family: list[str]
    places: list[str]
    common: list[str]
    lists: Mapping[str, list[str]] = field(default_factory=_lists)


def pools_of(words: Mapping[str, str]) -> Pools:
    """The pools from the word list (five digits per word, see words.py)."""

    def where(test: Callable[[str], bool]) -> list[str]:
        return [word for word, digits in words.items() if test(digits) and _LATIN.fullmatch(word)]

    return Pools(
        given=where(lambda d: d[0] != "0"),
        family=where(lambda d: d[1] in "12"),
        foreign_given=where(lambda d: d[2] == "1" and d[3] == "0"),
        foreign_family=where(lambda d: d[2] == "2" and d[3] == "0"),
        places=where(lambda d: d[4] == "1" and d[3] == "0"),
        common=where(lambda d: d[3] in "1234"),
    )


def capital(word: str) -> str:
    """``o'brien`` -> ``O'Brien``, ``mcdonald`` -> ``McDonald``."""
    if word.startswith("mc") and len(word) > 4:
        return "Mc" + word[2:].capitalize()
    return "'".join(part.capitalize() if len(part) > 1 else part.upper() for part in word.split("'"))


def misspelt(word: str, rng: Random) -> str:
    """One letter dropped, doubled, swapped with the next or changed."""
    at = rng.randrange(1, len(word))
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at - 1] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            word[:at] + rng.choice("aeioulnrst") + word[at + 1 :],
        )
    )


class Filler:
    """Draws what goes into a slot."""

    def __init__(self, pools: Pools, rng: Random) -> None:
        self.pools, self.rng = pools, rng

    def given(self) -> str:
        return self._name(self.pools.given, self.pools.foreign_given)

    def surname(self) -> str:
        name = self._name(self.pools.family, self.pools.foreign_family)
        if self.rng.random() < 0.05:
            name += self.rng.choice("- ") + self._name(self.pools.family, self.pools.foreign_family)
        return name

    def _name(self, usual: list[str], foreign: list[str]) -> str:
        word = self.rng.choice(usual if self.rng.random() < 0.65 else foreign)
        if self.rng.random() < 0.07 and len(word) > 3:
            word = misspelt(word, self.rng)
        return capital(word)

    def full(self) -> str:
        chance = self.rng.random()
        middle = f" {self.initial()}." if chance < 0.08 else f" {self.given()}" if chance < 0.14 else ""
        return f"{self.given()}{middle} {self.surname()}"

    def initial(self) -> str:
        return self.rng.choice("ABCDEFGHIJKLMNOPRSTVWYZ")

    def place(self) -> str:
        return capital(self.rng.choice(self.pools.places))

    def word(self) -> str:
        return capital(self.rng.choice(self.pools.common))

    def pick(self, name: str) -> str:
        return self.rng.choice(self.pools.lists[name])

    def _head(self) -> str:
        return self.rng.choice((self.place, self.word, self.surname))()

    def street(self) -> str:
        return f"{self._head()} {self.pick('street_end')}"

    def org(self) -> str:
        return self.pick("agency") if self.rng.random() < 0.25 else f"{self._head()} {self.pick('org_end')}"

    def work(self) -> str:
        words = " ".join(self.word() for _ in range(self.rng.randrange(1, 4)))
        return self.rng.choice((words, f"The {words}", f"{words} {self.pick('work_end')}", f"{words} of {self.place()}"))

    def drug(self) -> str:
        name = self.pick("drug")
        return name[0].upper() + name[1:] if self.rng.random() < 0.4 else name

    def number(self, low: int, high: int) -> str:
        return str(self.rng.randrange(low, high))

    def date(self) -> str:
        day, year = self.number(1, 29), self.number(1930, 2026)
        return self.rng.choice((f"{day} {self.pick('month')} {year}", f"{day}/{self.number(1, 13)}/{year}", f"{self.pick('month')} {year}"))

    def slot(self, name: str) -> tuple[str, str]:
        """What to write and what it is."""
        rng = self.rng
        makers: dict[str, tuple[Callable[[], str], str]] = {
            "given": (self.given, "PERSON"),
            "Given": (self.given, "PERSON"),
            "surname": (self.surname, "PERSON"),
            "SURNAME": (lambda: self.surname().upper(), "PERSON"),
            "full": (self.full, "PERSON"),
            "i": (self.initial, "PERSON"),
            "place": (self.place, "LOCATION"),
            "street": (self.street, "LOCATION"),
            "address": (lambda: f"{self.number(1, 200)} {self.street()}", "LOCATION"),
            "road": (lambda: f"{rng.choice('AM')}{self.number(1, 999)}", "LOCATION"),
            "org": (self.org, "ORGANISATION"),
            "work": (self.work, "OTHER"),
            "ward": (self._head, "OTHER"),
            "drug": (self.drug, ""),
            "date": (self.date, ""),
            "n": (lambda: self.number(1, 90), ""),
            "year": (lambda: self.number(1850, 2026), ""),
            "time": (lambda: f"{self.number(0, 24)}:{self.number(10, 60)}", ""),
            "phone": (lambda: f"07{self.number(100, 999)} {self.number(100000, 999999)}", ""),
        }
        if name in makers:
            make, kind = makers[name]
            return make(), kind
        return self.pick(name), ""


def note(lines: list[str], filler: Filler) -> Text:
    """Some sentences one after the other, filled."""
    text, labels = "", []
    for line in lines:
        text += " " if text else ""
        at = 0
        for found in _SLOT.finditer(line):
            text += line[at : found.start()]
            value, kind = filler.slot(found.group(1))
            if kind:
                labels.append((len(text), len(text) + len(value), kind))
            text, at = text + value, found.end()
        text += line[at:]
    return Text(text=text, labels=tuple(labels))


def notes(count: int, pools: Pools, rng: Random) -> list[Text]:
    """That many notes of one to four sentences."""
    lines, filler = _lines("templates.txt"), Filler(pools, rng)
    return [note(rng.choices(lines, k=rng.choice((1, 1, 2, 3, 4))), filler) for _ in range(count)]
