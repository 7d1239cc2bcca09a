"""Note what came of a released output. The author and the project's people do it; it is public, so no person may be named in it."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.egress_review.checks.identifiers import identifiers
from enclave.egress_review.checks.persons import births, names
from enclave.egress_review.lifecycle import State
from enclave.egress_review.reviewers import is_of_project, unknown
from enclave.oversight.effect import MOST_WORDS, Effect
from enclave.oversight.ports import OversightPorts
from enclave.terms.errors import ConflictError, ResearcherError
from enclave.terms.person import Person


def note_effect(*, by: Person, request: int, decision: str, change: str, ports: OversightPorts) -> None:
    """Store the note. Refuses an empty or long one (O-21), and one that looks as if it named somebody (O-22)."""
    if not decision.strip() or max(len(decision), len(change)) > MOST_WORDS:
        raise ResearcherError(
            rule="O-21", sentence="Say which decision it informed, in at most 1,000 characters.", instead="One sentence will do."
        )
    if any(found for text in (decision, change) for found in (*identifiers(text), *names(text), *births(text))):
        raise ResearcherError(
            rule="O-22",
            sentence="This looks as if it named a person or gave a number of theirs, and everybody can read it.",
            instead="Say what changed for people, not for whom.",
        )
    with ports.begin() as work:
        found = work.requests.by_id(request)
        if found is None or (by.id != found.author and not is_of_project(by, found.project, work=work)):
            raise unknown()
        if found.state is not State.RELEASED:
            raise ConflictError(rule="O-23", sentence="Only what was released can have come of something.", instead="Wait for the release.")
        made = Effect(request=request, person=by.id, decision=decision.strip(), change=change.strip(), at=ports.clock())
        if any((one.request, one.decision, one.change) == (request, made.decision, made.change) for one in work.effects.all()):
            return  # sent twice
        work.effects.add(made)
        work.record(Event(kind="egress.effect_noted", by=by.id, subject=f"request:{request}"))
