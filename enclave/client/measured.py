"""Numbers that carry their uncertainty along: sums, differences, products and ratios of noised columns.

Errors are 95 % half-widths and combine as for independent errors to first order (the delta method). Two columns of one answer are
independent: their noise is drawn separately. A column combined with itself is not, and is treated exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Measured:
    """A column of values with 95 % half-widths; ``None`` where there is no value."""

    def __init__(self, values: Sequence[float | None], errors: Sequence[float | None], labels: Sequence[object] | None = None) -> None:
        if len(values) != len(errors):
            raise ValueError("one error per value")
        self.values = tuple(None if value is None else float(value) for value in values)
        self.errors = tuple(0.0 if error is None else float(error) for error in errors)
        self.labels = tuple(labels) if labels is not None else tuple(range(len(self.values)))

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[tuple[float | None, float]]:
        return iter(zip(self.values, self.errors, strict=True))

    def __add__(self, other: Measured | float) -> Measured:
        return self._with(other, lambda a, b: a + b, lambda _a, _b: (1.0, 1.0))

    def __sub__(self, other: Measured | float) -> Measured:
        return self._with(other, lambda a, b: a - b, lambda _a, _b: (1.0, -1.0))

    def __mul__(self, other: Measured | float) -> Measured:
        return self._with(other, lambda a, b: a * b, lambda a, b: (b, a))

    def __truediv__(self, other: Measured | float) -> Measured:
        return self._with(other, lambda a, b: a / b, lambda a, b: (1 / b, -a / (b * b)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Measured:
        return self * -1.0 + other

    def __rtruediv__(self, other: float) -> Measured:
        return Measured([other] * len(self), [0.0] * len(self), self.labels) / self

    def sum(self) -> tuple[float, float]:
        """The total and its 95 % half-width; the errors of different cells are independent."""
        total = sum(value for value in self.values if value is not None)
        return total, math.sqrt(sum(error**2 for value, error in self if value is not None))

    def to_frame(self) -> pd.DataFrame:
        """A table with ``value`` and ``error``."""
        import pandas as pd

        return pd.DataFrame({"value": self.values, "error": self.errors}, index=pd.Index(self.labels))

    def __repr__(self) -> str:
        shown = [
            f"{label}: {'–' if value is None else f'{value:,.4g} ± {error:,.3g}'}"
            for label, (value, error) in zip(self.labels, self, strict=True)
        ]
        return "\n".join(shown)

    def _with(
        self,
        other: Measured | float,
        value: Callable[[float, float], float],
        slopes: Callable[[float, float], tuple[float, float]],
    ) -> Measured:
        right = other if isinstance(other, Measured) else Measured([other] * len(self), [0.0] * len(self), self.labels)
        if len(right) != len(self):
            raise ValueError("the two columns have different lengths")
        pairs = [_combined(a, b, value, slopes, same=other is self) for a, b in zip(self, right, strict=True)]
        return Measured([made for made, _ in pairs], [error for _, error in pairs], self.labels)


def _combined(
    left: tuple[float | None, float],
    right: tuple[float | None, float],
    value: Callable[[float, float], float],
    slopes: Callable[[float, float], tuple[float, float]],
    *,
    same: bool,
) -> tuple[float | None, float]:
    a, b = left[0], right[0]
    if a is None or b is None:
        return None, 0.0
    try:
        made, (da, db) = value(a, b), slopes(a, b)
    except ZeroDivisionError:
        return None, 0.0
    return made, abs(da + db) * left[1] if same else math.hypot(da * left[1], db * right[1])
