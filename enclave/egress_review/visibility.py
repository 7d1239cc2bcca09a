"""Who sees what of a request. Asked before every page; nothing else decides it.

The author sees the request with its findings, and the reviewers' comments once the quorum has voted. Members of the project see that it is
there and how it stands. Custodians on the bench see everything but each other's votes before the quorum has voted. To everyone else the
request does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from enclave.egress_review.lifecycle import DECIDED, State, may_move
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.quorum import complete, decision
from enclave.egress_review.request import Choice, Download, Request, Vote
from enclave.egress_review.reviewers import Bench, bench, is_of_project, unknown
from enclave.terms.person import Person


class Standing(StrEnum):
    """What a person is to a request."""

    AUTHOR = "author"
    MEMBER = "member"
    REVIEWER = "reviewer"


class Act(StrEnum):
    """What a person may do with a request now."""

    VOTE = "vote"
    RELEASE = "release"
    REJECT = "reject"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    DOWNLOAD = "download"


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What the author reads of a vote: the file, whether it needs changes, and the words; not whose they are."""

    file: int
    choice: Choice
    text: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A request as one person may see it.

    ``votes`` are those of others only when the quorum has voted; ``voted`` of ``quorum`` people are through with every file.
    ``downloads`` are for reviewers.
    """

    request: Request
    standing: Standing
    voted: int
    quorum: int
    votes: tuple[Vote, ...] = ()
    comments: tuple[Comment, ...] = ()
    downloads: tuple[Download, ...] = ()
    acts: frozenset[Act] = frozenset()


def see(*, by: Person, request: int, ports: EgressPorts) -> View:
    """The request as this person may see it; raises the same ``NotFoundError`` for what is not there and what is not theirs."""
    with ports.begin() as work:
        found = work.requests.by_id(request)
        if found is None:
            raise unknown()
        view = view_of(by, found, bench(found, work=work), work.requests.votes([request]), work=work)
        if view is None:
            raise unknown()
        expired = found.expires is not None and ports.clock() >= found.expires
        return replace(view, acts=view.acts - {Act.DOWNLOAD}) if expired else view


def of_project(*, by: Person, project: int, ports: EgressPorts) -> tuple[View, ...]:
    """All requests of a project, newest first, for those who belong to it; for others there are none."""
    with ports.begin() as work:
        found = work.requests.of_project(project)
        votes = work.requests.votes([one.id for one in found])
        views = [view_of(by, one, bench(one, work=work), [vote for vote in votes if vote.request == one.id], work=work) for one in found]
    return tuple(view for view in views if view is not None and view.standing is not Standing.REVIEWER)


def view_of(by: Person, found: Request, seated: Bench, votes: Sequence[Vote], *, work: EgressWork) -> View | None:
    """The view of one person, ``None`` for strangers. Being of the project comes before sitting on a bench."""
    voted = len(complete(found, votes, seated))
    decided = found.state in DECIDED or (found.state is State.WITHDRAWN and decision(found, votes, seated) is not None)
    if by.id == found.author:
        comments = tuple(Comment(file=one.file, choice=one.choice, text=one.comment) for one in votes if one.comment) if decided else ()
        acts = _allowed(found, {Act.WITHDRAW: State.WITHDRAWN}, download=True)
        return View(request=found, standing=Standing.AUTHOR, voted=voted, quorum=seated.quorum, comments=comments, acts=acts)
    if is_of_project(by, found.project, work=work):
        bare = replace(found, files=tuple(replace(file, findings=()) for file in found.files))
        return View(request=bare, standing=Standing.MEMBER, voted=voted, quorum=seated.quorum, acts=_allowed(found, {}, download=True))
    if by.id not in seated.seats:
        return None
    return View(
        request=found,
        standing=Standing.REVIEWER,
        voted=voted,
        quorum=seated.quorum,
        votes=tuple(vote for vote in votes if decided or vote.person == by.id),
        downloads=tuple(work.requests.downloads(found.id)),
        acts=_of_reviewer(by, found, votes),
    )


def _of_reviewer(by: Person, found: Request, votes: Sequence[Vote]) -> frozenset[Act]:
    moves = {Act.REJECT: State.REJECTED, Act.REVOKE: State.REVOKED}
    if by.id in {vote.person for vote in votes}:
        moves[Act.RELEASE] = State.RELEASED
    return _allowed(found, moves, download=False) | ({Act.VOTE} if found.state is State.IN_REVIEW else frozenset())


def _allowed(found: Request, moves: dict[Act, State], *, download: bool) -> frozenset[Act]:
    acts = {act for act, new in moves.items() if may_move(found.state, new)}
    return frozenset(acts | ({Act.DOWNLOAD} if download and found.state is State.RELEASED else set()))
