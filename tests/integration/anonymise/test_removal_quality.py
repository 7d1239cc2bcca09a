"""How well a list finds people whose other records are full of errors, on data with known truth; strangers who go with them are counted."""

from __future__ import annotations

import re
from collections import defaultdict

import pyarrow.parquet as pq

from enclave.anonymise.cell.fold import letters
from enclave.anonymise.linkage.identity import Identity, birth_date
from enclave.anonymise.removal.tracer import Tracer
from tests.factories.licensed import wider

TRACER = Tracer(bytes(32))


def test_an_opt_out_finds_nearly_everyone_and_a_consent_nobody_else() -> None:
    """One record of each person is the entry, the others are the data. Nothing is random: the figures are the same every time."""
    table = pq.read_table(wider("linkage_splink/historical_figures_with_errors_50k.parquet"))
    of_people: dict[str, list[Identity]] = defaultdict(list)
    for row in table.slice(0, 15_000).to_pylist():
        said = {name: str(text or "") for name, text in row.items()}
        who = Identity(
            forename=letters(said["first_name"]),
            surname=letters(said["surname"]),
            born=birth_date(said["dob"], "%Y-%m-%d"),
            postcode=re.sub(r"[^A-Z0-9]", "", said["postcode_fake"].upper()),
        )
        of_people[said["cluster"]].append(who)
    people = [records for records in of_people.values() if len(records) > 1]
    data = [{token for who in records[1:] for token in TRACER.traces(who)} for records in people]
    assert len(people) > 1_000
    found = sum(bool(set(TRACER.traces(records[0])) & traces) for records, traces in zip(people, data, strict=True))
    assert found / len(people) > 0.97
    owners: dict[bytes, set[int]] = defaultdict(set)
    for number, traces in enumerate(data):
        for token in traces:
            owners[token].add(number)
    besides = sum(
        len({one for token in TRACER.traces(records[0]) for one in owners[token]} - {number}) for number, records in enumerate(people)
    )
    assert besides / len(people) < 0.02
    sure = [{one for token in TRACER.sure(records[0]) for one in owners[token]} for records in people]
    assert sum(number in kept for number, kept in enumerate(sure)) / len(people) > 0.85
    assert not any(kept - {number} for number, kept in enumerate(sure))
