"""How well the default method finds people again, on records whose truth is known and whose errors nobody here made up."""

from __future__ import annotations

import pytest

from tests.factories.known_truth import KnownTruth, exact_name_and_birth, fake_1000, historical, linked, synthea, synthea_gb
from tests.factories.licensed import COMMITTED, wider


def measured(known: KnownTruth) -> tuple[float, float]:
    found, exact = linked(known), exact_name_and_birth(known)
    print(f"{known.name}: {len(known.truth)} records; recall {found.recall:.3f}, precision {found.precision:.4f}; exact {exact.recall:.3f}")
    assert found.recall > exact.recall + 0.2
    return found.recall, found.precision


def test_four_agencies_without_a_shared_number() -> None:
    recall, precision = measured(synthea(COMMITTED / "synthea_agencies", truth="links.csv"))
    assert recall >= 0.95
    assert precision >= 0.99


@pytest.mark.parametrize("folder", ["synthea_agencies_a", "synthea_agencies_b"])
def test_four_more_agencies(folder: str) -> None:
    recall, precision = measured(synthea(wider(f"{folder}/TRUTH_links.csv").parent))
    assert recall >= 0.95
    assert precision >= 0.99


def test_two_agencies_of_lancashire() -> None:
    recall, precision = measured(synthea_gb(wider("synthea_gb/TRUTH_links.csv").parent))
    assert recall >= 0.95
    assert precision >= 0.99


def test_a_thousand_dirty_records() -> None:
    recall, precision = measured(fake_1000(wider("linkage_splink/fake_1000.csv")))
    assert recall >= FAKE
    assert precision >= 0.99


@pytest.mark.timeout(300)
def test_a_third_of_the_historical_figures() -> None:
    recall, precision = measured(historical(wider("linkage_splink/historical_figures_with_errors_50k.parquet"), third=0))
    assert recall >= HISTORICAL
    assert precision >= 0.99


FAKE, HISTORICAL = 0.90, 0.88
