"""What free text still says after redaction, on labelled texts nothing was trained or chosen on, and beside Presidio: Markdown tables.

«Leaked» is the share of the labelled characters that no placeholder covers. «Masked» is the share of all characters; «too much» of it stands
neither in a labelled person nor in a handle or web address, which identify by their form.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from deploy.names.corpora import Text
from enclave.anonymise.entities import Entity
from enclave.anonymise.names.model import load
from enclave.anonymise.text.redact import redact_many
from enclave.anonymise.text.span import Span
from tests.benchmarks.bench_columns import presidio
from tests.benchmarks.scores_text import Finder, Score, score
from tests.factories.case_notes import case_notes
from tests.factories.held_out import HELD_OUT, knowing, without_handles
from tests.factories.written_identifiers import KINDS, written

BY_FORM = re.compile(r"(?<!\w)@\w+|https?://\S+|www\.\S+")


def main(notes: int) -> None:
    """Print the tables; ``notes`` is how many are written for each kind of identifier."""
    corpora = {name: corpus() for name, corpus in HELD_OUT.items()}
    model, places = load(), load(places=True)
    theirs = presidio_finder()
    finders: dict[str, Finder] = {
        "Presidio, UK recognisers": theirs,
        "patterns": _engine(),
        "name model alone": model.spans_many,
        "patterns and model (default)": _engine(names=model),
    }
    print(_head("corpus", "what reads", "leaked", "handles aside", "names broken", "precision", "masked", "too much"))
    for name, texts in corpora.items():
        for what, finder in finders.items():
            spans = finder(_plain(texts))
            aside = score(without_handles(texts), spans)
            print(_line(name, what, *_cells(score(texts, spans, by_form=BY_FORM), aside)))
    print("\n" + _head("corpus", "names known to", "patterns leak", "with the model"))
    for name, texts in corpora.items():
        for what, leaked in _known(texts, model):
            print(_line(name, what, *(f"{one:.1%}" for one in leaked)))
    print("\n" + _head("corpus", "places the model can see", "leaked", "precision"))
    for name, texts in corpora.items():
        found = score(texts, places.spans_many(_plain(texts)), "LOCATION")
        print(_line(name, "for information: not masked by default", f"{found.leaked:.1%}", f"{found.precision:.1%}"))
    print("\n" + _head("identifier", f"notes, {notes} each", "Presidio leaks", "default leaks"))
    for kind in KINDS:
        texts = written(kind, notes)
        both = (score(texts, finder(_plain(texts)), kind).leaked for finder in (theirs, finders["patterns and model (default)"]))
        print(_line(kind, texts[0].text, *(f"{one:.1%}" for one in both)))
    _speed(finders, [row[9] for row in case_notes(4_000).rows])


def _plain(texts: Sequence[Text]) -> list[str]:
    return [text.text for text in texts]


def _head(*names: str) -> str:
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(found: Score, aside: Score) -> Iterator[str]:
    for value in (found.leaked, aside.leaked, found.broken, found.precision, found.masked, found.wrongly):
        yield "–" if value != value else f"{value:.1%}"


def _engine(**asked: Any) -> Finder:
    return lambda texts: [found.spans for found in redact_many(texts, **asked)]


def _known(texts: Sequence[Text], model: Any) -> Iterator[tuple[str, tuple[float, float]]]:
    for what, known in knowing(texts).items():
        plain, full = (score(texts, _engine(names=names, **known)(_plain(texts))).leaked for names in (None, model))
        yield what, (plain, full)


def presidio_finder() -> Finder:
    """Presidio's own analyzer with its UK recognisers, lemmas for its context, and no model."""
    analyzer = presidio().analyzer_engine
    ours = {entity.value for entity in Entity}

    def find(texts: Sequence[str]) -> list[list[Span]]:
        return [[_span(result, ours) for result in analyzer.analyze(text, language="en")] for text in texts]

    return find


def _span(result: Any, ours: set[str]) -> Span:
    entity = Entity(result.entity_type) if result.entity_type in ours else Entity.KNOWN
    return Span(start=result.start, end=result.end, entity=entity, score=result.score)


def _speed(finders: dict[str, Finder], notes: list[str]) -> None:
    words = sum(len(note.split()) for note in notes) / len(notes)
    print(f"\nSpeed on {len(notes):,} made-up notes of {words:.0f} words, by processor time, warm:\n")
    print(_head("what reads", "notes a second", "beside Presidio"))
    speeds = {name: _notes_a_second(finder, notes) for name, finder in finders.items()}
    for name, speed in speeds.items():
        print(_line(name, f"{speed:,.0f}", f"{speed / speeds['Presidio, UK recognisers']:.1f} ×"))


def _notes_a_second(finder: Callable[[Sequence[str]], object], notes: list[str]) -> float:
    finder(notes[:500])
    started = time.process_time()
    finder(notes)
    return len(notes) / (time.process_time() - started)
