"""From how many people on the values of an open key are shown: public facts and the price alone decide."""

from __future__ import annotations

from enclave.dp_queries.question import Question
from enclave.privacy.opening import threshold_for
from enclave.terms.loss import DELTA_UNITS, PrivacyLoss
from enclave.terms.schema import Unit


def fewest_shown(question: Question, loss: PrivacyLoss) -> int:
    """The noised count that a value needs to be shown."""
    return threshold_for(question.aggregate, PrivacyLoss(rho=loss.rho // question.parts, delta=loss.delta)).shown


def shown_from(question: Question, loss: PrivacyLoss) -> str:
    """The same in a sentence; there must be an open key."""
    label = next(shown.label for shown, key in zip(question.keys, question.aggregate.keys, strict=True) if key.open)
    counts = "people" if question.aggregate.table.schema.unit is Unit.PERSON else "rows"
    return (
        f"Values of {label} are shown if about {fewest_shown(question, loss):,} {counts} or more have them; "
        f"this costs a delta of {loss.delta / DELTA_UNITS:.1g} besides."
    )
