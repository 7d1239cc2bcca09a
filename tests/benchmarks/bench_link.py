"""How well people are found again, by method and set of records with known truth, and how fast: prints, asserts nothing.

``python -m tests.benchmarks link``. Weights of the default were set on synthea_agencies_a, fake_1000 and the people of third 0 of the
historical figures; the other rows are held out. Splink sees plaintext and learns its weights from the records themselves.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator

from enclave.adapters.splink_door import by_splink
from enclave.anonymise.link_files.link import Method, by_tokens
from enclave.anonymise.linkage.clk import by_clk
from enclave.anonymise.linkage.truth import Quality
from tests.factories.known_truth import KnownTruth, exact_name_and_birth, fake_1000, historical, linked, synthea, synthea_gb
from tests.factories.licensed import COMMITTED, WIDER

METHODS: dict[str, Method] = {"default": by_tokens, "CLK": by_clk, "Splink (plaintext)": by_splink}
FIGURES = "linkage_splink/historical_figures_with_errors_50k.parquet"


def _sets() -> Iterator[KnownTruth]:
    yield synthea(COMMITTED / "synthea_agencies", truth="links.csv")
    sources: dict[str, Callable[[], KnownTruth]] = {
        "synthea_agencies_a": lambda: synthea(WIDER / "synthea_agencies_a"),
        "synthea_agencies_b": lambda: synthea(WIDER / "synthea_agencies_b"),
        "synthea_gb": lambda: synthea_gb(WIDER / "synthea_gb"),
        "linkage_splink/fake_1000.csv": lambda: fake_1000(WIDER / "linkage_splink/fake_1000.csv"),
        FIGURES: lambda: historical(WIDER / FIGURES, third=0),
    }
    for name, make in sources.items():
        if (WIDER / name).exists():
            yield make()
        else:
            print(f"{name} is not here (ENCLAVE_DATA): left out")
    if (WIDER / FIGURES).exists():
        yield historical(WIDER / FIGURES, third=1)
        yield historical(WIDER / FIGURES)


def main() -> None:
    """One line a set and method."""
    warnings.simplefilter("ignore")
    print("| records | method | recall | precision | F1 | F1 ÷ exact | seconds |\n|---|---|---|---|---|---|---|")
    for known in _sets():
        exact = exact_name_and_birth(known)
        print(_line(known, "exact name and birth date", exact, exact, 0))
        for name, method in METHODS.items():
            started = time.perf_counter()
            try:
                found = linked(known, method)
            except Exception as error:  # noqa: BLE001 - a peer that cannot learn from few records is a result
                print(f"| {known.name}, {len(known.truth):,} | {name} | could not: {type(error).__name__} | | | | |", flush=True)
                continue
            print(_line(known, name, found, exact, time.perf_counter() - started), flush=True)


def _line(known: KnownTruth, method: str, found: Quality, exact: Quality, seconds: float) -> str:
    return (
        f"| {known.name}, {len(known.truth):,} | {method} | {found.recall:.3f} | {found.precision:.4f} | {_f1(found):.3f} | "
        f"{_f1(found) / _f1(exact):.2f} | {seconds:.1f} |"
    )


def _f1(found: Quality) -> float:
    return 2 * found.recall * found.precision / (found.recall + found.precision)


if __name__ == "__main__":
    main()
