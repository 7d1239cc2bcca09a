"""Which columns point at a person: recall, false alarms by name and speed, every cell of every file of the wider data, beside Presidio.

Presidio is asked as its own tool for tables does it: up to 200 different values of a column, the header as context, its UK recognisers and
the general ones, without a model of names; a column is what most of its findings say. It is given the lemmas it needs for context to count.
"""

from __future__ import annotations

import csv
import io
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from enclave.anonymise.columns.classify import Classified
from enclave.anonymise.columns.context import classify
from enclave.anonymise.ports import PROFILE_TASK
from enclave.anonymise.published.code_book import code_books
from enclave.anonymise.reading.facts import ColumnFacts
from tests.factories.column_truth import COMMITTED as EXTRACTS
from tests.factories.column_truth import WIDER as FILES
from tests.factories.column_truth import score
from tests.factories.licensed import COMMITTED, WIDER
from tests.fakes.memory_anonymise import run_task

SAMPLE = 200
WIDE_FILE, WIDE_ROWS = "hes_artificial/artificial_hes_ae_0708_truncated.csv", 20_000


def main(rows: int) -> None:
    """Print a line for every file, the totals, and two speeds. ``rows`` is the length of the twelve-column table."""
    analyzer = presidio()
    _ours(b"warm,up\nSW1A 2AA call 020 7946 0958,a@b.example\n")
    print(
        f"{'file':<50}{'columns':>8}{'wanted':>7}{'recall':>8}{'alarms':>7}{'rows/s':>9} | Presidio {'recall':>7}{'alarms':>7}{'cells/s ×':>10}"
    )
    totals: Counter[str] = Counter()
    for name, content, truth in _files():
        ours, seconds, cells = _timed(content)
        scored = score(ours, truth)
        theirs, their_seconds, their_cells = _asked(analyzer, content)
        missed, alarms = len(set(truth) - theirs), len(theirs - set(truth))
        ratio = (cells / seconds) / (their_cells / their_seconds)
        recall = 1 - missed / len(truth) if truth else 1.0
        rows_a_second = cells / len(ours) / seconds
        print(
            f"{name:<50}{scored.columns:>8}{scored.wanted:>7}{scored.recall:>8.3f}{len(scored.alarms):>7}{rows_a_second:>9,.0f} | "
            f"{'':<8} {recall:>7.3f}{alarms:>7}{ratio:>10.0f}"
        )
        if scored.missed or scored.alarms:
            print(f"    missed: {', '.join(scored.missed) or 'none'}; false alarms: {', '.join(scored.alarms) or 'none'}")
        totals.update(
            columns=scored.columns, wanted=scored.wanted, missed=len(scored.missed), alarms=len(scored.alarms), theirs=missed, their=alarms
        )
    wanted = totals["wanted"] or 1
    print(
        f"all: {totals['columns']} columns, {totals['wanted']} identifying; recall {1 - totals['missed'] / wanted:.3f}, "
        f"{totals['alarms']} false alarms. Presidio: recall {1 - totals['theirs'] / wanted:.3f}, {totals['their']} false alarms"
    )
    for title, content in _speeds(rows):
        ours, seconds, cells = _timed(content)
        print(f"{title}: {cells / len(ours) / seconds:,.0f} rows/s, {cells / seconds:,.0f} cells/s, every cell")


def _files() -> Iterator[tuple[str, bytes, Mapping[str, str]]]:
    here = {name: truth for name, truth in FILES.items() if (WIDER / name).exists()}
    for name, truth in here.items():
        yield name, (WIDER / name).read_bytes(), truth
    if not here:
        for name, truth in EXTRACTS.items():
            yield name, (COMMITTED / name).read_bytes(), truth


def _ours(content: bytes) -> dict[str, Classified]:
    last = run_task(PROFILE_TASK, io.BytesIO(content))[-1]
    assert isinstance(last, dict)
    columns: Any = last["profile"]["columns"]  # type: ignore[index,call-overload]
    return {one.facts.header: one for one in classify([ColumnFacts.from_json(body, books=code_books()) for body in columns])}


def _timed(content: bytes) -> tuple[dict[str, Classified], float, int]:
    began = time.perf_counter()
    found = _ours(content)
    return found, time.perf_counter() - began, sum(one.facts.cells for one in found.values())


# Presidio ----------------------------------------------------------------------------------------------------------------------------


