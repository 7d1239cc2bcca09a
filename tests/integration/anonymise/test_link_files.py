"""``enclave anonymise link``: agencies' files in, one line a record out, and nothing that could be read or guessed."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from enclave.anonymise.refusal import FileRefusedError
from enclave.cli import link as command
from enclave.cli.main import app
from enclave.terms.errors import AgencyError
from enclave.wiring import linking
from tests.factories.licensed import COMMITTED
from tests.fakes.memory_anonymise import parse_here

AGENCIES = {"AE": "ae_attendances", "GP": "gp_consultations", "PO": "police_register", "SC": "social_care_assessments"}
FILES = {name: COMMITTED / "synthea_agencies" / f"{file}.csv" for name, file in AGENCIES.items()}
HEAD = "First name,Surname,Date of birth,Address,Postcode\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., dict[tuple[str, int], str]]:
    """The command, with files parsed outside the jail; returns who is in which row."""
    inner = linking.link
    monkeypatch.setattr(command, "link_offline", lambda files, **options: inner(files, parser=parse_here, **options))

    def run(files: dict[str, Path], **options: Any) -> dict[tuple[str, int], str]:
        out = tmp_path / "LINKS.csv"
        words = [f"{name}={path}" for name, path in files.items()]
        given = {"keys": tmp_path / "keys", "method": "tokens", "dates": [], "known_truth": None} | options
        assert command.run(words, out=out, **given) == 0
        with out.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == ["agency", "row", "person"]
        return {(row["agency"], int(row["row"])): row["person"] for row in rows}

    return run


def write(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text(head + "".join(f"{line}\n" for line in lines))
    return path


def test_four_agencies(run: Callable[..., dict[tuple[str, int], str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = tmp_path / "truth.csv"
    with (COMMITTED / "synthea_agencies" / "links.csv").open() as file:
        person_of = {row["local_id"]: row["true_person_id"] for row in csv.DictReader(file)}
    lines = []
    for agency, path in FILES.items():
        with path.open() as file:
            lines += [f"{agency},{row},{person_of[line['local_id']]}\n" for row, line in enumerate(csv.DictReader(file), start=1)]
    truth.write_text("agency,row,person\n" + "".join(lines))
    links = run(FILES, known_truth=truth)
    assert len(links) == len(lines)
    said = capsys.readouterr().out
    recall, precision = (float(word.strip(",")) for word in said.split()[-3::2])
    assert recall >= 0.95
    assert precision >= 0.99
    assert "linked pairs with the same" in said
    keys = tmp_path / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "LINKS.csv").stat().st_mode) == 0o600


def test_the_same_key_gives_the_same_persons_and_another_key_none_of_them(
    run: Callable[..., dict[tuple[str, int], str]], tmp_path: Path
) -> None:
    some = {name: FILES[name] for name in ("PO", "SC")}
    first = run(some)
    assert run(dict(reversed(some.items()))) == first
    other = run(some, keys=tmp_path / "others")
    assert not set(first.values()) & set(other.values())


def test_rows_that_say_too_little_get_nobody(
    run: Callable[..., dict[tuple[str, int], str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path / "one.csv", "Ann,Smith,13/04/1980,3 Mill Road,CM1 1AB", ",,,,", "Ann,,,,", "Bea,Jones,31/12/1990,,CM2 2AB")
    two = write(tmp_path / "two.csv", "ANN,SMYTH,13/04/1980,3 Mill Rd,", ",,,,", "Bob,Brown,21/01/1970,,")
    links = run({"one": one, "two": two})
    assert links["one", 1] == links["two", 1] != links["one", 4]
    assert [links[key] for key in (("one", 2), ("one", 3), ("two", 2))] == ["", "", ""]
    assert len(links) == 7
    assert "3 rows say too little" in capsys.readouterr().out


def test_dates_are_read_in_the_form_that_fits_all_of_them(run: Callable[..., dict[tuple[str, int], str]], tmp_path: Path) -> None:
    british = write(tmp_path / "british.csv", "Ann,Smith,03/04/1980,,", "Bea,Jones,31/12/1990,,", "Cy,Poole,14/02/1977,,")
    american = write(tmp_path / "american.csv", "Ann,Smith,04/03/1980,,", "Bea,Jones,12/31/1990,,", "Cy,Poole,02/14/1977,,")
    links = run({"british": british, "american": american})
    assert all(links["british", row] == links["american", row] for row in (1, 2, 3))


def test_dates_that_may_be_either_are_refused_until_somebody_says(run: Callable[..., dict[tuple[str, int], str]], tmp_path: Path) -> None:
    either = write(tmp_path / "either.csv", "Ann,Smith,03/04/1980,,", "Bea,Jones,11/12/1990,,")
    iso = write(tmp_path / "iso.csv", "Ann,Smith,1980-03-04,,", "Bea,Jones,1990-11-12,,")
    with pytest.raises(FileRefusedError) as refused:
        run({"either": either, "iso": iso})
    assert refused.value.rule == "U-52"
    links = run({"either": either, "iso": iso}, dates=["either=%m/%d/%Y"])
    assert links["either", 1] == links["iso", 1]


@pytest.mark.parametrize(
    ("head", "line", "rule"),
    [
        ("Colour,Size\n", "red,3", "U-53"),
        (HEAD, "Ann,Smith,spring 1980,,", "U-51"),
    ],
)
def test_files_that_cannot_be_linked(
    run: Callable[..., dict[tuple[str, int], str]], tmp_path: Path, head: str, line: str, rule: str
) -> None:
    with pytest.raises(FileRefusedError) as refused:
        run({"one": write(tmp_path / "one.csv", *[line] * 3, head=head)})
    assert refused.value.rule == rule
    assert not (tmp_path / "LINKS.csv").exists()


@pytest.mark.parametrize(
    ("words", "options", "rule"),
    [
        (["one"], {}, "L-03"),
        (["one=nowhere.csv"], {}, "L-02"),
        (["one=nowhere.csv", "one=nowhere.csv"], {}, "L-02"),
        (["one=nowhere.csv"], {"method": "magic"}, "L-01"),
    ],
)
def test_words_that_make_no_sense(tmp_path: Path, words: list[str], options: dict[str, Any], rule: str) -> None:
    given = {"keys": tmp_path / "keys", "out": tmp_path / "out", "method": "tokens", "dates": [], "known_truth": None} | options
    with pytest.raises(AgencyError) as refused:
        command.run(words, **given)
    assert refused.value.rule == rule
    assert not (tmp_path / "keys").exists()


def test_the_command_is_there() -> None:
    said = CliRunner().invoke(app, ["anonymise", "link", "--help"], env={"COLUMNS": "200"})
    assert said.exit_code == 0
    assert "--known-truth" in said.output


def test_a_truth_that_cannot_be_read_is_named_by_line_and_quoted_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = write(tmp_path / "Quatermain.csv", "one,1,a", "one,Zebulon Quatermain,b", head="agency,row,person\n")
    one = write(tmp_path / "one.csv", "Ann,Smith,1980-04-03,3 Mill Road,CM1 1AB")
    with pytest.raises(AgencyError, match="near line 3") as refused:
        command.run([f"one={one}"], keys=tmp_path / "keys", out=tmp_path / "out", method="tokens", dates=[], known_truth=truth)
    assert "Quatermain" not in str(refused.value) + capsys.readouterr().out


def test_what_goes_wrong_inside_is_said_without_a_word_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_files: object, **_options: object) -> None:
        raise ValueError("Zebulon Quatermain")

    monkeypatch.setattr(command, "link_offline", broken)
    one = write(tmp_path / "one.csv", "Ann,Smith,1980-04-03,3 Mill Road,CM1 1AB")
    assert command.run([f"one={one}"], keys=tmp_path / "keys", out=tmp_path / "out", method="tokens", dates=[], known_truth=None) == 1
    said = capsys.readouterr()
    assert "ValueError" in said.err
    assert "Quatermain" not in said.err + said.out
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]
