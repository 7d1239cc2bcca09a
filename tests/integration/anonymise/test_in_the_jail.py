"""The same files through the real jail: same answers, and fast enough for an afternoon."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import time
from typing import BinaryIO

import pytest

from enclave.adapters.jail_parser import JailParser
from enclave.anonymise.reading.parse import read_rows
from enclave.anonymise.reading.texts import Texts
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.scan import scan_file
from enclave.isolation import bubblewrap
from enclave.isolation.jail import JailFailed, Limits, run
from enclave.terms.errors import OperatorError
from tests.factories.licensed import COMMITTED
from tests.factories.uploads import HEADERS, csv_bytes
from tests.fakes.memory_anonymise import parse_here

PARSER = JailParser(run=run, limits=Limits, failed=JailFailed)
needs_jail = pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")


@needs_jail
@pytest.mark.parametrize("name", ["synthea_agencies/police_register.csv", "ae_odi_mock/hospital_ae_data.csv"])
def test_the_jail_says_what_the_task_says(name: str) -> None:
    content = (COMMITTED / name).read_bytes()
    inside = scan_file(source=io.BytesIO(content), size=len(content), parser=PARSER)
    assert inside == scan_file(source=io.BytesIO(content), size=len(content), parser=parse_here)


@needs_jail
def test_rows_come_out_of_the_jail_whole() -> None:
    content = csv_bytes()
    facts = scan_file(source=io.BytesIO(content), size=len(content), parser=PARSER)
    headers = [str(one["header"]) for one in facts["columns"]]  # type: ignore[union-attr,index,call-overload]
    sha256 = hashlib.sha256(content).hexdigest()
    batches = list(read_rows(PARSER, io.BytesIO(content), size=len(content), headers=headers, sha256=sha256))
    rows = [list(row) for batch in batches for row in zip(*(column.to_pylist() for column in batch), strict=True)]
    assert rows == list(csv.reader(io.StringIO(content.decode())))[1:]


@needs_jail
def test_texts_leave_the_jail_redacted() -> None:
    content = csv_bytes()
    headers = list(HEADERS)
    texts = Texts(columns=(headers.index("note"),), own=(1, 2), known=("Zebulon",))
    sha256 = hashlib.sha256(content).hexdigest()
    [batch] = read_rows(PARSER, io.BytesIO(content), size=len(content), headers=headers, sha256=sha256, texts=texts)
    assert batch[headers.index("note")].to_pylist() == ["Seen by [EMAIL_ADDRESS]", "", "Quiet.", "", "Nobody knows who."]
    assert batch[1].to_pylist()[0] == "Zebulon"


@needs_jail
def test_a_bad_file_is_refused_from_inside() -> None:
    content = b"a,b\n1,Quatermain\n1"
    with pytest.raises(FileRefusedError) as refused:
        scan_file(source=io.BytesIO(content), size=len(content), parser=PARSER)
    assert refused.value.as_json()["rule"] == "U-05"
    assert refused.value.details == {"line": 3}
    assert "Quatermain" not in str(refused.value)


@needs_jail
@pytest.mark.timeout(300)
def test_twenty_thousand_rows_are_scanned() -> None:
    content = _wide_table(20_000)
    began = time.monotonic()
    found = scan_file(source=io.BytesIO(content), size=len(content), parser=PARSER)
    seconds = time.monotonic() - began
    print(f"20,000 rows, 12 columns, {len(content) >> 20} MiB: {seconds:.1f} s")
    assert found["rows"] == 20_000


WORDS = "patient seen by team after fall at home no concerns raised plan agreed review next week with family advice given"


class _FailsError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__("Quatermain")
        self.reason = reason


@pytest.mark.parametrize(
    ("reason", "rule"), [("timeout", "U-30"), ("memory", "U-31"), ("crashed", "U-32"), ("protocol", "U-32"), ("new", "U-32")]
)
def test_a_jail_that_fails_refuses_the_file(reason: str, rule: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        scan_file(source=io.BytesIO(b"x" * 9), size=9, parser=_failing(reason))
    assert refused.value.rule == rule
    assert "Quatermain" not in str(refused.value)


def test_a_jail_that_cannot_start_is_the_operators_trouble() -> None:
    with pytest.raises(OperatorError):
        scan_file(source=io.BytesIO(b"x" * 9), size=9, parser=_failing("missing"))


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [{"profile": {}}],
        [{"profile": {"rows": 1, "headers": ["a"], "columns": [], "file": {}}}],
        [{"refused": {"rule": "Q-99", "line": 1, "counts": {}}}],
        [{"rows": "Quatermain"}],
        [b"Quatermain"],
        ["Quatermain"],
    ],
)
def test_nothing_a_captured_jail_says_is_believed(frames: list[object]) -> None:
    def lying(task: str, *, source: BinaryIO, **_: object) -> object:
        source.read()
        return iter([type("Frame", (), {"value": frame})() for frame in frames])

    with pytest.raises(FileRefusedError) as refused:
        scan_file(source=io.BytesIO(b"x" * 9), size=9, parser=JailParser(run=lying, limits=Limits, failed=JailFailed))  # type: ignore[arg-type]
    assert refused.value.rule == "U-32"
    assert "Quatermain" not in str(refused.value)


def _failing(reason: str) -> JailParser[Limits]:
    def run_and_fail(task: str, *, source: BinaryIO, **_: object) -> object:
        source.read()
        raise _FailsError(reason)

    return JailParser(run=run_and_fail, limits=Limits, failed=_FailsError)  # type: ignore[arg-type]


def _wide_table(rows: int) -> bytes:
    """Twelve columns: identifiers, categories, measures and notes of about forty words, some with a telephone number or an address in them."""
    draw = random.Random(7)
    words = WORDS.split()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["nhs", "forename", "surname", "dob", "sex", "address", "postcode", "phone", "email", "arrived", "minutes", "note"])
    for number in range(rows):
        digits = f"{draw.randrange(10**9):09}"
        note = " ".join(draw.choices(words, k=40))
        note += draw.choice(["", "", f" call 07700 {draw.randrange(10**6):06}", " lives at SW1A 2AA", " Mr Smith called"])
        writer.writerow(
            [
                digits + "0", draw.choice(words).title(), draw.choice(words).title() + str(number % 7), f"{draw.randrange(1, 29):02}/04/1980",
                draw.choice("MF"), f"{number} High Street", f"CM{number % 20} {number % 9}AB", f"07700 {draw.randrange(10**6):06}",
                f"p{number}@example.org", f"2024-01-{draw.randrange(1, 29):02}", draw.randrange(600), note,
            ]
        )  # fmt: skip
    return out.getvalue().encode()
