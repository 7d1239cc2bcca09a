"""Names for the arrays that columns become."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Ranks: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]
