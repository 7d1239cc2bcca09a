"""A synthetic copy on the page of a dataset: what there is, what one would cost and what it would be good for."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.jobs.job import JobState
from enclave.synthetic.copies import CopyState
from enclave.synthetic.preview import Offer
from enclave.synthetic.standing import Standing
from enclave.web.words.dates import count


@dataclass(frozen=True, kw_only=True)
class CopyView:
    """``ready`` copies can be downloaded, ``moving`` ones are being fitted, ``offer`` is what asking would cost (empty: it cannot be asked)."""

    ready: bool
    moving: bool
    words: str
    offer: str
    price: str
    affordable: bool


def copy_view(found: Standing | None, offer: Offer | None) -> CopyView:
    """What the page shows."""
    fitted = found is not None and found.copy.state is CopyState.FITTED
    moving = found is not None and found.copy.state is CopyState.ASKED and not _failed(found)
    return CopyView(
        ready=fitted,
        moving=moving,
        words=_words(found),
        offer=_offer(offer) if offer else "",
        price=offer.loss.text if offer else "",
        affordable=offer.affordable if offer else False,
    )


def _failed(found: Standing) -> bool:
    return found.job is not None and found.job.state is JobState.FAILED


def _words(found: Standing | None) -> str:
    if found is None:
        return "Your project has not asked for one."
    if found.copy.state is CopyState.FITTED:
        return f"It was paid for once (privacy loss {found.copy.loss.text}); taking it again costs nothing."
    if found.copy.state is CopyState.REFUSED or _failed(found):
        why = found.job.sentence if found.job else ""
        return f"It could not be made. {why}".strip()
    return "It is being made; that takes a minute or two."


def _offer(offer: Offer) -> str:
    noisy = [trust.columns[0] for trust in offer.columns if trust.noisy and trust.columns]
    good = (
        f"every one of its {count(len(offer.columns), 'column')} by itself"
        if not noisy
        else f"its columns by themselves, except {', '.join(noisy)}"
    )
    return f"It would follow {good}, and how {count(offer.pairs, 'pair')} of columns go together."
