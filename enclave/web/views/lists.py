"""An agency's lists of people as its officers see them: where each is and what it does, in words; of its entries only the magnitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enclave.catalogue.dataset import Population
from enclave.catalogue.person_list import CLOSES_WITHIN, ERASED_AFTER, ListKind, ListState, PersonList, magnitude
from enclave.web.words.dates import count, how_long, moment

KINDS = {ListKind.OPT_OUT: "Opted out", ListKind.CONSENT: "Consented"}
STATES = {
    ListState.RECEIVING: ("Not sent whole", "govuk-tag--grey"),
    ListState.READING: ("Being read", "govuk-tag--blue"),
    ListState.CONFIRMING: ("Waits for a second officer", "govuk-tag--yellow"),
    ListState.CONFIRMED: ("Being put in force", "govuk-tag--blue"),
    ListState.IN_FORCE: ("In force", "govuk-tag--green"),
    ListState.REFUSED: ("Not taken", "govuk-tag--red"),
    ListState.WITHDRAWN: ("Withdrawn", "govuk-tag--grey"),
    ListState.REPLACED: ("Replaced by a newer one", "govuk-tag--grey"),
}
_EARLY = frozenset({ListState.RECEIVING, ListState.READING, ListState.CONFIRMING, ListState.CONFIRMED})
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
    may_second: bool


def list_line(one: PersonList, populations: Sequence[Population], *, reader: int) -> ListLine:
    """A list in words, for the person of that number."""
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
        may_withdraw=one.state in _EARLY or (one.state is ListState.IN_FORCE and one.kind is ListKind.OPT_OUT),
        may_second=one.state is ListState.CONFIRMING and one.person != reader,
    )


def _words(one: PersonList) -> str:
    if one.state is ListState.REFUSED:
        return one.sentence
    if one.state is ListState.WITHDRAWN and one.sentence:
        return f"Withdrawn by governance: {one.sentence}"
    if one.state is ListState.CONFIRMING:
        return f"It does not count yet: so many entries take another data officer’s word.{_unusable(one)}"
    if one.state in {ListState.READING, ListState.CONFIRMED}:
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


@dataclass(frozen=True, kw_only=True)
class GovernedLine:
    """One list as governance sees it: no entry and no count of any."""

    id: int
    agency: str
    kind: str
    sent: str
    state: str
    colour: str
    words: str
    may_withdraw: bool
    may_dispute: bool
    disputed: bool


def governed_line(one: PersonList, agencies: Mapping[int, str]) -> GovernedLine:
    """A list without what its entries say."""
    state, colour = STATES[one.state]
    in_force = one.state is ListState.IN_FORCE
    return GovernedLine(
        id=one.id,
        agency=agencies.get(one.agency, ""),
        kind=KINDS[one.kind],
        sent=moment(one.sent),
        state=state,
        colour=colour,
        words=f"Disputed since {moment(one.disputed)}." if in_force and one.disputed else "",
        may_withdraw=one.state in _EARLY or (in_force and one.kind is ListKind.OPT_OUT),
        may_dispute=in_force,
        disputed=one.disputed is not None,
    )
