"""An agency's lists of people as its officers see them: where each is and what it does, in words; of its entries only the magnitude."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.catalogue.dataset import Population
from enclave.catalogue.person_list import CLOSES_WITHIN, ERASED_AFTER, ListKind, ListState, PersonList, magnitude
from enclave.web.words.dates import count, how_long, moment

KINDS = {ListKind.OPT_OUT: "Opted out", ListKind.CONSENT: "Consented"}
STATES = {
    ListState.RECEIVING: ("Not sent whole", "govuk-tag--grey"),
    ListState.READING: ("Being read", "govuk-tag--blue"),
    ListState.IN_FORCE: ("In force", "govuk-tag--green"),
    ListState.REFUSED: ("Not taken", "govuk-tag--red"),
    ListState.WITHDRAWN: ("Withdrawn", "govuk-tag--grey"),
    ListState.REPLACED: ("Replaced by a newer one", "govuk-tag--grey"),
}
CLOSES, ERASED = how_long(CLOSES_WITHIN), how_long(ERASED_AFTER)


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """One list."""

    id: int
    kind: str
    people: str
    sent: str
    state: str
    colour: str
    words: str
    certificate: str
    may_withdraw: bool


def list_line(one: PersonList, populations: Sequence[Population]) -> ListLine:
    """A list in words."""
    state, colour = STATES[one.state]
    return ListLine(
        id=one.id,
        kind=KINDS[one.kind],
        people=next((population.slug for population in populations if population.id == one.population), ""),
        sent=moment(one.sent),
        state=state,
        colour=colour,
        words=_words(one),
        certificate=f"File erased; tokens made with key {one.key}" if one.key else "",
        may_withdraw=one.state is ListState.RECEIVING or (one.state is ListState.IN_FORCE and one.kind is ListKind.OPT_OUT),
    )


def _words(one: PersonList) -> str:
    if one.state is ListState.REFUSED:
        return one.sentence
    if one.state is ListState.READING:
        return f"It counts within {CLOSES}, or no question is answered until it does."
    if one.state is ListState.RECEIVING:
        return "It does not count. Send it again."
    return f"{magnitude(one.entries).capitalize()} entries.{_unusable(one)}"


def _unusable(one: PersonList) -> str:
    """Which rows of the agency's own list mean nobody, and why: of the list alone, whoever is in the data."""
    if not one.unusable:
        return ""
    said = [f"{_rows(rows)}: {why}" for why, rows in one.unusable_rows.items()]
    more = one.unusable - sum(len(rows) for rows in one.unusable_rows.values())
    return f" {count(one.unusable, 'entry', 'entries')} of it mean nobody. {'. '.join(said)}{f'. And {more:,} more' if more else ''}."


def _rows(rows: Sequence[int]) -> str:
    return f"{'Rows' if len(rows) > 1 else 'Row'} {', '.join(map(str, rows))}"
