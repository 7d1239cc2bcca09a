"""Feeding the demo: every file arrives whole, is declared with its plan, and nothing that can be killed loses or doubles anything."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from enclave.catalogue.declare import declare
from enclave.catalogue.receive import begin_upload, finish_upload, receive_part
from enclave.catalogue.upload import UploadState
from enclave.demo import files, world
from enclave.demo.files import Files
from enclave.demo.load import DemoPorts, Fed, feed, found
from enclave.demo.plans import plan
from enclave.identity import credentials
from enclave.terms.errors import OperatorError
from tests.fakes.memory_work import Crashed, MemoryEnclave
from tests.fakes.quick_worker import QuickWorker

HERE = "127.0.0.1"
NAMES = [str(supply.dataset) for supply in world.SUPPLIES]
PEOPLE = 40


@pytest.fixture
def founded(ports: DemoPorts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoPorts:
    """A founded demo with a tiny population, street crime cut short, and parts small enough for several a file."""
    monkeypatch.setattr(credentials, "_N", 4)
    found(home=tmp_path, address=HERE, ports=ports)
    monkeypatch.setattr("enclave.demo.supply_steps.PART", 20_000)
    folder = Files(home=tmp_path).folder
    folder.mkdir(parents=True)
    for supply in world.SUPPLIES:
        if supply.force:
            whole = files.Files(home=tmp_path / "whole").of(supply).read_bytes()
            (folder / f"{supply.dataset}.csv").write_bytes(b"".join(whole.splitlines(keepends=True)[:400]))
    return ports


def _feed(home: Path, ports: DemoPorts, worker: QuickWorker, **more: object) -> Fed:
    return feed(home=home, address=HERE, ports=ports, people=PEOPLE, seed=1, pause=worker, **more)


def test_every_dataset_is_published_with_its_plan(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    worker = QuickWorker(enclave)
    fed = _feed(tmp_path, founded, worker)
    assert fed == Fed(published=tuple(NAMES), refused=())
    with enclave.begin() as work:
        for supply in world.SUPPLIES:
            dataset = work.datasets.by_name(supply.dataset)
            (version,) = work.datasets.versions(dataset.id)
            (upload,) = work.uploads.of_dataset(dataset.id)
            declared = plan(supply.dataset, people=None if supply.force else PEOPLE)
            assert upload.declaration == declared
            assert version.schema.attribution == supply.attribution
            assert version.schema.size == declared.size
    assert enclave.quarantine.parts == {}


def test_the_first_dataset_is_published_before_the_others_are_begun(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    worker = QuickWorker(enclave)
    begun_early: list[str] = []

    def watching(seconds: float) -> None:
        if not worker.published:
            with enclave.begin() as work:
                begun_early.extend(str(one.name) for one in work.datasets.all() if work.uploads.of_dataset(one.id))
        worker(seconds)

    feed(home=tmp_path, address=HERE, ports=founded, people=PEOPLE, pause=watching)
    assert set(begun_early) == {NAMES[0]}
    assert worker.published[0] == NAMES[0]


def test_a_second_time_does_nothing(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    worker = QuickWorker(enclave)
    _feed(tmp_path, founded, worker)
    head = enclave.log.head()
    assert _feed(tmp_path, founded, worker).published == tuple(NAMES)
    assert enclave.log.head() == head


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_it_still_arrives_once(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    worker = QuickWorker(enclave)
    for _ in range(1_000):
        enclave.fail_at_commit = enclave.commits + dice.randint(3, 40)
        try:
            fed = _feed(tmp_path, founded, worker)
            break
        except Crashed:
            continue
    enclave.fail_at_commit = None
    assert fed.published == tuple(NAMES)
    kinds = enclave.log.kinds()
    with enclave.begin() as work:
        uploads = [upload for dataset in work.datasets.all() for upload in work.uploads.of_dataset(dataset.id)]
        assert [upload.state for upload in uploads] == [UploadState.PUBLISHED] * len(NAMES)
        assert all(len(work.datasets.versions(dataset.id)) == 1 for dataset in work.datasets.all())
    assert kinds.count("upload.begun") == kinds.count("upload.received") == kinds.count("upload.declared") == len(NAMES)


def test_a_refused_file_is_reported_and_holds_up_nothing_else(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    worker = QuickWorker(enclave, refuse=frozenset({NAMES[0], NAMES[3]}))
    fed = _feed(tmp_path, founded, worker)
    assert fed.refused == ((NAMES[0], "The file cannot be read."), (NAMES[3], "The file cannot be read."))
    assert set(fed.published) == set(NAMES) - {NAMES[0], NAMES[3]}
    worker.refuse = frozenset()
    assert _feed(tmp_path, founded, worker).published == tuple(NAMES)


def test_somebody_s_own_upload_is_left_alone(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    with enclave.begin() as work:
        olivia = work.accounts.by_name("olivia.police").person
        dataset = work.datasets.by_name(world.SUPPLIES[0].dataset)
    by_hand = begin_upload(by=olivia, dataset=dataset.id, expected=4, ports=founded.catalogue)
    receive_part(by=olivia, upload=by_hand.id, offset=0, data=b"a,b\n", ports=founded.catalogue)
    finish_upload(by=olivia, upload=by_hand.id, ports=founded.catalogue)
    _feed(tmp_path, founded, QuickWorker(enclave))
    with enclave.begin() as work:
        assert work.uploads.by_id(by_hand.id).state is UploadState.DECLARING
        assert len(work.datasets.versions(dataset.id)) == 1


def test_what_somebody_declares_by_hand_meanwhile_is_no_trouble(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    worker = QuickWorker(enclave)
    with enclave.begin() as work:
        olivia = work.accounts.by_name("olivia.police").person

    def hasty(seconds: float) -> None:
        worker(seconds)
        with enclave.begin() as work:
            dataset = work.datasets.by_name(world.SUPPLIES[0].dataset)
            (upload,) = work.uploads.of_dataset(dataset.id)
        if upload.state is UploadState.DECLARING:
            declare(by=olivia, upload=upload.id, declaration=plan(world.SUPPLIES[0].dataset), ports=founded.catalogue)

    fed = feed(home=tmp_path, address=HERE, ports=founded, people=PEOPLE, pause=hasty)
    assert fed.published == tuple(NAMES)


def test_another_size_keeps_the_population_that_is_there(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    _feed(tmp_path, founded, QuickWorker(enclave))
    lines: list[str] = []
    feed(home=tmp_path, address=HERE, ports=founded, people=9_999, seed=1, progress=lines.append, pause=QuickWorker(enclave))
    assert lines[0].startswith("keeping the population of 40 people")
    assert Files(home=tmp_path, people=9_999).settled().people == PEOPLE


def test_progress_says_each_thing_once_and_nothing_of_the_data(enclave: MemoryEnclave, founded: DemoPorts, tmp_path: Path) -> None:
    lines: list[str] = []
    _feed(tmp_path, founded, QuickWorker(enclave), progress=lines.append)
    assert len(lines) == len(set(lines))
    assert lines[0] == "essex_police.street_crime: profiling"
    assert f"{NAMES[-1]}: publishing" in lines
    assert f"generating a population of {PEOPLE} people" in lines


def test_it_wants_a_founded_demo_on_loopback(ports: DemoPorts, enclave: MemoryEnclave, tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as refusal:
        feed(home=tmp_path, address="10.0.0.1", ports=ports, pause=QuickWorker(enclave))
    assert refusal.value.rule == "D-01"
    with pytest.raises(OperatorError) as refusal:
        feed(home=tmp_path, address=HERE, ports=ports, pause=QuickWorker(enclave))
    assert refusal.value.rule == "D-05"


def test_a_population_that_was_cut_short_is_generated_again(tmp_path: Path) -> None:
    incidents = world.SUPPLIES[1]
    settings = Files(home=tmp_path, people=PEOPLE, seed=1)
    whole = settings.of(incidents).read_bytes()
    settings.of(incidents).write_bytes(whole[:100])
    (settings.truth / "population.json").unlink()
    assert settings.of(incidents).read_bytes() == whole
