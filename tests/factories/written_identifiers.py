"""Notes with one structured UK identifier each, valid and in one of the forms people write it, and where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from deploy.names.corpora import Text
from tests.factories.case_notes import nhs_number

_PREFIX, _UPN = "ABCEHJKLMPRSTWXY", "ABCDEFGHJKLMNPQRTUVWXYZ"
_AREAS = ("CM", "CO", "SS", "WR", "HR", "DY", "B", "M", "SW", "EC", "LS", "G", "EH", "CF", "BT", "NE")
_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"


def _figures(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _grouped(text: str, sizes: tuple[int, ...], joint: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return joint.join(parts)


def _nhs(rng: Random) -> str:
    joint = rng.choice((" ", " ", "", "-", ".", "  ", "\N{NO-BREAK SPACE}", "\N{EN DASH}"))
    return nhs_number(rng).replace(" ", joint)


def _nino(rng: Random) -> str:
    while (letters := "".join(rng.choices(_PREFIX, k=2))) in {"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"}:
        pass
    text = f"{letters}{_figures(rng, 6)}{rng.choice('ABCD')}"
    text = _grouped(text, (2, 2, 2, 2, 1), rng.choice((" ", "", "-"))) if rng.random() < 0.8 else _grouped(text, (2, 6, 1), " ")
    return text.lower() if rng.random() < 0.2 else text


def _postcode(rng: Random) -> str:
    area = rng.choice(_AREAS)
    outward = f"{area}{rng.choice(('1A', '1V')) if area in ('SW', 'EC') else rng.randrange(1, 20)}"
    text = f"{outward}{rng.choice((' ', ' ', ' ', '', '  '))}{rng.randrange(1, 10)}{''.join(rng.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"
    return text.lower() if rng.random() < 0.25 else text


def _phone(rng: Random) -> str:
    mobile = f"7{rng.randrange(400, 600)}{_figures(rng, 6)}"
    land = f"{rng.choice(('1245', '1206', '1905', '1432'))}{rng.randrange(200_000, 900_000)}"
    spoken = (
        f"0{mobile}", f"0{mobile[:4]} {mobile[4:]}", f"0{mobile[:4]} {mobile[4:7]} {mobile[7:]}", f"0{mobile[:4]}-{mobile[4:]}",
        f"+44 {mobile[:4]} {mobile[4:]}", f"+44{mobile}", f"+44 (0){mobile[:4]} {mobile[4:]}", f"0044 {mobile[:4]} {mobile[4:]}",
        f"0{land[:4]} {land[4:]}", f"(0{land[:4]}) {land[4:]}", f"0{land}", f"020 7{_figures(rng, 3)} {_figures(rng, 4)}",
    )  # fmt: skip
    return rng.choice(spoken)


def _email(rng: Random) -> str:
    who = rng.choice(("j.smith", "kerry_w92", "m.o-brien", "info", "a", "JaneDoe"))
    where = rng.choice(("example.org", "example.co.uk", "essex.example.gov.uk", "nhs.example"))
    return rng.choice((f"{who}@{where}", f"{who}@{where}", f"{who}@{where}".upper(), f"{who} [at] {where}", f"{who}(at){where}"))


def _licence(rng: Random) -> str:
    surname = rng.choice(("MORGA", "SMITH", "KHAN9", "LEE99", "OBRIE"))
    month = rng.randrange(1, 13) + rng.choice((0, 50))
    date = f"{rng.randrange(4, 10)}{month:02d}{rng.randrange(1, 29):02d}{rng.randrange(10)}"
    text = f"{surname}{date}{rng.choice(('SM', 'J9', 'AB'))}9{''.join(rng.choices('ABCDEFGHJK', k=2))}"
    return rng.choice((text, _grouped(text, (5, 6, 5), " "), text.lower()))


def _vehicle(rng: Random) -> str:
    three = "".join(rng.choices(_LETTERS.replace("I", ""), k=3))
    text = f"{''.join(rng.choices(_LETTERS, k=2))}{rng.choice((rng.randrange(2, 25), rng.randrange(51, 75))):02d}{rng.choice((' ', '', '-'))}{three}"
    return text.lower() if rng.random() < 0.25 else text


def _upn(rng: Random) -> str:
    figures = _figures(rng, 12)
    letter = _UPN[sum(int(figure) * weight for weight, figure in enumerate(figures, 2)) % 23]
    return f"{letter}{figures}"


def _birth(rng: Random) -> str:
    day = dt.date(1930, 1, 1) + dt.timedelta(rng.randrange(34_000))
    suffix = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    forms = (
        "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", f"%d{suffix} %B %Y", f"%d{suffix} of %B %Y",
        "%B %d, %Y", "%d%m%Y", "%d %b %y",
    )  # fmt: skip
    return day.strftime(rng.choice(forms))


KINDS: dict[str, tuple[Callable[[Random], str], tuple[str, ...]]] = {
    "NHS number": (_nhs, ("NHS no {} checked on the spine.", "NHS number: {}", "he gave {} as his number", "pt {} seen today")),
    "NINO": (_nino, ("NI number {} on file.", "her NINO is {}, she said", "Claim for {} suspended.", "{} - no match at DWP")),
    "postcode": (_postcode, ("Moved to {} last week.", "lives in {} with mum", "Postcode {}", "12 Mill Lane, {}. No answer.")),
    "phone": (_phone, ("Call back on {} after five.", "tel {}", "Mum's mobile {} goes to voicemail", "{} is dead")),
    "e-mail": (_email, ("Send it to {} please.", "email: {}", "contact {} only")),
    "driving licence": (_licence, ("Driving licence {} seized.", "licence number {}", "produced {} at the station")),
    "vehicle": (_vehicle, ("Vehicle registration {} was stopped.", "car reg {}", "a silver Focus {} made off")),
    "UPN": (_upn, ("UPN {} added to the roll.", "pupil {} absent", "upn: {}")),
    "date of birth": (_birth, ("DOB {} confirmed.", "born on {} in Harlow", "d.o.b. {}", "date of birth {}, lives alone")),
}


def written(kind: str, count: int, seed: int = 1) -> list[Text]:
    """Notes whose label, of the kind named, is the identifier."""
    make, sentences = KINDS[kind]
    rng = Random(seed)
    notes = []
    for _ in range(count):
        before, _, after = rng.choice(sentences).partition("{}")
        value = make(rng)
        notes.append(Text(text=f"{before}{value}{after}", labels=((len(before), len(before) + len(value), kind),)))
    return notes
