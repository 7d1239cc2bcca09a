"""Plain text: what it hides, whom it names, which counts it states, and the tables in it."""

from __future__ import annotations

import pytest

from enclave.terms.submission import Verdict
from tests.disclosure.say import findings, rules, verdict


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Only 4 people were seen.\n", "T01c"),
        ("The second group (n=4) was left out.\n", "T01c"),
        ("| area | n |\n|---|---|\n| North | 120 |\n| South | 4 |\n", "T01"),
        ("area    n\nNorth   120\nSouth   4\n", "T01"),
        ("        n\nNorth   120\nSouth   4\n", "T01"),
        ("Results follow.\n\narea,n\nNorth,120\nSouth,4\n\nThat was all.\n", "T01"),
        ("district  2023  2024\nNorth  120  4\nSouth  90  80\n", "T01"),
        ("district  2024\nNorth  120\nSouth  4\n", "T01"),
        ("North    120\nSouth    4\nEast    90\n", "T01"),
        ("Table A:  results\ndistrict  n\nNorth  120\nSouth  4\n", "T01"),
        ("Residual df: 6\n", "R01"),
        ('Traceback (most recent call last):\n  File "x.py", line 3\nKeyError\n', "T16"),
        ("{'nhs': '9434765919'}\n", "T14"),
        ("Born 12/03/1961 in the district.\n", "T14g"),
        ("Mr Okafor, Mrs Adeyemi\nand Miss Balogun\nwith John Smith\n", "T14h"),
        ("By Sarah Smith\n", "T14i"),
        ("x\n" * 3 + "\n" * 250 + "more\n", "H16"),
        ("word " * 20_001, "F07"),
        ("see <script>alert(1)</script>\n", "H14"),
        ("model ok\n" + "eJxtfM3OJEmO3D2foh4gK" * 20 + "\n", "H06"),
        ("\n".join("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWg" for _ in range(4)) + "\n", "H06"),
        ("hidden\u200b\u200bwords\n", "H05"),
    ],
)
def test_what_a_text_gives_away_is_found(text: str, rule: str) -> None:
    assert rule in rules(text, ".md")


@pytest.mark.parametrize(
    "text",
    [
        "INFO fit ok; AUC 0.81 on 3,200 rows\n",
        "# Burglary in 2024\n\nTable 2 Patients by area shows 120 people in 4 districts.\n\n- first\n- second\n",
        "| area | n |\n|---|---|\n| North | 120 |\n| South | 160 |\n",
        "Fewer than 10 people were seen; fewer than 5 people is suppressed.\n",
        "Year 7 pupils, 130 of them, were absent for 3 days.\n",
        "We used 2 models, 3 seeds and 5 folds.  Each took 4 minutes.\n",
        "epoch  loss\n1  0.53\n2  0.48\n3  0.44\n",
        "10:31:02  start\n10:31:04  7\n10:31:09  done\n",
        "chi2=12.3, p=0.002, df=2\n",
        "----------------------------------------------------------------------------\n" * 3,
        "Ffion o Ynys Môn.\n",
    ],
)
def test_ordinary_text_is_clear(text: str) -> None:
    assert verdict(text, ".txt") is Verdict.CLEAR, findings(text, ".txt")


def test_where_counts_the_lines_of_the_text() -> None:
    found = findings("Results\n\n| area | n |\n|---|---|\n| North | 120 |\n| South | 4 |\n", ".md")
    assert [one.where for one in found] == ["column 2 (n), line 6"]


@pytest.mark.parametrize(
    ("data", "suffix", "rule"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ".txt", "F02"),
        (b"<?xml version='1.0'?><x/>", ".csv", "F02"),
        (b'{"cells": []}', ".md", "F02"),
        (b"%PDF-1.7", ".txt", "F02"),
        (b"PK\x03\x04rest", ".csv", "F04"),
        (b"\x80\x04\x95", ".csv", "F03"),
        (b"(dp0\nS'a'\np1\nI4\ns.", ".txt", "F03"),
        (b"cos\nsystem\n(S'x'\ntR.", ".csv", "F03"),
        (b"harmless", ".pkl", "F03"),
        (b"harmless", ".joblib", "F03"),
        (b"harmless", ".zip", "F04"),
        (b"harmless", ".exe", "F01"),
        (b"harmless", "", "F01"),
        (b"harmless", ".png", "F02"),
        (b"\x89PNG\r\n\x1a\n", ".csv", "F02"),
        (b"", ".csv", "F09"),
        (b"\n\n\n", ".csv", "F09"),
        ("n\n120\n".encode("utf-16"), ".csv", "F02"),
    ],
)
def test_a_file_is_what_its_bytes_are(data: bytes, suffix: str, rule: str) -> None:
    assert rule in rules(data, suffix)
    assert verdict(data, suffix) is Verdict.BLOCK
