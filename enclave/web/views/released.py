"""What was given out, in lines."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.egress_review.lifecycle import State
from enclave.oversight.released import Released
from enclave.web.views.questions import question_words
from enclave.web.words.dates import moment

MOST_SHOWN = 200
_WHAT = {State.RELEASED: "released", State.REVOKED: "released, then its link revoked"}


@dataclass(frozen=True, kw_only=True)
class ReleasedView:
    """Rows of two tables; ``more`` counts answers beyond those shown."""

    answers: tuple[tuple[str, str, str, str], ...]
    more: int
    outputs: tuple[tuple[str, str, str, str], ...]


def released_view(found: Released) -> ReleasedView:
    """Newest first, as they come."""
    return ReleasedView(
        answers=tuple(
            (
                moment(use.charge.at),
                use.project.title,
                question_words(use.charge, use.version.schema if use.version else None),
                use.charge.loss.text,
            )
            for use in found.uses[:MOST_SHOWN]
        ),
        more=max(0, len(found.uses) - MOST_SHOWN),
        outputs=tuple(
            (moment(one.request.moved), one.project.title, one.request.form.title, _WHAT[one.request.state]) for one in found.outputs
        ),
    )
