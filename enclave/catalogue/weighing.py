"""What the officer says about risk: which columns a stranger could know, how many people there are, and what may pass without asking."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.terms.canonical import Json


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Next files that stay within these are published without asking: people alone, and average risk, both in ten-thousandths of all people."""

    alone: int
    average: int

    def __post_init__(self) -> None:
        if not all(0 <= one <= 10_000 for one in (self.alone, self.average)):
            raise ValueError("a limit is between 0 and 100 per cent")


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """``quasi`` are public names of columns; ``None``: those that are proposed. ``population`` is the officer's number, from the ONS for example."""

    quasi: tuple[str, ...] | None = None
    population: int | None = None
    limits: Limits | None = None

    def __post_init__(self) -> None:
        if self.population is not None and self.population < 1:
            raise ValueError("a population has one person at least")

    def as_json(self) -> dict[str, Json]:
        """The stored form."""
        return {
            "quasi": None if self.quasi is None else list(self.quasi),
            "population": self.population,
            "limits": {"alone": self.limits.alone, "average": self.limits.average} if self.limits else None,
        }

    @classmethod
    def from_json(cls, body: Json) -> Weighing:
        """Rebuild it; nothing at all is the proposal. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
        if body is None:
            return cls()
        if not isinstance(body, dict) or not isinstance(quasi := body.get("quasi"), list | None):
            raise ValueError("what is said about risk is an object")
        limits, population = body.get("limits"), body.get("population")
        return cls(
            quasi=None if quasi is None else tuple(str(name) for name in quasi),
            population=None if population is None else _whole(population),
            limits=Limits(alone=_whole(limits["alone"]), average=_whole(limits["average"])) if isinstance(limits, dict) else None,
        )


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is needed")
    return value
