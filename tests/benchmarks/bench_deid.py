"""De-identify a table of twelve columns with a note of sixty words a row, beside Presidio's own way through the same table.

Ours: notes through the free-text engine with the row's and the dataset's known identifiers, the other columns replaced whole by keyed hashes
of their different values. Presidio's: ``BatchAnalyzerEngine.analyze_dict`` with its British recognisers and without a language model.
Each runs in processes of its own; what is planted in the notes counts as found where every letter of it is covered.
"""

from __future__ import annotations

import hashlib
import logging
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from typing import Any

from threadpoolctl import threadpool_limits

from enclave.anonymise.names.model import load
from enclave.anonymise.text.known import Known, known_from
from enclave.anonymise.text.recognise import gate
from enclave.anonymise.text.redact import redact_many
from enclave.anonymise.text.span import NameModel
from tests.factories.case_notes import COLUMNS, CaseNotes, case_notes

NOTE = COLUMNS.index("note")
BATCH, PROCESSES = 500, 2
Ranges = list[list[tuple[int, int]]]


def main(rows: int, presidio_rows: int = 1_000) -> None:
    """Print rows a second, recall and memory of each, and the ratios."""
    table = case_notes(rows)
    small = CaseNotes(table.rows[:presidio_rows], table.planted[:presidio_rows])
    print(f"{rows:,} rows (Presidio: the first {presidio_rows:,}); load {os.getloadavg()[0]:.1f}")
    print(f"{'way':<44}{'processes':>10}{'rows/s':>10}{'CPU ms/row':>12}{'recall':>8}{'peak MB':>9}")
    peer = _measured("Presidio BatchAnalyzerEngine, UK, no model", partial(_presidio, small), small, 1)
    spread = _measured("the same, table dealt to two processes", partial(_presidio, small), small, PROCESSES)
    ours = _measured("Enclave, patterns and known identifiers", partial(_enclave, table, names=False), table, PROCESSES)
    named = _measured("Enclave, with the name finder", partial(_enclave, table, names=True), table, PROCESSES)
    for name, rate in (("patterns and known", ours), ("with the name finder", named)):
        print(f"{name}: {rate / peer:.1f} x Presidio as shipped (one process), {rate / spread:.1f} x Presidio on both processors")


def _measured(name: str, work: Callable[[int, int], tuple[int, Ranges]], table: CaseNotes, processes: int) -> float:
    """Run the work over all rows in processes of its own; rows a second after each has started up."""
    shares = [range(start, len(table.rows), processes) for start in range(processes)]
    began = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        answers = list(pool.map(partial(_share, work), shares, [processes] * processes))
    total = time.perf_counter() - began
    seconds, cpu = max(one[0] for one in answers), sum(one[1] for one in answers)
    found: Ranges = [[] for _ in table.rows]
    for share, (_, _, _, ranges) in zip(shares, answers, strict=True):
        for row, some in zip(share, ranges, strict=True):
            found[row] = some
    rate = len(table.rows) / seconds
    peak = sum(one[2] for one in answers)
    print(
        f"{name:<44}{processes:>10}{rate:>10,.0f}{1000 * cpu / len(table.rows):>12.3f}{_recall(table, found):>8.3f}{peak / 1024:>9.0f}"
        f"   ({total - seconds:.1f} s to start)"
    )
    return rate


def _share(work: Callable[[int, int], Any], share: range, processes: int) -> tuple[float, float, int, Ranges]:
    threadpool_limits(1)  # one thread a process, as in the jail (``isolation/bubblewrap.py``)
    ready = work(share.start, processes)
    wall, cpu = time.perf_counter(), time.process_time()
    ranges = ready()
    return time.perf_counter() - wall, time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, ranges


def _recall(table: CaseNotes, found: Ranges) -> float:
    """The share of planted identifiers of which every character is covered, wherever the note has them."""
    hits: Counter[bool] = Counter()
    for row, planted, ranges in zip(table.rows, table.planted, found, strict=True):
        covered = {at for start, end in ranges for at in range(start, end)}
        for _, value in planted:
            at = row[NOTE].find(value)
            hits[at >= 0 and covered.issuperset(range(at, at + len(value)))] += 1
    return hits[True] / hits.total()


def _enclave(table: CaseNotes, start: int, step: int, *, names: bool) -> Callable[[], Ranges]:
    rows = table.rows[start::step]
    known = _known(tuple(table.rows))
    model = load() if names else None
    gate()
    redact_many(["warm"], names=model)
    return lambda: _treated(rows, known, model)


@cache
def _known(rows: tuple[tuple[str, ...], ...]) -> Known:
    return known_from({cell for row in rows for cell in row[:NOTE]})


def _treated(rows: Sequence[tuple[str, ...]], known: Known, model: NameModel | None) -> Ranges:
    for place in range(len(COLUMNS)):
        if place != NOTE:
            tokens = {value: _token(value) for value in {row[place] for row in rows}}
            _ = [tokens[row[place]] for row in rows]
    ranges: Ranges = []
    for first in range(0, len(rows), BATCH):
        part = rows[first : first + BATCH]
        done = redact_many([row[NOTE] for row in part], rows_known=[row[:NOTE] for row in part], dataset_known=known, names=model)
        ranges += [[(span.start, span.end) for span in one.spans] for one in done]
    return ranges


def _token(value: str) -> str:
    return hashlib.blake2b(value.encode(), key=b"k" * 32, digest_size=16).hexdigest()


def _presidio(table: CaseNotes, start: int, step: int) -> Callable[[], Ranges]:
    engine = _presidio_engine()
    rows = table.rows[start::step]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
    list(engine.analyze_dict({name: cells[:2] for name, cells in columns.items()}, language="en"))
    return lambda: _analysed(engine, columns)


def _analysed(engine: Any, columns: dict[str, list[str]]) -> Ranges:
    found = {one.key: one.recognizer_results for one in engine.analyze_dict(columns, language="en", batch_size=256)}
    return [[(result.start, result.end) for result in results] for results in found["note"]]


def _presidio_engine() -> Any:
    """As shipped, with its British and general recognisers, and an engine for language that does nothing."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry, predefined_recognizers

    for name in ("presidio-analyzer", "tldextract"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    registry = RecognizerRegistry()
    names = "Nhs UkNino UkPostcode UkDrivingLicence UkPassport UkVehicleRegistration Email Date Url Ip Iban CreditCard Uuid MacAddress"
    for name in names.split():
        if kind := getattr(predefined_recognizers, f"{name}Recognizer", None):  # not every release has all
            registry.add_recognizer(kind())
    registry.add_recognizer(predefined_recognizers.PhoneRecognizer(supported_regions=("GB",)))
    return BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=_no_language(), registry=registry, supported_languages=["en"]))


def _no_language() -> Any:
    import spacy
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    nothing = spacy.blank("en")("")

    class NoLanguage(NlpEngine):
        def load(self) -> None: ...

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            return NlpArtifacts([], nothing, [], [], self, language)

        def process_batch(self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: object) -> Any:
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:
            return False

        def is_punct(self, word: str, language: str) -> bool:
            return False

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return ["en"]

    return NoLanguage()


if __name__ == "__main__":
    main(20_000)