def presidio() -> Any:
    """Presidio's batch analyzer with its UK and general recognisers, the lemmas its context needs, and no model."""
    import presidio_analyzer.predefined_recognizers as known
    import spacy
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    @spacy.Language.component("lower_lemmas")
    def lower_lemmas(doc: Any) -> Any:
        for token in doc:
            token.lemma_ = token.lower_
        return doc

    class Blank(SpacyNlpEngine):
        """Words and lower-case lemmas; nothing is downloaded."""

        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}
            self.nlp["en"].add_pipe("lower_lemmas")

    registry = RecognizerRegistry()
    for name in (
        "Nhs", "UkNino", "UkPostcode", "UkDrivingLicence", "UkPassport", "UkVehicleRegistration", "Ip", "Iban", "CreditCard", "Uuid",
        "MacAddress", "UsSsn",
    ):  # fmt: skip
        if recognizer := getattr(known, f"{name}Recognizer", None):  # not every version has all of them
            registry.add_recognizer(recognizer())
    email = known.EmailRecognizer()
    email.validate_result = lambda text: True  # its own asks the network for a list of domains
    registry.add_recognizer(email)
    registry.add_recognizer(known.PhoneRecognizer(supported_regions=("GB",)))
    return BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=Blank(), registry=registry, supported_languages=["en"]))


def _asked(analyzer: Any, content: bytes) -> tuple[set[str], float, int]:
    """The headers Presidio takes for identifying, its seconds, and the cells it read."""
    headers, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    sampled = {header: _sample(cells) for header, cells in zip(headers, zip(*rows, strict=True), strict=True)}
    began = time.perf_counter()
    found = {
        header for header, cells in sampled.items() if cells and _is_one(analyzer.analyze_iterator(cells, language="en", context=[header]))
    }
    return found, time.perf_counter() - began, max(1, sum(map(len, sampled.values())))


def _is_one(results: Iterable[Sequence[Any]]) -> bool:
    """Whether its commonest finding is in a fifth of the values at least; presidio-structured would take a single one."""
    found = [{one.entity_type for one in of_cell if one.score >= 0.35} for of_cell in results]
    counts = Counter(entity for entities in found for entity in entities)
    return bool(counts) and max(counts.values()) >= 0.2 * len(found)


def _sample(cells: Sequence[str]) -> list[str]:
    different = [cell for cell in dict.fromkeys(cells) if cell.strip()]
    return random.Random(1).sample(different, SAMPLE) if len(different) > SAMPLE else different


# Speed -------------------------------------------------------------------------------------------------------------------------------


def _speeds(rows: int) -> Iterator[tuple[str, bytes]]:
    if (WIDER / WIDE_FILE).exists():
        headers, *real = csv.reader(io.StringIO((WIDER / WIDE_FILE).read_text()))
        draw, columns = random.Random(1), list(zip(*real, strict=True))
        own = {header: [f"{draw.randrange(10**11, 10**12)}" for _ in range(WIDE_ROWS)] for header in ("PSEUDO_HESID", "AEKEY", "EPIKEY")}
        drawn = [own.get(header) or draw.choices(cells, k=WIDE_ROWS) for header, cells in zip(headers, columns, strict=True)]
        yield f"{len(headers)} columns of hospital episodes, {WIDE_ROWS:,} rows", _csv([headers, *zip(*drawn, strict=True)])
    yield f"12 columns, no notes, {rows:,} rows", _csv(_people(rows))


def _people(rows: int) -> Iterator[Sequence[object]]:
    """The identifiers of the yardstick's table: as many different values as people make."""
    draw = random.Random(1)
    yield ["first_name", "last_name", "address", "postcode", "nhs_number", "ni_number", "phone", "email", "dob", "agency", "status", "cost"]
    for _ in range(rows):
        who = draw.randrange(rows // 3 + 1)
        yield [
            f"Name{chr(97 + who % 26)}", f"Sur{chr(97 + who % 23)}", f"{who % 200} Mill Lane", f"CM{who % 20} {who % 9}AB", f"{who:09}0",
            f"AB{who % 10**6:06}C", f"07700 {who % 10**6:06}", f"p{who}@example.org", f"{1930 + who % 90}-0{1 + who % 9}-1{who % 9}",
            draw.choice(("police", "health")), draw.choice(("open", "closed")), f"{draw.random() * 999:.2f}",
        ]  # fmt: skip


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


if __name__ == "__main__":
    main(100_000)
