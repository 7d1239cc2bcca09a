"""Tables that hide something, look like rows about persons, or carry identifiers."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.terms.submission import Verdict
from tests.disclosure.say import findings, rules, verdict

HEAD = "district,n\nNorth,120\nSouth,160\n"


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (HEAD + "\n" * 5_000 + "9434765919\n", "H04"),
        (HEAD + "\nnotes,here\n", "H04"),
        (HEAD + "East,90,7\n", "H08"),
        (HEAD + "East\n", "H08"),
        ("Results\n" + HEAD, "H08"),
        ("district,n,,\nNorth,120,,7\nSouth,160,,8\n", "H09"),
        ("district,n,,far\nNorth,120,,70\nSouth,160,,80\n", "H09"),
        ('district,n\nNorth,"12\n0"\nSouth,160\n', "H11"),
        ("district,n\n" + "x" * 600 + ",120\n", "H11"),
        ("district,n\nNorth,120 ;4\nSouth,160 ;7\n", "H12"),
        ('district,n\n"North,120\nSouth,160\n', "H13"),
        ("district,n\nNorth" + " " * 80 + "4711,120\n", "H10"),
        ("district,n\nNo\u200brth,120\n", "H05"),
        ("district,n\nNo\u202erth,120\n", "H05"),
        ("district,n\nNo\U000e0041rth,120\n", "H05"),
        ("district,n\nNorth\x00,120\n", "F02"),
        ("district,n\nNorth\x07,120\n", "H05"),
        ("district,n\nN\u0308\u0308\u0308orth,120\n", "H05"),
        ("district,n\nNorth\u2003\u2003,120\n", "H05"),
        ("district,n\n" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 8 + ",120\n", "H06"),
        ("district,n\n=1+1,120\n", "H07"),
        ("district,n\n@SUM(A1),120\n", "H07"),
        ("district,n\n+cmd,120\n", "H07"),
        ("district,n\n-2+3+A1,120\n", "H07"),
        ("=A1,n\nNorth,120\n", "H07"),
        ("district,n\n<script>x</script>,120\n", "H14"),
        ("district,n\n<img src=x>,120\n", "H14"),
        ("district,n\nNorth,120\n".encode("utf-16").decode("latin-1"), "F02"),
        (HEAD + "# " + "x" * 300 + "\n", "H04"),
        (HEAD + "# n=4\n", "T01c"),
        (",".join(f"c{n}" for n in range(101)) + "\n" + ",".join("120" for _ in range(101)), "T10e"),
        ("district,n   \nNorth,120    \nSouth,130     \nEast,140   \n", "H17"),
        (HEAD + "# 9434765919\n", "T14"),
    ],
)
def test_what_hides_in_a_csv_is_found(table: str, rule: str) -> None:
    assert rule in rules(table)
    assert verdict(table) is Verdict.BLOCK


@pytest.mark.parametrize(
    "table",
    [
        HEAD,
        "\ufeff" + HEAD,
        HEAD.replace("\n", "\r\n"),
        HEAD.replace("\n", "\r"),
        HEAD.rstrip(),
        HEAD + "\n\n",
        HEAD + "# n=3000 dof=2998\n",
        "# Burglary by district\n" + HEAD,
        '"district","n"\n"North, inner","1,200"\n"South","1,600"\n',
        "district,change\nNorth,-12.5\nSouth,+3.1\nEast,-\n",
        "range,n\n-5 to 0,120\n0 to 5,160\n",
        "Ardal,n\nGwynedd,120\nYnys Môn,160\n",
        "term,coef,std err,P>|t|,[0.025,0.975]\nage,0.2,0.1,0.04,0.01,0.4\n",
        "n\n120\n160\n",
    ],
)
def test_ordinary_tables_are_clear(table: str) -> None:
    assert verdict(table) is Verdict.CLEAR, findings(table)


def test_a_table_in_another_encoding_is_refused_with_the_way_out() -> None:
    [found] = findings("district,n\nYnys Môn,120\n".encode("latin-1"))
    assert (found.rule, "UTF-8" in found.remedy) == ("F06", True)


def persons(count: int, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    return [
        f"{draw.choice('MF')},{draw.randint(18, 90)},{draw.choice(['North', 'South'])},{draw.randint(1000, 90_000)}.5" for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (["sex,age,district,income", *persons(200)], "T10"),
        (["sex,age,district,income", *persons(50)], "T10"),
        (["district,n", *(f"Ward {number},{number + 20}" for number in range(5_001))], "T10b"),
        (["person_id,visits", *(f"{number * 7919 % 9973},{number + 11}" for number in range(20))], "T10c"),
        (["k,visits", *(f"{random.Random(number).randbytes(6).hex()},{number + 11}" for number in range(20))], "T10c"),
        (["area,n", "E01000001,120", "E01000002,90"], "T15"),
        (["when,what,n"] + [f"{y}-03-1{d},event,120" for d, y in enumerate((1950, 1999, 1931, 2004, 1962, 1988))], "T14g"),
        (
            ["note,n"]
            + [f"the {word} person came in on a Friday and said so,120" for word in ("first", "second", "next", "last", "other")],
            "T14j",
        ),
        (["who,n", "Smith,120", "Jones,130", "Patel,90", "Brown,77", "Khan,60"], "T14h"),
        (["surname,n", "Xy,120", "Zz,130"], "T14m"),
        (["date_of_birth,n", "1990,120"], "T14m"),
        (["stat,age", "min,18", "max,97"], "T07"),
        (["model,dof,r2", "ols,6,0.4"], "R01"),
        (["district,n", "N\u043erth,120"], "H18"),
    ],
)
def test_rows_about_persons_and_what_points_at_them(lines: list[str], rule: str) -> None:
    assert rule in rules("\n".join(lines))


@pytest.mark.parametrize(
    "lines",
    [
        ["district,month,n", *(f"D{d},2024-{m:02},{d * m + 50}" for d in range(10) for m in range(1, 13))],
        ["month,rate", *(f"{y}-{m:02},{y % 7}.{m}" for y in range(2015, 2025) for m in range(1, 13))],
        ["ward,male,female", *(f"Ward {number},{number + 20},{number + 30}" for number in range(60))],
        ["age,n", *(f"{age},{age + 30}" for age in range(18, 91))],
        ["ward_code,n", *(f"E0500{number:04},{number + 30}" for number in range(60))],
        ["term,coef", *(f"age_band_{a}_{a + 5},0.{a}" for a in range(20, 80, 5))],
    ],
)
def test_long_summaries_are_no_rows_about_persons(lines: list[str]) -> None:
    assert verdict("\n".join(lines)) is Verdict.CLEAR, findings("\n".join(lines))


def test_long_decimals_are_mentioned_and_stop_nothing() -> None:
    assert [(one.rule, one.severity.value) for one in findings("district,rate\nNorth,0.12345678912\n")] == [("T09", "info")]


@pytest.mark.parametrize(
    "unit", [" ", "a", "0", '"', "n=", "Mr ", "-", "a@", "\t", " \t", "\n", ".", "(", "#\n", "|", "a  1\n", "A1", "x;y,", "07"]
)
@pytest.mark.timeout(60)  # what is quadratic takes minutes here; how fast the others are, the benchmarks say
def test_no_text_keeps_the_checks_busy(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    findings(text)
    findings(text, ".txt")


IDENTIFIERS = {
    "T14": [
        "9434765919",
        "943 476 5919",
        "943-476-5919",
        "9434765919.0",
        "\uff19\uff14\uff13\uff14\uff17\uff16\uff15\uff19\uff11\uff19",
        "943\u2011476\u20115919",
    ],
    "T14b": ["AB123456C", "AB 12 34 56 C", "ab123456c"],
    "T14c": ["H801200001001"],
    "T14d": ["SE1 7EH", "EC1A1BB", "b33 8th"],
    "T14e": ["a.person@example.org", "a.person [at] example.org"],
    "T14f": ["07700 900123", "+44 7700 900123", "020 7946 0958", "(01632) 960 001"],
    "T14h": ["Mrs Okonkwo", "John Smith", "SMITH JOHN", "Khan, Fatima"],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in IDENTIFIERS.items() for text in texts])
def test_identifiers_are_found_in_cells_headings_and_text(rule: str, text: str) -> None:
    assert rule in rules(f'what,n\n"{text}",120\nother,90\n')
    assert rule in rules(f'"{text}",n\nsome,120\nother,90\n')
    if rule != "T14h":
        assert rule in rules(f"It was {text} that came up.\n", ".txt")


@pytest.mark.parametrize(
    "text",
    [
        "9434765918",
        "1111111111",
        "0.9434765919",
        "19434765919",
        "FF99CC",
        "F81BD",
        "QQ123456C",
        "2024-03-01",
        "12:30",
        "Kent Police",
        "A1",
        "Q1 2024",
    ],
)
def test_what_only_looks_like_an_identifier_is_clear(text: str) -> None:
    assert verdict(f"what,n\n{text},120\nother,90\n") is Verdict.CLEAR, findings(f"what,n\n{text},120\nother,90\n")


def test_long_numbers_that_pass_by_chance_are_doubtful() -> None:
    draw = random.Random(4)
    sums = [draw.randint(10**9, 10**10 - 1) for _ in range(40)]
    assert rules("area,pounds\n" + "\n".join(f"A{index},{value}" for index, value in enumerate(sums))) == {"T14k"}
    assert "T14" in rules("area,n\nA,120\nB,160\nC,9434765919\n")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_no_table_breaks_the_checks_and_no_finding_quotes_it(rows: list[list[str]], separator: str) -> None:
    text = "\n".join(separator.join(row) for row in rows)
    for found in findings(text):
        assert found.sentence
        assert len(found.where) <= 160
    findings(text, ".txt")


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".txt", ".png", ".jpg", ".pkl", ""]))
def test_no_bytes_break_the_checks(data: bytes, suffix: str) -> None:
    findings(data, suffix)


SECRET = st.text("qxzjkvw", min_size=5, max_size=9).map(lambda text: f"Zq{text}7")


@settings(deadline=None)
@given(SECRET, SECRET, st.integers(1, 9))
def test_findings_never_carry_a_value(label: str, other: str, small: int) -> None:
    text = f"district,n\n{label},{small}\n{other},1{small}77\n=x{other},160\nMrs {label.capitalize()},70\n"
    said = str([one.as_json() for one in findings(text)])
    assert label not in said
    assert other not in said
    assert f"1{small}77" not in said


@pytest.mark.parametrize("heading", ["9434765919", "John Smith", "a@b.example", "x" * 60, "n;DROP", "<b>", "Zq12345"])
def test_a_heading_that_could_be_a_value_is_not_quoted(heading: str) -> None:
    said = str([one.as_json() for one in findings(f'district,"{heading}"\nNorth,4\nSouth,5\n')])
    assert heading not in said
