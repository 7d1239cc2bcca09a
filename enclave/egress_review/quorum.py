"""When is a request decided, and how? Counted inside the transaction that stores a vote, so two votes at once cannot both be the last."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.egress_review.lifecycle import State
from enclave.egress_review.request import Choice, Request, Vote
from enclave.egress_review.reviewers import Bench


def complete(request: Request, votes: Sequence[Vote], seated: Bench) -> frozenset[int]:
    """Who has voted on every file and may still review: whoever joined the project meanwhile no longer counts."""
    files = {file.number for file in request.files}
    by_person: dict[int, set[int]] = {}
    for vote in votes:
        by_person.setdefault(vote.person, set()).add(vote.file)
    return frozenset(person for person, done in by_person.items() if files <= done and person in seated.seats)


def decision(request: Request, votes: Sequence[Vote], seated: Bench) -> State | None:
    """``APPROVED`` or ``RETURNED`` once the quorum has voted, else ``None``. Any request for changes counts, whoever made it."""
    voters = complete(request, votes, seated)
    represented = frozenset(agency for person in voters for agency in seated.seats[person])
    if len(voters) < seated.quorum or not seated.owners <= represented:
        return None
    return State.RETURNED if any(vote.choice is Choice.CHANGES for vote in votes) else State.APPROVED
