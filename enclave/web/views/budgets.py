"""A privacy budget as a bar and a sentence: how much is gone, and what that means before what it is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.privacy.ledger import Ledger
from enclave.privacy.ports import Charge
from enclave.terms.loss import PrivacyLoss
from enclave.web.words.dates import count, day
from enclave.web.words.sizes import per_cent

MONTH, MOST_DAYS = dt.timedelta(days=30), 3_650
NONE_YET = "No budget yet: an agreement must be signed by every party first."


@dataclass(frozen=True, kw_only=True)
class BudgetView:
    """``percent`` is what is spent, ``drawn`` the same for the picture: something spent is always seen. ``words`` say it."""

    percent: int
    drawn: str
    words: str


def ledger_bar(ledger: Ledger | None, *, last: PrivacyLoss | None = None) -> BudgetView:
    """A ledger's bar; ``last`` is the price of a question like which more are counted."""
    if ledger is None:
        return BudgetView(percent=0, drawn="0", words=NONE_YET)
    return spent_bar(left=ledger.left, cap=ledger.cap, last=last)


def spent_bar(*, left: PrivacyLoss, cap: PrivacyLoss, last: PrivacyLoss | None = None) -> BudgetView:
    """The bar of a budget with so much left of a cap."""
    spent = PrivacyLoss(rho=max(0, cap.rho - left.rho))
    percent = per_cent(spent.rho, cap.rho)
    drawn = max(1.0, 100 * spent.rho / cap.rho) if spent.rho and cap.rho else 0.0
    return BudgetView(percent=percent, drawn=f"{drawn:.1f}", words=f"Privacy loss {spent.text} of {cap.text} is used{_enough(left, last)}.")


def pace_words(ledger: Ledger | None, charges: Sequence[Charge], *, now: dt.datetime) -> str:
    """When the budget ends if it goes on like in the last month; from the ledger and prices alone, which are public to the owner."""
    if ledger is None:
        return ""
    lately = sum(charge.loss.rho for charge in charges if now - charge.at <= MONTH)
    if not lately:
        return "Nothing was spent in the last 30 days."
    days = ledger.left.rho * MONTH.days // lately
    if days > MOST_DAYS:
        return "At the pace of the last 30 days it lasts for more than ten years."
    return f"At the pace of the last 30 days it is used up about {day(now.date() + dt.timedelta(days=days))}."


def _enough(left: PrivacyLoss, last: PrivacyLoss | None) -> str:
    if left.rho == 0:
        return ": no new questions can be asked; answers already paid for stay free"
    if last is None or last.rho == 0:
        return ""
    more = left.rho // last.rho
    if more == 0:
        return ": too little is left for a question like the last one"
    return f": enough is left for about {count(_about(more), 'question')} like the last one"


def _about(number: int) -> int:
    """Two figures are all that "about" promises."""
    step = int("1" + "0" * max(0, len(str(number)) - 2))
    return number // step * step
