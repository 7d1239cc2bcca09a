"""Versions and raw files go for good: certified, remembered outside the database, and never brought back by an old backup."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.erasing.erase_version import bury, erase_version
from enclave.catalogue.dataset import VersionState
from enclave.catalogue.upload import Upload
from tests.factories.uploads import Desk, csv_bytes, declaration
from tests.fakes.memory_anonymise import Power
from tests.fakes.memory_work import Crashed

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/reference/erasure.schema.json").read_bytes())["properties"]["certificates"]
CLAIMS = SCHEMA["items"]["properties"]["claims"]


def published(*, closed: bool = True) -> tuple[Desk, Upload, int]:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, declaration())
    with desk.enclave.begin() as work:
        version = work.datasets.open_version(desk.dataset)
        found = work.uploads.by_id(upload)
        assert version is not None
        assert found is not None
        if closed:
            work.datasets.move_version(version.id, old=VersionState.OPEN, new=VersionState.CLOSED)
    return desk, found, version.id


def claims(desk: Desk, upload: int, name: str) -> dict[str, Any]:
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert found.report is not None
    made = desk.signer.claims(str(found.report[name]))
    assert made is not None
    jsonschema.validate(made, CLAIMS)
    return made


def test_the_raw_file_leaves_a_certificate() -> None:
    desk, upload, _ = published()
    made = claims(desk, upload.id, "certificate")
    assert (made["what"], made["version"], made["outcome"]) == ("upload", 1, "published")
    assert (made["sha256"], made["bytes"]) == (upload.sha256, upload.received)
    assert made["dataset"] == "health.ae"


def test_an_erased_version_leaves_a_certificate_and_a_tombstone() -> None:
    desk, upload, version = published()
    for _ in range(2):
        erase_version(version=version, ports=desk.ports())
    made = claims(desk, upload.id, "version_certificate")
    assert (made["what"], made["outcome"], made["sha256"]) == ("version", "erased", (upload.report or {})["file"])
    assert claims(desk, upload.id, "certificate")["what"] == "upload"
    assert desk.files.tables == {}
    assert desk.tombstones.stones == [{"kind": "version.erased", "version": version, "upload": upload.id, "file": made["sha256"]}]
    assert desk.enclave.log.kinds()[-1] == "version.erased"
    with desk.enclave.begin() as work:
        assert [one.state for one in work.datasets.versions(desk.dataset)] == [VersionState.ERASED]


def test_an_open_version_is_not_erased() -> None:
    desk, _, version = published(closed=False)
    erase_version(version=version, ports=desk.ports())
    assert desk.files.tables


def test_a_restored_backup_does_not_bring_it_back() -> None:
    desk, upload, version = published(closed=False)
    backup, files = desk.enclave.tables.snapshot(), copy.copy(desk.files.tables)
    with desk.enclave.begin() as work:
        work.datasets.move_version(version, old=VersionState.OPEN, new=VersionState.CLOSED)
    erase_version(version=version, ports=desk.ports())
    desk.enclave.tables.restore(backup)
    desk.files.tables = files
    assert bury(ports=desk.ports()) == 1
    assert bury(ports=desk.ports()) == 0
    assert desk.files.tables == {}
    assert claims(desk, upload.id, "version_certificate")["outcome"] == "erased"
    with desk.enclave.begin() as work:
        assert [one.state for one in work.datasets.versions(desk.dataset)] == [VersionState.ERASED]


def test_a_tombstone_takes_nobody_elses_number() -> None:
    """A restored database gives its numbers anew: another file under an old number stays."""
    desk, upload, version = published(closed=False)
    desk.tombstones.append({"kind": "version.erased", "version": version, "upload": upload.id, "file": "f" * 64})
    assert bury(ports=desk.ports()) == 0
    assert upload.id in desk.files.tables


def test_the_power_fails_at_every_moment_of_an_erasure() -> None:
    desk, _, version = published()
    power = Power()
    erase_version(version=version, ports=power.wired(desk.ports()))
    assert power.moments >= 10
    for cut in range(1, power.moments + 1):
        desk, upload, version = published()
        with pytest.raises(Crashed):
            erase_version(version=version, ports=Power(cut).wired(desk.ports()))
        with desk.enclave.begin() as work:
            erased = work.datasets.versions(desk.dataset)[0].state is VersionState.ERASED
        assert not erased or (not desk.files.tables and desk.tombstones.stones)
        erase_version(version=version, ports=desk.ports())
        assert desk.files.tables == {}
        assert desk.tombstones.stones
        assert claims(desk, upload.id, "version_certificate")["outcome"] == "erased"
        assert desk.enclave.log.kinds().count("version.erased") == 1
