"""Raw uploads at rest: the portal cannot read back what it wrote, and no part can be moved, swapped, dropped, doubled or changed unseen."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.adapters.quarantine import OpenParts, SealedParts
from tests.processes import killed_at

PRIVATE = X25519PrivateKey.from_private_bytes(bytes(range(32)))
INSIDE = ("enclave.adapters.quarantine", "enclave.adapters.durable")
PARTS = (b"name,age\n", b"Zebulon,44\n", b"Ann,5\n")


@pytest.fixture
def sealed(tmp_path: Path) -> SealedParts:
    return SealedParts(tmp_path / "q", PRIVATE.public_key())


@pytest.fixture
def opened(tmp_path: Path) -> OpenParts:
    return OpenParts(tmp_path / "q", PRIVATE)


@pytest.fixture
def folder(sealed: SealedParts, tmp_path: Path) -> Path:
    """Upload 1 with three parts, upload 2 with the same content."""
    for upload in (1, 2):
        send(sealed, upload, PARTS)
    return tmp_path / "q" / "1"


def send(sealed: SealedParts, upload: int, parts: tuple[bytes, ...]) -> None:
    offset = 0
    for data in parts:
        sealed.append(upload, offset=offset, data=data)
        offset += len(data)


def part(folder: Path, number: int) -> Path:
    return sorted(folder.glob("*.part"))[number]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(parts=st.lists(st.binary(min_size=1, max_size=3_000), max_size=6), step=st.integers(1, 5_000))
def test_what_was_sent_comes_back_in_any_bites(sealed: SealedParts, opened: OpenParts, parts: list[bytes], step: int) -> None:
    (sealed._folder / "7").mkdir(parents=True, exist_ok=True)
    sealed.erase(7)
    send(sealed, 7, tuple(parts))
    with opened.open(7) as stream:
        assert b"".join(iter(lambda: stream.read(step), b"")) == b"".join(parts)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_place_can_be_read(folder: Path, opened: OpenParts, reads: list[tuple[int, int]]) -> None:
    whole = b"".join(PARTS)
    with opened.open(1) as stream:
        for start, count in reads:
            stream.seek(start)
            assert stream.read(count) == whole[start : start + count]


def test_the_portal_half_cannot_read(sealed: SealedParts, folder: Path) -> None:
    assert not hasattr(sealed, "open")
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for data in PARTS:
        assert data.strip() not in everything
    another = OpenParts(folder.parent, X25519PrivateKey.generate())
    with pytest.raises(OSError, match="not what was sent"):
        another.open(1).read()


def test_the_same_part_twice_looks_different_and_is_the_same(sealed: SealedParts, opened: OpenParts, folder: Path) -> None:
    before = part(folder, 1).read_bytes()
    sealed.append(1, offset=len(PARTS[0]), data=PARTS[1])
    assert part(folder, 1).read_bytes() != before
    assert opened.open(1).read() == b"".join(PARTS)


def swap(folder: Path) -> None:
    first, second = part(folder, 0), part(folder, 1)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def move(folder: Path) -> None:
    part(folder, 2).rename(folder / f"{len(PARTS[0]):020d}.part")


def drop_first(folder: Path) -> None:
    part(folder, 0).unlink()


def drop_middle(folder: Path) -> None:
    part(folder, 1).unlink()


def double(folder: Path) -> None:
    last = sum(map(len, PARTS))
    shutil.copy(part(folder, 2), folder / f"{last:020d}.part")


def double_under_a_name_that_is_no_offset(folder: Path) -> None:
    shutil.copy(part(folder, 2), folder / "more.part")


def double_with_fewer_digits(folder: Path) -> None:
    shutil.copy(part(folder, 2), folder / f"{sum(map(len, PARTS))}.part")


def of_another_upload(folder: Path) -> None:
    shutil.copy(part(folder.parent / "2", 1), part(folder, 1))


def flip_a_bit(folder: Path) -> None:
    content = bytearray(part(folder, 1).read_bytes())
    content[-1] ^= 1
    part(folder, 1).write_bytes(bytes(content))


def cut(folder: Path) -> None:
    part(folder, 1).write_bytes(part(folder, 1).read_bytes()[:-1])


def empty(folder: Path) -> None:
    part(folder, 1).write_bytes(b"")


def add_one_of_ones_own(folder: Path) -> None:
    """Whoever has the public key can seal, but only the bytes that follow would be taken, and the size of the upload is fixed."""
    shutil.copy(part(folder, 0), folder / f"{5:020d}.part")


@pytest.mark.parametrize(
    "attack",
    [
        swap,
        move,
        drop_first,
        drop_middle,
        double,
        double_under_a_name_that_is_no_offset,
        double_with_fewer_digits,
        of_another_upload,
        flip_a_bit,
        cut,
        empty,
        add_one_of_ones_own,
    ],
)
def test_what_somebody_did_to_the_parts_is_noticed(opened: OpenParts, folder: Path, attack) -> None:
    attack(folder)
    with pytest.raises(OSError, match=r"missing|not what was sent") as refused:
        opened.open(1).read()
    assert "Zebulon" not in str(refused.value)
    assert opened.open(2).read() == b"".join(PARTS)


def test_a_missing_last_part_is_a_shorter_stream(opened: OpenParts, folder: Path) -> None:
    """The folder alone cannot know; whoever reads compares with the size that was announced (rule A-01)."""
    part(folder, 2).unlink()
    assert opened.open(1).read() == b"".join(PARTS[:2])


def test_killed_at_any_line_a_part_is_old_or_new_and_sending_it_again_mends_it(sealed: SealedParts, opened: OpenParts) -> None:
    line = 0
    while True:
        upload = 100 + line
        sealed.append(upload, offset=0, data=b"first")
        killed = killed_at(line, lambda upload=upload: sealed.append(upload, offset=5, data=b"second"), inside=INSIDE)
        assert opened.open(upload).read() in {b"first", b"firstsecond"}
        sealed.append(upload, offset=5, data=b"second")
        assert opened.open(upload).read() == b"firstsecond"
        if not killed:
            break
        line += 1
    assert line > 10


def test_a_full_disk_loses_nothing_that_was_there(sealed: SealedParts, opened: OpenParts, folder: Path, full_disk) -> None:
    size = sum(map(len, PARTS))
    with full_disk(4_096), pytest.raises(OSError, match="too large"):
        sealed.append(1, offset=size, data=bytes(10_000))
    assert len(list(folder.iterdir())) == 3, "nothing half-written stays behind"
    assert opened.open(1).read() == b"".join(PARTS)
    sealed.append(1, offset=size, data=bytes(10_000))
    assert len(opened.open(1).read()) == size + 10_000


def test_erasing_leaves_nothing_and_may_be_done_again(sealed: SealedParts, opened: OpenParts, folder: Path) -> None:
    (folder / ".scrap").write_bytes(b"x")
    for _ in range(2):
        sealed.erase(1)
        assert not folder.exists()
    assert opened.open(1).read() == b""
    assert opened.open(2).read() == b"".join(PARTS)


def test_group_reads_and_nobody_else(folder: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o660}
    assert stat.S_IMODE(folder.stat().st_mode) & 0o007 == 0


def test_a_stream_holds_one_part_at_a_time(sealed: SealedParts, opened: OpenParts, folder: Path) -> None:
    stream = opened.open(1)
    assert stream.raw.read(3) == PARTS[0][:3]
    part(folder, 1).unlink()  # not read yet, so its absence is still to be noticed
    with pytest.raises(FileNotFoundError):
        stream.read()
