"""Short texts that stand for enormous numbers: refused in no time, because the portal has one interpreter for everybody."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlglot

from enclave.dp_queries.literals import threshold_for
from enclave.dp_queries.pricing import Ask
from enclave.terms.errors import ResearcherError
from enclave.terms.loss import PrivacyLoss, exact
from enclave.terms.schema import Column, Kind

AGE = Column(name="age", label="Age", kind=Kind.INTEGER, low=0, high=120)
ENORMOUS = ("1e-999999999", "1e999999999", "1E+100", "9" * 100, "1/" + "9" * 100, "1e", "1_0", "\u0661", "nan", "0x10")


@pytest.mark.parametrize("text", ENORMOUS)
def test_an_amount_is_a_short_plain_number(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        exact(text)
    with pytest.raises(ValueError, match="not an amount"):
        PrivacyLoss.costing(text)
    with pytest.raises(ResearcherError) as refused:
        Ask(rho=text)
    assert refused.value.rule == "Q-16"


@pytest.mark.parametrize("text", ["0.1", " 1/3 ", "1e-6", "+.5", "2."])
def test_what_people_write_is_read(text: str) -> None:
    assert Ask(rho=text).rho == text
    assert exact(text) > 0


def test_a_huge_threshold_is_refused_before_it_is_written_out() -> None:
    """In a process of its own: where the check is missing, nothing in this one could end the wait."""
    code = (
        "import sqlglot; from enclave.dp_queries.literals import threshold_for; from enclave.terms.schema import Column, Kind\n"
        "age = Column(name='age', label='Age', kind=Kind.INTEGER, low=0, high=120)\n"
        "for text in ['1e999999', '-1e999990'] * 5:\n"
        "    try: threshold_for(sqlglot.parse_one(text), age)\n"
        "    except Exception as refused: print(refused.rule)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["Q-10"] * 10


@pytest.mark.parametrize(("text", "both"), [("17.5", (17, 18)), ("1e2", (100, 100)), ("1e-999999", (0, 1)), ("-3", (-3, -3))])
def test_other_thresholds_are_read_as_before(text: str, both: tuple[int, int]) -> None:
    assert threshold_for(sqlglot.parse_one(text), AGE) == both
