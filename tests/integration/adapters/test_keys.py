"""Keys on disk: one key however many ask at once, readable for the owner alone, gone for ever when destroyed."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from enclave.adapters import durable
from enclave.adapters.keys import (
    DataKeys,
    KeyFolder,
    LinkageKeys,
    quarantine_pair,
    quarantine_public,
    raw_private,
    signing_key,
    write_once,
)
from tests.processes import NOBODY, in_child, killed_at

KEK = bytes(range(32))
INSIDE = ("enclave.adapters.keys", "enclave.adapters.durable")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask():
    """The worst umask there is: a mode must not lean on it."""
    old = os.umask(0)
    yield
    os.umask(old)


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    key = KeyFolder(tmp_path / "keys").key("signing")
    assert len(key) == 32
    assert KeyFolder(tmp_path / "keys").key("signing") == key
    assert KeyFolder(tmp_path / "keys").key("linkage") != key


def test_threads_that_race_make_one_key(tmp_path: Path) -> None:
    for turn in range(20):
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda turn: KeyFolder(tmp_path).key(f"k-{turn}"), [turn] * 8))
        assert len(made) == 1
    assert len(list(tmp_path.iterdir())) == 20, "nothing is left over"


def test_processes_that_race_make_one_key(tmp_path: Path) -> None:
    ready, go = os.pipe()
    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            os.read(ready, 1)
            (tmp_path / f"saw-{number}").write_bytes(KeyFolder(tmp_path / "keys").key("one"))
            os._exit(0)
        children.append(child)
    os.write(go, b"x" * 6)
    for child in children:
        os.waitpid(child, 0)
    os.close(ready)
    os.close(go)
    assert len({path.read_bytes() for path in tmp_path.glob("saw-*")}) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["one.key"]


@pytest.mark.usefixtures("open_umask")
def test_only_the_owner_reads_secrets_and_everyone_the_public_halves(tmp_path: Path) -> None:
    private, public = KeyFolder(tmp_path / "private"), tmp_path / "public"
    signing_key(private, public)
    quarantine_pair(private, public)
    DataKeys(tmp_path / "data", key_encryption_key=KEK).create("upload-1")
    secret = [*(tmp_path / "private").iterdir(), *(tmp_path / "data").iterdir()]
    assert {mode(path) for path in secret} == {0o600}
    assert {mode(tmp_path / "private"), mode(tmp_path / "data")} == {0o700}
    assert {mode(path) for path in public.iterdir()} == {0o644}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_reads_no_secret(tmp_path: Path) -> None:
    for folder in [tmp_path, *tmp_path.parents[:2]]:
        folder.chmod(0o755)
    private, public = KeyFolder(tmp_path / "private"), tmp_path / "public"
    signing_key(private, public)
    (tmp_path / "private").chmod(0o755)

    def look() -> int:
        (public / "signing.pub").read_bytes()
        try:
            (tmp_path / "private" / "signing.key").read_bytes()
        except PermissionError:
            return 7
        return 0

    assert in_child(look, uid=NOBODY) == 7


@pytest.mark.parametrize("name", ["", "../up", "a/b", "Über", "A", "a" * 61, "a\n", ".", "a.key"])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        KeyFolder(tmp_path).key(name)
    with pytest.raises(ValueError, match="lower-case"):
        DataKeys(tmp_path, key_encryption_key=KEK).create(name)


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "signing.key").write_bytes(content)
    with pytest.raises(ValueError, match="32 bytes"):
        KeyFolder(tmp_path).key("signing")


def test_the_second_to_write_keeps_what_the_first_wrote(tmp_path: Path) -> None:
    write_once(tmp_path / "secret", b"first")
    write_once(tmp_path / "secret", b"second")
    assert (tmp_path / "secret").read_bytes() == b"first"


def test_killed_at_any_line_a_key_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    line = 0
    while killed_at(line, partial(KeyFolder(tmp_path / str(line)).key, "one"), inside=INSIDE):
        key = tmp_path / str(line) / "one.key"
        assert not key.exists() or len(key.read_bytes()) == 32
        assert KeyFolder(key.parent).key("one") == KeyFolder(key.parent).key("one")
        line += 1
    assert line > 10


def test_a_full_disk_leaves_no_key_and_no_scraps(tmp_path: Path, full_disk) -> None:
    with full_disk(16), pytest.raises(OSError, match="too large"):
        KeyFolder(tmp_path / "keys").key("one")
    assert list((tmp_path / "keys").iterdir()) == []
    assert len(KeyFolder(tmp_path / "keys").key("one")) == 32


def test_a_data_key_is_wrapped_and_bound_to_its_name(tmp_path: Path) -> None:
    keys = DataKeys(tmp_path, key_encryption_key=KEK)
    key = keys.create("upload-1")
    assert len(key) == 32
    assert keys.create("upload-1") == keys.key("upload-1") == key != keys.create("upload-2")
    wrapped = (tmp_path / "upload-1.wrapped").read_bytes()
    assert key not in wrapped
    (tmp_path / "upload-2.wrapped").write_bytes(wrapped)
    with pytest.raises(InvalidTag):
        keys.key("upload-2")
    with pytest.raises(InvalidTag):
        DataKeys(tmp_path, key_encryption_key=bytes(32)).key("upload-1")


def test_what_is_destroyed_is_gone(tmp_path: Path) -> None:
    keys = DataKeys(tmp_path, key_encryption_key=KEK)
    key = keys.create("upload-1")
    kept = (tmp_path / "upload-1.wrapped").open("rb")  # somebody who still holds the file open sees noise
    wrapped = kept.read()
    keys.destroy("upload-1")
    kept.seek(0)
    assert kept.read() != wrapped
    kept.close()
    assert keys.key("upload-1") is None
    assert list(tmp_path.iterdir()) == []
    keys.destroy("upload-1")
    assert keys.create("upload-1") != key, "a destroyed key does not come back"


def test_destroying_at_once_is_no_error(tmp_path: Path) -> None:
    keys = DataKeys(tmp_path, key_encryption_key=KEK)
    for turn in range(20):
        keys.create(f"k-{turn}")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(keys.destroy, [f"k-{turn}"] * 4))
        assert keys.key(f"k-{turn}") is None


def test_linkage_keys_differ_by_population_and_root() -> None:
    keys = LinkageKeys(bytes(32))
    assert len(keys("essex")) == 32
    assert keys("essex") == LinkageKeys(bytes(32))("essex")
    assert len({keys("essex"), keys("anglia"), LinkageKeys(KEK)("essex")}) == 3


def test_pairs_fit_and_stay(tmp_path: Path) -> None:
    private, public = KeyFolder(tmp_path / "private"), tmp_path / "public"
    pair, signing = quarantine_pair(private, public), signing_key(private, public)
    assert quarantine_public(public).public_bytes_raw() == pair.public_key().public_bytes_raw()
    assert (public / "signing.pub").read_bytes() == signing.public_key().public_bytes_raw()
    assert raw_private(signing_key(private, public)) == raw_private(signing)
    before = (public / "signing.pub").stat().st_ino
    signing_key(private, public)
    assert (public / "signing.pub").stat().st_ino == before, "what is right is left alone"
    (public / "signing.pub").write_bytes(b"something else")
    signing_key(private, public)
    assert (public / "signing.pub").read_bytes() == signing.public_key().public_bytes_raw()


def test_a_public_half_is_never_half_written(tmp_path: Path) -> None:
    private, line = KeyFolder(tmp_path / "private"), 0
    whole = signing_key(private, tmp_path / "first").public_key().public_bytes_raw()
    while killed_at(line, partial(signing_key, private, tmp_path / str(line)), inside=INSIDE):
        public = tmp_path / str(line) / "signing.pub"
        assert not public.exists() or public.read_bytes() == whole
        line += 1
    assert line > 10


def test_content_reaches_the_disk_before_the_name_and_the_name_before_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    really, replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        really(handle)

    def replaced(path: Path, target: Path) -> Path:
        order.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replaced)
    durable.put_in_place(tmp_path / "a", b"x", mode=0o600)
    assert order == ["file", "rename", "folder"]
    order.clear()
    write_once(tmp_path / "b", b"x")
    assert order == ["file", "folder"]
