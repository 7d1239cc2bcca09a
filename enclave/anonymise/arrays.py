"""Names for the arrays that columns become."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.terms.schema import Column

Integers: TypeAlias = NDArray[np.int64]
Ranks: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]


def is_short(column: Column) -> bool:
    """Whether every physical integer of the column fits into 32 bits."""
    low, high = column.bounds
    return low >= -(2**31) and high < 2**31
