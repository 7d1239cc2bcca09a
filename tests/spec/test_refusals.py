"""Every kind of bad question is refused by its numbered rule, says what would be possible, and never raises anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.dp_queries.question import Question
from enclave.dp_queries.rules import RULES
from enclave.dp_queries.sql import parse, resolve
from enclave.terms.errors import ResearcherError
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.factories.tables import OTHER, OTHER_SCHEMA, SCHEMA, TABLE

FROM = "FROM police.incidents"
ROWS = replace(
    TABLE,
    version=7,
    dataset=7,
    population=7,
    schema=replace(SCHEMA, name=DatasetName(agency="police", dataset="streets"), unit=Unit.ROW, rows_per_person=1),
)
ELSEWHERE = replace(
    OTHER, version=8, dataset=8, population=8, schema=replace(OTHER_SCHEMA, name=DatasetName(agency="gp", dataset="contacts"))
)
TABLES = {table.schema.name: table for table in (TABLE, OTHER, ROWS, ELSEWHERE)}


def understood(text: str) -> Question:
    return resolve(parse(text), TABLES)


def outcome(text: str) -> str:
    """The rule of the refusal, or that there was none."""
    try:
        understood(text)
    except ResearcherError as refused:
        return refused.rule
    return "understood"


BAD = [
    ("x" * 10_001, "Q-01"),
    ("SELEKT COUNT(*)", "Q-02"),
    ("", "Q-02"),
    ("SELECT COUNT(* FROM police.incidents", "Q-02"),
    ("SELECT 'open FROM police.incidents", "Q-02"),
    (f"SELECT COUNT(*) {FROM}; SELECT COUNT(*) {FROM}", "Q-03"),
    (f"DELETE {FROM}", "Q-04"),
    ("DROP TABLE police.incidents", "Q-04"),
    ("UPDATE police.incidents SET age = 1", "Q-04"),
    ("INSERT INTO police.incidents VALUES (1)", "Q-04"),
    ("CREATE TABLE x AS SELECT 1", "Q-04"),
    ("PRAGMA database_list", "Q-04"),
    ("ATTACH 'x.db'", "Q-02"),
    ("COPY police.incidents TO 'x.csv'", "Q-04"),
    (f"SELECT * {FROM}", "Q-05"),
    (f"SELECT incidents.* {FROM}", "Q-05"),
    (f"SELECT DISTINCT district {FROM}", "Q-06"),
    (f"SELECT COUNT(*) {FROM} JOIN gp.contacts ON 1=1", "Q-23"),
    (f"SELECT COUNT(*) {FROM}, gp.contacts", "Q-23"),
    (f"SELECT COUNT(*) {FROM} AS i JOIN health.attendances AS a ON i.age = a.stay", "Q-23"),
    (f"SELECT COUNT(*) {FROM} AS i RIGHT JOIN health.attendances AS a USING (person)", "Q-23"),
    (f"SELECT COUNT(*) {FROM} AS i JOIN police.streets AS s USING (person)", "Q-22"),
    ("SELECT COUNT(*) FROM (SELECT person FROM police.streets GROUP BY person) AS s", "Q-22"),
    (f"SELECT COUNT(*) {FROM} AS i JOIN gp.contacts AS g USING (person)", "Q-26"),
    (f"SELECT COUNT(*) {FROM} WHERE person IN (SELECT person FROM gp.contacts)", "Q-26"),
    (f"SELECT COUNT(*) FROM (SELECT person, age {FROM} GROUP BY person) AS p", "Q-06"),
    (f"SELECT COUNT(*) FROM (SELECT person, COUNT(*) AS n {FROM} GROUP BY person, age) AS p", "Q-24"),
    (f"SELECT COUNT(*) FROM (SELECT district, COUNT(*) AS n {FROM} GROUP BY district) AS p", "Q-24"),
    (f"SELECT COUNT(*) FROM (SELECT person, MEDIAN(age) AS a {FROM} GROUP BY person) AS p", "Q-06"),
    (f"SELECT COUNT(*) FROM (SELECT person, COUNT(*) AS n {FROM} GROUP BY person LIMIT 3) AS p", "Q-24"),
    (f"SELECT COUNT(*) {FROM} AS i JOIN health.attendances AS i USING (person)", "Q-06"),
    (f"SELECT COUNT(*) {FROM} WHERE flag OR person IN (SELECT person FROM health.attendances)", "Q-06"),
    (f"SELECT district, COUNT(DISTINCT person) {FROM} GROUP BY ROLLUP (district)", "Q-25"),
    (f"SELECT district, MEDIAN(age) {FROM} GROUP BY ROLLUP (district)", "Q-28"),
    (f"SELECT CORR(age, district) {FROM}", "Q-12"),
    (f"SELECT CORR(age, COALESCE(NULL, 3)) {FROM}", "Q-06"),
    (f"SELECT MEDIAN(age) + 1 {FROM}", "Q-06"),
    (f"SELECT QUANTILE(age, 1.5) {FROM}", "Q-06"),
    (f"SELECT QUANTILE(age) {FROM}", "Q-02"),
    (f"SELECT MEDIAN(district) {FROM}", "Q-12"),
    (f"SELECT district, age, MEDIAN(cost), COUNT(*), DATE_TRUNC('month', day) {FROM} GROUP BY 1, 2, 5", "Q-13"),
    (f"SELECT SUM(age * 1000000000 * 1000000000) {FROM}", "Q-21"),
    (f"SELECT COUNT(*) {FROM} WHERE age + 0.0000001 > 3", "Q-21"),
    (f"SELECT COUNT(*) {FROM} UNION SELECT COUNT(*) {FROM}", "Q-06"),
    (f"SELECT (SELECT COUNT(*) {FROM}) {FROM}", "Q-06"),
    (f"SELECT COUNT(*) {FROM} WHERE age IN (SELECT age {FROM})", "Q-06"),
    (f"SELECT COUNT(*) {FROM} HAVING district = 3", "Q-06"),
    (f"SELECT COUNT(*) {FROM} HAVING COUNT(*) > SUM(age)", "Q-06"),
    (f"SELECT COUNT(*) OVER () {FROM}", "Q-06"),
    (f"SELECT MAX(age) {FROM}", "Q-06"),
    (f"SELECT DAY(day), COUNT(*) {FROM} GROUP BY 1", "Q-06"),
    (f"SELECT MONTH(age), COUNT(*) {FROM} GROUP BY 1", "Q-06"),
    (f"SELECT SUM(age) OVER () {FROM}", "Q-06"),
    (f"SELECT read_csv('/etc/passwd') {FROM}", "Q-06"),
    (f"SELECT COUNT(DISTINCT district) {FROM}", "Q-06"),
    (f"SELECT COUNT(*) {FROM} LIMIT 'a'", "Q-06"),
    (f"SELECT COUNT(*) {FROM} ORDER BY age", "Q-06"),
    (f"SELECT COUNT(*) {FROM} WHERE district > 'north'", "Q-06"),
    (f"SELECT COUNT(*) {FROM} WHERE postcode = 'CO1'", "Q-07"),
    (f"SELECT colour, COUNT(*) {FROM} GROUP BY colour", "Q-07"),
    (f"SELECT SUM(salary) {FROM}", "Q-07"),
    ("SELECT COUNT(*)", "Q-08"),
    ("SELECT COUNT(*) FROM incidents", "Q-08"),
    ("SELECT COUNT(*) FROM a.b.c", "Q-08"),
    ("SELECT COUNT(*) FROM read_parquet('x')", "Q-08"),
    ("SELECT COUNT(*) FROM (SELECT 1)", "Q-08"),
    ("SELECT COUNT(*) FROM (SELECT person FROM (SELECT person FROM police.incidents) AS b) AS a", "Q-24"),
    (f"SELECT district {FROM}", "Q-09"),
    (f"SELECT district, COUNT(*) {FROM}", "Q-09"),
    (f"SELECT COUNT(*) {FROM} WHERE district = 'west'", "Q-10"),
    (f"SELECT COUNT(*) {FROM} WHERE day >= 'yesterday'", "Q-10"),
    (f"SELECT COUNT(*) {FROM} WHERE age > 'old'", "Q-10"),
    (f"SELECT COUNT(*) {FROM} WHERE age > 1e400", "Q-10"),
    (f"SELECT COUNT(*) {FROM} WHERE month = '2024-13'", "Q-10"),
    (f"SELECT day, COUNT(*) {FROM} GROUP BY day", "Q-11"),
    (f"SELECT cost, COUNT(*) {FROM} GROUP BY cost", "Q-11"),
    (f"SELECT SUM(district) {FROM}", "Q-12"),
    ("SELECT clinic, COUNT(*) FROM health.attendances GROUP BY ROLLUP (clinic)", "Q-31"),
    ("SELECT clinic, MEDIAN(stay) FROM health.attendances GROUP BY clinic", "Q-31"),
    ("SELECT clinic, clinic + 1 AS next, COUNT(*) FROM health.attendances GROUP BY 1, 2", "Q-31"),
    (f"SELECT AVG(day) {FROM}", "Q-12"),
    (f"SELECT district, age, month, DATE_TRUNC('month', day), flag, COUNT(*) {FROM} GROUP BY 1, 2, 3, 4, 5", "Q-13"),
    (f"SELECT district {FROM} GROUP BY district", "Q-14"),
    (f"SELECT COUNT(*) {FROM} WHERE 1 = 1", "Q-15"),
    (f"SELECT COUNT(*) {FROM} WHERE district = age", "Q-15"),
    (f"SELECT COUNT(*) {FROM} WHERE getenv('HOME') = 'x'", "Q-06"),
    (f"SELECT COUNT(*) {FROM} WHERE age", "Q-15"),
    (f"SELECT COUNT(*) {FROM} GROUP BY district", "Q-17"),
    (f"SELECT district, COUNT(*) {FROM} GROUP BY district, flag", "Q-17"),
    (f"SELECT COUNT(*) {FROM} WHERE " + "NOT (" * 30 + "flag" + ")" * 30, "Q-18"),
    (f"SELECT person, COUNT(*) {FROM} GROUP BY person", "Q-19"),
    (f"SELECT COUNT(*) {FROM} WHERE person = 17", "Q-19"),
    (f"SELECT COUNT(*) {FROM} WHERE rank = 1", "Q-19"),
]


@pytest.mark.parametrize(("text", "rule"), BAD, ids=[f"{rule}-{text[:40]}" for text, rule in BAD])
def test_wish_34_a_bad_question_is_refused_by_its_rule(text: str, rule: str) -> None:
    with pytest.raises(ResearcherError) as caught:
        understood(text)
    assert caught.value.rule == rule, str(caught.value)
    assert caught.value.sentence
    assert caught.value.instead
    assert "{" not in str(caught.value)


def test_every_rule_of_the_language_has_an_example() -> None:
    assert {rule for _, rule in BAD} == set(RULES) - {"Q-16", "Q-20", "Q-27", "Q-29", "Q-30", "Q-32"}


GOOD = [
    f"SELECT COUNT(*) {FROM}",
    f"select district, count(*) as n {FROM} where flag group by district order by n desc limit 2",
    f"SELECT COUNT(DISTINCT person) {FROM} WHERE age BETWEEN 3 AND 9 AND NOT (district IN ('north', 'south'))",
    f"SELECT AVG(cost), SUM(cost), COUNT(cost) {FROM} WHERE cost >= -1.5 OR cost IS NULL",
    f"SELECT DATE_TRUNC('month', day) AS m, COUNT(*) {FROM} WHERE day >= DATE '1970-02-01' GROUP BY m",
    f"SELECT YEAR(day), flag, COUNT(*) {FROM} GROUP BY YEAR(day), 2 ORDER BY 1",
    f"SELECT month, AVG(age) {FROM} WHERE '1970-05' <= month AND flag = TRUE GROUP BY 1;",
    f"SELECT COUNT(1) {FROM} WHERE district <> 'north' -- only the others",
    f"SELECT STDDEV(cost), VARIANCE(age), VAR_POP(age) {FROM}",
    f"SELECT district, MEDIAN(cost), QUANTILE(age, 0.9) AS p90, PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY age) {FROM} GROUP BY district",
    f"SELECT 100.0 * COUNT(flag) / COUNT(*) AS share, ROUND(SUM(cost) / COUNT(*), 2) AS mean {FROM}",
    f"SELECT COUNT(*) FILTER (WHERE flag), COUNT_IF(age > 3) AS old, AVG(CASE WHEN flag THEN 1 ELSE 0 END) AS part {FROM}",
    f"SELECT CASE WHEN age < 10 THEN 'young' WHEN age < 15 THEN 'older' ELSE 'oldest' END AS band, COUNT(*) {FROM} GROUP BY band",
    f"SELECT FLOOR(cost / 2) * 2 AS bin, COUNT(*) {FROM} GROUP BY bin",
    f"SELECT QUARTER(day), ISODOW(day), COUNT(*) {FROM} GROUP BY 1, 2",
    f"SELECT DATE_TRUNC('quarter', day) AS q, MONTH(day) AS m, DAYOFWEEK(day) AS d, COUNT(*) {FROM} GROUP BY ROLLUP (q, m, d)",
    f"SELECT district, flag, COUNT(*), AVG(age) {FROM} GROUP BY CUBE (district, flag)",
    f"SELECT district, COUNT(*) {FROM} GROUP BY GROUPING SETS ((district), ())",
    f"SELECT district, COUNT(*) AS n {FROM} GROUP BY district HAVING COUNT(*) > 10 AND AVG(age) <= 12.5 ORDER BY n DESC",
    f"SELECT COUNT(*) {FROM} WHERE age * 2 + 1 > cost AND COALESCE(cost, 0) <> 3 AND NULLIF(age, 4) IS NULL AND age % 2 = 1",
    f"SELECT SUM(LEAST(GREATEST(cost, 0), 5)) AS capped, AVG(ABS(cost)) AS size {FROM}",
    f"SELECT AVG(n), COUNT(*) FROM (SELECT person, LEAST(COUNT(*), 5) AS n {FROM} WHERE flag GROUP BY person) AS p",
    f"WITH p AS (SELECT person, MIN(day) AS d, BOOL_OR(flag) AS ever {FROM} GROUP BY person) SELECT YEAR(d), COUNT(*) FROM p WHERE ever GROUP BY 1",
    f"SELECT i.district, a.ward, COUNT(*) {FROM} AS i JOIN health.attendances AS a ON i.person = a.person GROUP BY 1, 2",
    f"SELECT flag, AVG(n) {FROM} i LEFT JOIN (SELECT person, COUNT(*) AS n FROM health.attendances GROUP BY person) h USING (person) GROUP BY 1",
    f"SELECT COUNT(DISTINCT person) {FROM} WHERE age > 3 AND person IN (SELECT person FROM health.attendances WHERE ward = 'a')",
    f"SELECT COUNT(*) {FROM} WHERE NOT person IN (SELECT person FROM health.attendances GROUP BY person)",
    f"SELECT COUNT(*) {FROM} WHERE person IN (SELECT person FROM health.attendances GROUP BY person HAVING COUNT(*) >= 2)",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_question_is_understood(text: str) -> None:
    assert understood(text).outputs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"SELECT COUNT(*) {FROM}", "select  count( * )  as total\nFROM police.incidents -- the same"),
        (f"SELECT district, COUNT(*) {FROM} GROUP BY district", f"SELECT COUNT(*), district {FROM} GROUP BY 2 ORDER BY 1 LIMIT 1"),
        (f"SELECT COUNT(*) {FROM} WHERE age IN (3, 1, 2)", f"SELECT COUNT(*) {FROM} WHERE age IN (1, 2, 3, 3)"),
        (f"SELECT COUNT(*) {FROM} WHERE age > 3.5", f"SELECT COUNT(*) {FROM} WHERE 3.9 < age"),
    ],
)
def test_the_same_question_in_other_words_is_the_same_question(one: str, other: str) -> None:
    assert understood(one).canonical() == understood(other).canonical()


_WORDS = st.sampled_from(
    [
        "SELECT",
        "COUNT",
        "(",
        ")",
        "*",
        ",",
        "FROM",
        "police.incidents",
        "WHERE",
        "GROUP",
        "BY",
        "ORDER",
        "district",
        "age",
        "cost",
        "flag",
        "day",
        "month",
        "person",
        "AND",
        "OR",
        "NOT",
        "IN",
        "BETWEEN",
        "IS",
        "NULL",
        "=",
        "<",
        ">",
        "'north'",
        "3",
        "1.5",
        "'1970-01-01'",
        "SUM",
        "AVG",
        "YEAR",
        "DATE_TRUNC",
        "DISTINCT",
        "UNION",
        "WITH",
        ";",
        "--",
        "LIMIT",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "CAST",
        "AS",
        "INT",
        "JOIN",
        "ON",
        "LATERAL",
        "UNNEST",
        "STRUCT",
        "[",
        "]",
        "{",
        "}",
        "::",
        "?",
        "$1",
        "@x",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(_WORDS, max_size=25).map(" ".join) | st.text(max_size=80).map(lambda text: f"SELECT COUNT(*) {FROM} WHERE {text}"))
@example("SELECT " + "(" * 2_000)
@example(f"SELECT COUNT(*) {FROM} WHERE " + " AND ".join(["age > 1"] * 800))
@example(f"SELECT COUNT(*) {FROM} WHERE age IN (" + ",".join(str(i) for i in range(2_500)) + ")")
def test_any_text_is_understood_or_refused_by_rule(text: str) -> None:
    assert outcome(text) in {"understood", *RULES}
