"""Several questions planned together: the price of all before anything is spent, and the answers in the order given."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from enclave.client.result import Result


class Batch:
    """What ``e.batch`` returns; nothing is spent until ``ask``."""

    def __init__(self, plan: dict[str, Any], ask: Callable[[int], Result], buy: Callable[[str, str], Result]) -> None:
        self.plan = plan
        self.total: str = plan["total"]
        self.alone: str = plan["alone"]
        self.saved: float = plan["saved"]
        self.affordable: bool = plan["affordable"]
        self._ask = ask
        self._buy = buy

    def ask(self) -> list[Result]:
        """Buy the plan's tables and ask its questions; answers come in the order the questions were given. What was paid stays paid."""
        for sql, rho in self.plan["first"]:
            self._buy(sql, rho)
        answers = {place: self._ask(place) for place, _ in self.plan["steps"]}
        return [answers[place] for place in sorted(answers)]

    def _lines(self) -> list[str]:
        steps = [f"Question {place + 1}: {'free' if price == '0' else price}" for place, price in self.plan["steps"]]
        more = [] if self.affordable else ["This is more than is left: ask with a wider error or for fewer groups."]
        first = [f"First, {price}: {sql}" for sql, price in self.plan["first"]]
        return [self.plan["words"] + ".", *first, *steps, *more]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in self._lines()) + "</ul>"
