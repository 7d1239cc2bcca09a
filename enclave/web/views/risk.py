"""A risk report in plain words, as numbers for pictures, and as advice. For the data officer whose rows were counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enclave.anonymise.risk.limits import measured
from enclave.catalogue.upload import Upload, UploadState
from enclave.terms.canonical import Json
from enclave.web.views.pictures import Bar, Curve, bars, curve


@dataclass(frozen=True, kw_only=True)
class RiskView:
    """``headline`` says the worst in a sentence; ``tables`` are title, caption, headings and rows; pictures repeat two of them."""

    headline: str
    facts: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]
    special: tuple[tuple[str, str], ...]
    sizes: tuple[Bar, ...]
    size_rows: tuple[tuple[str, str, str], ...]
    per_person: tuple[Bar, ...]
    person_rows: tuple[tuple[str, str], ...]
    typical: str
    cut: Curve | None
    cut_rows: tuple[tuple[str, str, str, str], ...]
    diversity: tuple[tuple[str, str, str, str], ...]
    columns: tuple[tuple[str, str, str], ...]
    quasi: frozenset[str]
    population: str
    alone_limit: str


def risk_view(upload: Upload) -> RiskView | None:
    """The report of the upload's draft, or of the version it became; ``None`` before one was measured."""
    report = (upload.report or {}).get("risk")
    if not isinstance(report, dict) or upload.declaration is None:
        return None
    labels = {plan.public.name: plan.public.label for plan in upload.declaration.columns if plan.public}
    per_person = report["rows_per_person"]
    per_person = per_person if isinstance(per_person, dict) else None
    weighing = upload.declaration.weighing
    classes = [(_range(bar), _int(bar["classes"]), _int(bar["people"])) for bar in _rows(_object(report["classes"])["sizes"])]
    people = _noun(report)
    alone, _ = measured(report)
    return RiskView(
        headline=_headline(report, people),
        facts=_facts(report, people),
        advice=tuple(_advice(report, labels, people)),
        special=tuple(
            (labels.get(str(one["column"]), str(one["column"])), ", ".join(map(str, _list(one["categories"]))))
            for one in _rows(report["special"])
        ),
        sizes=bars([(_short(words), count) for words, _, count in classes]),
        size_rows=tuple((words, f"{number:,}", f"{count:,}") for words, number, count in classes),
        per_person=bars([(_short(_range(one)), _int(one["people"])) for one in _rows(per_person["sizes"])]) if per_person else (),
        person_rows=tuple((_range(one), f"{_int(one['people']):,}") for one in _rows(per_person["sizes"])) if per_person else (),
        typical=_typical(per_person) if per_person else "",
        cut=curve([(str(one["bound"]), 1 - _float(one["rows_share"])) for one in _rows(per_person["bounds"])]) if per_person else None,
        cut_rows=tuple(_cut(one) for one in _rows(per_person["bounds"])) if per_person else (),
        diversity=tuple(_diverse(one, labels) for one in _rows(report["diversity"])),
        columns=tuple(_column(one, labels) for one in _rows(report["columns"])),
        quasi=frozenset(str(name) for name in _list(report["quasi"])),
        population=f"{weighing.population:,}" if weighing.population else "",
        alone_limit=str(-(-(weighing.limits.alone if weighing.limits else alone) // 100)),
    )


def looked_at(upload: Upload) -> bool:
    """Whether the report still waits for its officer."""
    return upload.state is UploadState.WEIGHING


def share(part: float) -> str:
    """A share as people read it: never "0 %" for something that is there."""
    if part <= 0:
        return "none"
    return "under 0.1 %" if part < 0.001 else f"{part:.1%}".replace("%", " %") if part < 0.1 else f"{part:.0%}".replace("%", " %")


def _headline(report: dict[str, Json], people: str) -> str:
    alone, count = _object(report["alone"]), _int(report["people"])
    number = _int(alone["people"])
    if not _list(report["quasi"]):
        return "No column was chosen that somebody could know from elsewhere, so nobody stands out by one."
    if number:
        return f"{number:,} of {count:,} {people} ({share(_float(alone['share']))}) are the only ones of their kind."
    return f"Nobody is alone: every combination is shared by {_int(report['k'])} {people} or more."


def _facts(report: dict[str, Json], people: str) -> tuple[tuple[str, str], ...]:
    risks = _object(report["risks"])
    prosecutor, journalist, marketer = (_object(risks[name]) for name in ("prosecutor", "journalist", "marketer"))
    history = report["history"]
    given = f"given {_int(journalist['population']):,} in the population"
    basis = "at most, as no population was given" if journalist["basis"] == "upper bound" else given
    above = ", ".join(f"{share(_float(one['share']))} above {one['threshold']}" for one in _rows(prosecutor["above"]))
    found = f"{_percent(marketer['share'])} of {people} found, about {_float(marketer['people']):,.0f}"
    facts = [
        ("Smallest group (k)", "1, alone" if _int(report["k"]) == 1 else f"{_int(report['k']):,} {people}"),
        (
            "Somebody looks for one person they know is in it (prosecutor)",
            f"{_percent(prosecutor['highest'])} at worst, {_percent(prosecutor['average'])} on average; {above}",
        ),
        ("Somebody looks for anyone of the population (journalist)", f"{_percent(journalist['highest'])} at worst, {basis}"),
        ("Somebody matches all to a list of names (marketer)", found),
    ]
    if isinstance(history, dict):
        facts.append(("Somebody knows everything in all rows of a person", f"{share(_float(history['share']))} of people stand out"))
    return tuple(facts)


def _advice(report: dict[str, Json], labels: Mapping[str, str], people: str) -> list[str]:
    """The changes that would help most, then what the law asks about."""
    ways: list[tuple[float, str]] = []
    for one in _rows(report["columns"]):
        name = labels.get(str(one["column"]), str(one["column"]))
        dropped, less = _object(one["dropped"]), one["coarser"]
        ways.append((_float(dropped["fewer"]), f"Drop {name}: {_fewer(dropped, people)}."))
        if isinstance(less, dict):
            ways.append(
                (_float(less["fewer"]) * 1.1, f"Keep {less['how']}: {_fewer(less, people)}.")
            )  # half the gain for less than half the loss
    best = [words for gain, words in sorted(ways, key=lambda way: -way[0]) if gain >= 0.05]
    return best[:5]


def _fewer(way: Mapping[str, Json], people: str) -> str:
    return f"{share(_float(way['fewer']))} fewer {people} alone"


def _typical(one: dict[str, Json]) -> str:
    return (
        f"Half the people have {_int(one['median']):,} or fewer, nine of ten {_int(one['p90']):,} or fewer, the most is {_int(one['most']):,}. "
        f"You declared that {_int(one['declared']):,} count."
    )


def _cut(one: dict[str, Json]) -> tuple[str, str, str, str]:
    return (
        f"{_int(one['bound']):,}",
        f"{_int(one['rows_cut']):,}",
        share(_float(one["rows_share"])),
        f"{_int(one['people']):,} ({share(_float(one['people_share']))})",
    )


def _diverse(one: dict[str, Json], labels: Mapping[str, str]) -> tuple[str, str, str, str]:
    name, same = labels.get(str(one["column"]), str(one["column"])), _object(one["same"])
    return (
        name,
        f"{_int(one['l']):,}",
        f"{_int(same['people']):,} ({share(_float(same['share']))})",
        f"{_float(one['t']):.2f} ({one['distance']})",
    )


def _column(one: dict[str, Json], labels: Mapping[str, str]) -> tuple[str, str, str]:
    dropped, less = _object(one["dropped"]), one["coarser"]
    other = f"{less['how']}: {_int(less['alone']):,}, {share(_float(less['fewer']))} fewer" if isinstance(less, dict) else "no coarser form"
    return labels.get(str(one["column"]), str(one["column"])), f"{_int(dropped['alone']):,}, {share(_float(dropped['fewer']))} fewer", other


def _noun(report: dict[str, Json]) -> str:
    return "people" if report["unit"] == "person" else "rows"


def _range(bar: dict[str, Json]) -> str:
    low, high = bar["from"], bar["to"]
    return f"{low}" if low == high else f"{low} and more" if high is None else f"{low} to {high}"


def _short(words: str) -> str:
    """For under a bar, where there is little room."""
    return words.replace(" and more", "+")


def _percent(value: Json) -> str:
    return share(_float(value))


def _object(body: Json) -> dict[str, Json]:
    return body if isinstance(body, dict) else {}


def _list(body: Json) -> list[Json]:
    return body if isinstance(body, list) else []


def _rows(body: Json) -> list[dict[str, Json]]:
    return [one for one in _list(body) if isinstance(one, dict)]


def _int(body: Json) -> int:
    return body if isinstance(body, int) else 0


def _float(body: Json) -> float:
    return float(body) if isinstance(body, int | float) else 0.0
