"""Train the name finder: ``python deploy/names/train.py [--data DATA] [--out FOLDER]``. About a minute; the same bytes every time.

Learns from the Broad Twitter Corpus sections e to h, WNUT17 train and dev, and made-up notes (notes.py), varied anew in each epoch. Every
eighth text (by its hash) is kept out as the development split: on it thresholds are computed, and sizes were chosen. Wikigold, BTC a and b and
WNUT17 test are never read here: they are what the benchmark scores.

One thread, one kernel of the linear algebra library and one set of processor instructions, so that any x86-64 machine with AVX2 rounds alike.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

PINNED = {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
HERE = Path(__file__).resolve().parent


def main() -> None:
    """Train, choose thresholds, write the files and say what came out."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", type=Path, default=Path(os.environ.get("ENCLAVE_DATA", "../shared/data")))
    arguments.add_argument("--out", type=Path, default=HERE.parents[1] / "enclave/anonymise/names")
    asked = arguments.parse_args()
    if any(os.environ.get(name) != value for name, value in PINNED.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **PINNED})  # noqa: S606 - itself
    sys.path.insert(0, str(HERE.parents[1]))
    from deploy.names.learn import run  # after the environment is pinned: numpy reads it once

    run(asked.data, asked.out)


if __name__ == "__main__":
    main()
