"""The public register in words and, for machines, as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.egress_review.lifecycle import State
from enclave.oversight.public_register import Departure, Entry, Halt, Outcome, Register, Use
from enclave.terms.canonical import Json
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import Unit
from enclave.web.views.budgets import BudgetView, ledger_bar
from enclave.web.words.dates import count, day, moment

KINDS = {
    **dict.fromkeys(("csv", "tsv"), "table"),
    **dict.fromkeys(("png", "jpg", "jpeg"), "picture"),
    **dict.fromkeys(("txt", "md", "log", "tex", "bib"), "text"),
    **dict.fromkeys(("py", "r", "sql"), "program"),
    "json": "data file",
    "geojson": "map",
}
OUTCOMES = {State.RELEASED: "released", State.REVOKED: "taken back after approval", State.REJECTED: "refused by the reviewers"}


@dataclass(frozen=True, kw_only=True)
class EntryView:
    """One dataset as the public reads it."""

    name: str
    label: str
    agency: str
    about: str
    loss: str
    bar: BudgetView
    projects: tuple[str, ...]
    attribution: str


@dataclass(frozen=True, kw_only=True)
class UseView:
    """One project as the public reads it."""

    slug: str
    title: str
    purpose: str
    benefit: str
    agencies: str
    datasets: tuple[str, ...]
    until: str
    running: bool
    basis: str
    outcomes: tuple[str, ...]


def entry_views(register: Register) -> list[EntryView]:
    """Every dataset."""
    return [_entry(entry) for entry in register.entries]


def use_views(register: Register) -> list[UseView]:
    """Every project, running ones first."""
    labels = {entry.dataset.name: entry.dataset.label for entry in register.entries}
    views = [_use(use, {str(name): label for name, label in labels.items()}) for use in register.uses]
    return sorted(views, key=lambda view: (not view.running, view.title))


def leaving_lines(register: Register) -> list[str]:
    """Every notice and stop in a sentence, standing stops first."""
    halts = sorted(register.halts, key=lambda halt: halt.stop.lifted is not None)
    return [*(_halt(halt) for halt in halts), *(_departure(one, register) for one in register.departures)]


def _halt(halt: Halt) -> str:
    if halt.stop.lifted is None:
        return f"{halt.agency.name} stopped all use of its data on {moment(halt.stop.at)}. Its reason: {halt.stop.reason}"
    span = f"from {moment(halt.stop.at)} to {moment(halt.stop.lifted)}"
    return f"{halt.agency.name} had stopped all use of its data {span}. Its reason: {halt.stop.reason}"


def _departure(one: Departure, register: Register) -> str:
    last, verb = one.notice.last_day, "leaves" if one.notice.last_day >= register.at.date() else "left"
    return (
        f"{one.agency.name} {verb} “{one.agreement.terms.title}”: it gave notice on {day(one.notice.given)}, "
        f"and its data may be used until {day(last)}. Its reason: {one.notice.reason}"
    )


def register_json(register: Register) -> dict[str, Json]:
    """The same for machines; the fields follow the data use register standard of the UK Health Data Research Alliance (2022)."""
    return {
        "format": "enclave-register/1",
        "asOf": register.at.isoformat(timespec="seconds"),
        "organisations": [{"id": agency.slug, "name": agency.name} for agency in register.agencies],
        "projects": [_use_json(use) for use in register.uses],
        "datasets": [_entry_json(entry) for entry in register.entries],
        "withdrawals": [_departure_json(one) for one in register.departures],
        "stops": [_halt_json(halt) for halt in register.halts],
    }


def _departure_json(one: Departure) -> dict[str, Json]:
    return {
        "organisation": one.agency.slug,
        "agreement": one.agreement.terms.title,
        "noticeGiven": one.notice.given.isoformat(),
        "lastDay": one.notice.last_day.isoformat(),
        "reason": one.notice.reason,
    }


def _halt_json(halt: Halt) -> dict[str, Json]:
    lifted = halt.stop.lifted
    return {
        "organisation": halt.agency.slug,
        "from": halt.stop.at.isoformat(timespec="seconds"),
        "until": lifted.isoformat(timespec="seconds") if lifted else None,
        "reason": halt.stop.reason,
    }


def _entry(entry: Entry) -> EntryView:
    people = entry.dataset.population.unit is Unit.PERSON
    size = f"About {entry.version.schema.size:,} rows; a row is {entry.dataset.row.lower()}." if entry.version else "No data yet."
    return EntryView(
        name=str(entry.dataset.name),
        label=entry.dataset.label,
        agency=entry.agency.name,
        about=f"{size} {_people(entry) if people else 'It is public already, or about things.'}",
        loss=_loss(entry, "each person in it" if people else "each row in it"),
        bar=ledger_bar(entry.ledger),
        projects=tuple(project.title for project in entry.projects),
        attribution=entry.dataset.attribution,
    )


def _people(entry: Entry) -> str:
    """None or some, never how many."""
    if entry.lists:
        return "It is about people; some asked not to be in it, or did not agree to, and are left out if they were."
    return "It is about people; no list of people who asked not to be in it is in force."


def _loss(entry: Entry, whom: str) -> str:
    """The total privacy loss in one sentence."""
    if entry.ledger is None:
        return "No answers can be given yet: not every party has signed."
    answers = count(entry.answers, "answer")
    if not entry.ledger.spent.rho:
        return "No answers have been given, so nothing has been told about anybody."
    return (
        f"{answers} {'has' if entry.answers == 1 else 'have'} been given. In all they told about {whom} at most "
        f"{entry.ledger.spent.text} of the {entry.ledger.cap.text} that may ever be told."
    )


def _use(use: Use, labels: dict[str, str]) -> UseView:
    return UseView(
        slug=use.project.slug,
        title=use.project.title,
        purpose=use.project.purpose,
        benefit=use.project.benefit,
        agencies=", ".join(agency.name for agency in use.parties),
        datasets=tuple(labels.get(str(name), str(name)) for name in use.project.datasets),
        until=day(use.project.ends),
        running=use.in_force,
        basis=use.agreement.terms.lawful_basis,
        outcomes=tuple(_outcome(one) for one in use.outcomes),
    )


def _outcome(one: Outcome) -> str:
    kinds = " and ".join(sorted({KINDS.get(kind, "file") for kind in one.kinds})) or "file"
    came = "".join(f". What came of it: {effect.decision} {effect.change}".rstrip() for effect in one.effects)
    return f"{day(one.at.date())}: {kinds} {OUTCOMES[one.state]}{came}"


def _use_json(use: Use) -> dict[str, Json]:
    outcomes: list[Json] = [
        {
            "date": one.at.date().isoformat(),
            "status": one.state.value,
            "kinds": list[Json](one.kinds),
            "effects": [{"date": each.at.date().isoformat(), "decision": each.decision, "change": each.change} for each in one.effects],
        }
        for one in use.outcomes
    ]
    datasets: list[Json] = [str(name) for name in use.project.datasets]
    return {
        "projectId": use.project.slug,
        "projectTitle": use.project.title,
        "laySummary": use.project.purpose,
        "publicBenefitStatement": use.project.benefit,
        "organisations": [agency.slug for agency in use.parties],
        "legalBasis": use.agreement.terms.lawful_basis,
        "projectEndDate": use.project.ends.isoformat(),
        "active": use.in_force,
        "datasets": datasets,
        "outputs": outcomes,
    }


def _entry_json(entry: Entry) -> dict[str, Json]:
    spent, cap = (entry.ledger.spent, entry.ledger.cap) if entry.ledger else (PrivacyLoss(rho=0), PrivacyLoss(rho=0))
    return {
        "name": str(entry.dataset.name),
        "title": entry.dataset.label,
        "organisation": entry.agency.slug,
        "protectedUnit": entry.dataset.population.unit.value,
        "declaredRows": entry.version.schema.size if entry.version else None,
        "answers": entry.answers,
        "privacyLoss": {"measure": "rho of zero-concentrated differential privacy", "spent": spent.text, "cap": cap.text},
        "attribution": entry.dataset.attribution,
    }
