"""Programs, LaTeX, references, JSON, maps: each judged as what it is, and no way around by writing a count another way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.egress_review.checks.json_strict import NotStrict, read_json
from enclave.egress_review.checks.latex import as_printed
from enclave.terms.submission import Verdict
from tests.disclosure.say import findings, rules, verdict

SCRIPT = """#!/usr/bin/env python3
import pandas as pd

# Falls by month
r = e.query('SELECT month, COUNT(*) AS n FROM a.b GROUP BY month', within=20)
r.plot(title='Falls', bins=5)
"""
TABULAR = "\\begin{tabular}{lr}\nArea & n \\\\\n\\hline\n%s\\end{tabular}\n"
SQUARE = [[[0, 0], [0, 1], [1, 1], [0, 0]]]


def record(area: str, n: int) -> dict[str, object]:
    return {"area": area, "n": n}


def areas(*counts: int, **more: object) -> str:
    features = [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": SQUARE}, "properties": record(f"A{place}", n)} | more
        for place, n in enumerate(counts)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def points(count: int) -> str:
    one = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [0.1, 51.5]}, "properties": {"kind": "x"}}
    return json.dumps({"type": "FeatureCollection", "features": [one] * count})


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        (SCRIPT, ".py"),
        ("library(dplyr)\nfit <- lm(y ~ x, data = d)\nsummary(fit)\n", ".r"),
        ("SELECT district, COUNT(*) FROM t GROUP BY district;\n", ".sql"),
        (TABULAR % "North & 140 \\\\\nSouth & 120 \\\\\n", ".tex"),
        ("\\section{Results} We saw 140 falls in \\emph{North}.\n", ".tex"),
        ("@article{a,\n author = {Smith, John and Jones, Mary},\n title = {Falls},\n year = {2020}\n}\n", ".bib"),
        ("@article{a,\n author = {Smith, John and\n Smith, Adam and\n Jones, Paul},\n title = {Falls}\n}\n", ".bib"),
        (json.dumps([record("N", 140), record("S", 120)]), ".json"),
        (json.dumps({"model": "ols", "seed": 7, "folds": 5}), ".json"),
        (areas(140, 120), ".geojson"),
        ("area\tn\nN\t140\nS\t120\n", ".tsv"),
    ],
)
def test_what_is_clean_raises_no_alarm(text: str, suffix: str) -> None:
    assert verdict(text, suffix) is Verdict.CLEAR


@pytest.mark.parametrize(
    ("text", "suffix", "rule"),
    [
        (f"x = {list(range(100, 160))}\n", ".py", "C01"),
        ("x <- c(" + ", ".join(f"'{n}'" for n in range(60)) + ")\n", ".r", "C01"),
        ('d = """\nname,n\n' + "\n".join(f"a{n},{n * 7}" for n in range(60)) + '\n"""\n', ".py", "C01"),
        ("# patient 943 476 5919\nprint(1)\n", ".py", "T14"),
        (TABULAR % "North & 4 \\\\\nSouth & 120 \\\\\n", ".tex", "T01"),
        (TABULAR % "North & \\textbf{4} \\\\\nSouth & $120$ \\\\\n", ".tex", "T01"),
        (TABULAR % "North & \\multicolumn{1}{c}{\\emph{4}} \\\\[2pt]\nSouth & 120 \\\\\n", ".tex", "T01"),
        (TABULAR % "\\hline North & \\num{4} \\tabularnewline\nSouth & 120 \\\\\n", ".tex", "T01"),
        ("943{}476{}5919\n", ".tex", "T14"),
        ("@misc{a,\n note = {943 476 5919}\n}\n", ".bib", "T14"),
        ("@misc{a, title={T},\n author={x}, note={NHS 943 476 5919}}\n", ".bib", "T14"),
        ("@misc{a,\n author={Smith, J 9434765919}}\n", ".bib", "T14"),
        ("@misc{a,\n author={Smith\u200b\u200c\u200b\u200c, J}}\n", ".bib", "H05"),
        ("".join(f"INSERT INTO t (age, sex) VALUES ({n % 90}, 'F');\n" for n in range(300)), ".sql", "C01"),
        ("".join(f"d['E0102{n:04}'] = {n % 7}\n" for n in range(300)), ".py", "C01"),
        ("".join(f"# {name} Smith, 34, Colchester\n" for name in ("James", "Susan", "Mary")), ".py", "T14h"),
        (json.dumps({"features": [{"type": "Point", "coordinates": [0.9, 51.1]}] * 12}), ".json", "G01"),
        (json.dumps([record("N", 4), record("S", 120)]), ".json", "T01"),
        (json.dumps({"results": {"by_area": [record("N", 3), record("S", 99)]}}), ".json", "T01"),
        (json.dumps({"area": ["N", "S"], "n": [3, 99]}), ".json", "T01"),
        ('{"North": 4, "South": 120}', ".json", "T01"),
        ('{"n": 4}', ".json", "T01b"),
        ('{"943 476 5919": "x"}', ".json", "T14"),
        ('{"n": 140, "n": 4}', ".json", "F10"),
        ('{"n": NaN}', ".json", "F10"),
        ("[" * 60 + "]" * 60, ".json", "F10"),
        ("[" * 100_000 + "]" * 100_000, ".json", "F10"),
        ('{"cells": []}', ".json", "F02"),
        ("<html></html>", ".json", "F02"),
        (areas(4, 120), ".geojson", "T01"),
        (areas(140, id="943 476 5919"), ".geojson", "T14"),
        (areas(140, note="x"), ".geojson", "H25"),
        (areas(140, geometry={"type": "Polygon", "coordinates": SQUARE, "who": "x"}), ".geojson", "H25"),
        (areas(140, geometry={"type": "Polygon", "coordinates": [["x", 1]]}), ".geojson", "H25"),
        (areas(140, geometry={"type": "Blob", "coordinates": []}), ".geojson", "H25"),
        (areas(140, properties={"n": [1, 2]}), ".geojson", "F11"),
        (json.dumps({"type": "FeatureCollection", "secret": "x", "features": []}), ".geojson", "H25"),
        ('{"type": "Feature"}', ".geojson", "F02"),
        (points(12), ".geojson", "G01"),
        (points(12), ".json", "G01"),
        ("area\tn\nN\t4\nS\t120\n", ".tsv", "T01"),
        ("model: ols\n", ".yaml", "F01"),
        ("PK\x03\x04", ".py", "F02"),
        ("cos\nsystem\n(S'x'\ntR.", ".py", "F03"),
    ],
)
def test_what_would_tell_of_people_is_blocked(text: str, suffix: str, rule: str) -> None:
    assert rule in rules(text, suffix)
    assert verdict(text, suffix) is Verdict.BLOCK


@pytest.mark.parametrize(("text", "suffix", "rule"), [("x = [1, 2, 3, 4, 5, 6, 7, 8]\n", ".py", "C01b"), (points(3), ".geojson", "G01b")])
def test_what_may_be_harmless_is_for_people(text: str, suffix: str, rule: str) -> None:
    assert rules(text, suffix) == {rule}
    assert verdict(text, suffix) is Verdict.REVIEW


def test_a_finding_in_latex_is_where_the_author_wrote_it() -> None:
    assert [one.where for one in findings(TABULAR % "North & \\textbf{4} \\\\\nSouth & 120 \\\\\n", ".tex")] == ["column 2 (n), line 4"]


@given(st.text(alphabet="\\{}[]&$%~abc4 \nhline", max_size=300))
def test_latex_keeps_its_lines_and_takes_no_time(text: str) -> None:
    assert as_printed(text).count("\n") == text.count("\n")


@given(st.binary(max_size=200))
def test_any_bytes_as_json_are_one_value_or_refused(data: bytes) -> None:
    try:
        body = read_json(data)
    except NotStrict:
        return
    assert json.loads(json.dumps(body)) == body


@pytest.mark.parametrize("suffix", [".py", ".r", ".sql", ".tex", ".bib", ".json", ".geojson", ".tsv"])
@given(data=st.binary(max_size=120))
def test_any_bytes_are_judged(suffix: str, data: bytes) -> None:
    assert verdict(data, suffix) in Verdict


HOSTILE = {
    "commands that never close": "\\a[" * 25_000,
    "braces that never close": "\\a{" * 25_000,
    "spans that never close": "\\multicolumn{" * 7_000,
    "rules and then something": "\\hline" * 15_000 + "x",
    "blanks after a comma": "1," + " " * 100_000 + "x",
    "commas and blanks": "1,   " * 20_000,
    "empty lines in a block": '"""' + "\n" * 100_000 + "x",
    "digits": "1" * 100_000,
    "quotes": "'" * 100_000,
    "hashes": "1,#" * 33_000,
    "commas far apart": ("," + " " * 40).join("1" * 2_400),
    "bars": "|" * 50_000 + "x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.parametrize("suffix", [".tex", ".py", ".bib"])
def test_a_hundred_kilobytes_made_to_be_slow_are_judged(text: str, suffix: str) -> None:
    """Whatever grows with the square of the length would take hours here."""
    assert verdict(text, suffix) in Verdict
