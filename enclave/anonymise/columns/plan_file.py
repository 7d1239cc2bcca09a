"""A treatment plan as a file: proposed for a file that has none yet, and read strictly for the file at hand.

Refusals name places, never values: a column of the plan or of the file by its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from enclave.anonymise.columns.proposal import Proposal
from enclave.catalogue.declaration import PLAN_FORMATS, ColumnPlan, Declaration, Treatment
from enclave.catalogue.weighing import Weighing
from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError

OTHERS = "others"  # what happens with columns of the file that the plan does not name: only "drop"
_FIELD = re.compile(r"[a-z_]{2,20}")
_OURS = re.compile(r"[a-z][a-z ,.;:'%0-9/_-]{5,160}")  # the sentences of our own checks; Python's own could quote


def proposed_plan(proposals: Sequence[Proposal]) -> dict[str, Json]:
    """A plan that can be run as it stands: what nobody has declared yet is dropped, with the reason and what to fill in to keep it.

    Size and rows per person stay open: they become public where the plan is used for an upload, so they are not read off the file.
    """
    columns: list[Json] = [_column(proposal) for proposal in proposals]
    return {"format": PLAN_FORMATS[-1], "size": None, "rows_per_person": None, OTHERS: None, "columns": columns}


def _column(proposal: Proposal) -> dict[str, Json]:
    if proposal.ready:
        return {**proposal.as_plan().as_json(), "reason": proposal.reason}
    dropped = ColumnPlan(header=proposal.header, treatment=Treatment.DROP, link_as=None)
    to_keep: dict[str, Json] = {
        "treatment": proposal.treatment.value,
        "link_as": proposal.link_as.value if proposal.link_as else None,
        "format": proposal.format,
        "public": {
            "name": proposal.name,
            "label": proposal.header,
            "kind": proposal.kind.value if proposal.kind else None,
            "missing": True,
            "low": 0,
            "high": 0,
            "decimals": 0,
            "unit": "",
            "categories": [],
        },
    }
    return {**dropped.as_json(), "reason": proposal.reason, "to_keep": to_keep}


def read_plan(body: Json, headers: Sequence[str]) -> Declaration:
    """The plan for a file with these headers, in the file's order. Raises ``AgencyError``."""
    if not isinstance(body, dict) or body.get("format") not in PLAN_FORMATS or not isinstance(columns := body.get("columns"), list):
        _refuse("F-01", "The plan is not a treatment plan.", "Take the one that is proposed, or one saved from an upload.")
    plans = {plan.header: plan for plan in (_read(place, column) for place, column in enumerate(columns, start=1))}
    if len(plans) != len(columns):
        _refuse("F-02", "The plan names a column twice.", "Name every column once.")
    for place, header in enumerate(plans, start=1):
        if header not in headers:
            _refuse("F-03", f"The file has no column of the name that column {place} of the plan has.", "Use the plan of this file.")
    missing = [place for place, header in enumerate(headers, start=1) if header not in plans]
    if missing and body.get(OTHERS) != Treatment.DROP.value:
        named = ", ".join(map(str, missing[:20])) + (" and more" if len(missing) > 20 else "")
        _refuse(
            "F-04",
            f"The plan does not say what happens with these columns of the file: {named}.",
            'Name them, or write "others": "drop".',
        )
    everything = [plans.get(header, ColumnPlan(header=header, treatment=Treatment.DROP)) for header in headers]
    return _declaration(body, everything)


def _read(place: int, column: Json) -> ColumnPlan:
    try:
        if not isinstance(column, dict):
            raise ValueError("a column is an object")
        return ColumnPlan.from_json(column)
    except (ValueError, KeyError, TypeError) as error:
        why = _why(error)
        _refuse("F-05", f"Column {place} of the plan cannot be read{why}.", "Mend it and run again.")


def _declaration(body: dict[str, Json], columns: Sequence[ColumnPlan]) -> Declaration:
    """Size and rows per person matter to an upload; where the plan leaves them open, the least will do here."""
    try:
        open_ones = {"size": body.get("size") or 1, "rows_per_person": body.get("rows_per_person") or 1}
        written: list[Json] = [plan.as_json() for plan in columns]
        return Declaration.from_json(
            {**body, **open_ones, "columns": written, "weighing": Weighing.from_json(body.get("weighing")).as_json()}
        )
    except (ValueError, KeyError, TypeError) as error:
        why = _why(error)
        _refuse("F-06", f"The plan does not fit together{why}.", "Mend it and run again.")


def _why(error: Exception) -> str:
    """What our own checks say, or the field that is not there: words of ours, never of the file."""
    said = str(error.args[0]) if error.args else ""
    if isinstance(error, KeyError) and _FIELD.fullmatch(said):
        return f": it has no {said}"
    return f": {said}" if isinstance(error, ValueError) and _OURS.fullmatch(said) else ""


def _refuse(rule: str, sentence: str, instead: str) -> NoReturn:
    raise AgencyError(rule=rule, sentence=sentence, instead=instead)
