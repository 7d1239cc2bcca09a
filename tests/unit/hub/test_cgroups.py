"""Control groups of both versions, on folders that look like them: this machine has only one of the two."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from enclave.hub import cgroups
from enclave.hub.cgroups import Group, Tree, Unavailable, delegate, find, prefix
from enclave.hub.settings import SandboxLimits

LIMITS = SandboxLimits(memory_bytes=3000, kernel_memory_bytes=2000, pids=300, kernel_pids=100, server_pids=50, cpus=2, kernel_cpus=1.5)


def mount_line(point: Path, kind: str, options: str, root: str = "/") -> str:
    return f"30 24 0:26 {root} {point} rw,nosuid - {kind} {kind} rw,{options}\n"


def first(tmp_path: Path) -> Tree:
    """Version 1; may be called again for the same folder."""
    mounts = "".join(mount_line(tmp_path / name, "cgroup", name) for name in ("memory", "pids", "cpu", "freezer"))
    for name in ("memory", "pids", "cpu"):
        (tmp_path / name / "own").mkdir(parents=True, exist_ok=True)
    return find(mounts=mounts, membership="8:pids:/own\n4:memory:/own\n1:cpu:/own\n0::/\n")


def second(tmp_path: Path, *, offered: str = "cpu io memory pids", group: str = "/system.slice/enclave.service") -> Tree:
    own = tmp_path / group.lstrip("/")
    own.mkdir(parents=True, exist_ok=True)
    (own / "cgroup.controllers").write_text(offered)
    (own / "cgroup.subtree_control").write_text("")
    return find(mounts=mount_line(tmp_path, "cgroup2", "nsdelegate"), membership=f"0::{group}\n")


def test_version_one_uses_the_own_group_of_each_controller(tmp_path: Path) -> None:
    tree = first(tmp_path)
    assert (tree.version, tree.own["pids"]) == (1, tmp_path / "pids" / "own")
    group = Group(tree=tree, name="enclave-s7")
    group.create(LIMITS)
    assert (tmp_path / "memory/own/enclave-s7/memory.limit_in_bytes").read_text() == "3000"
    assert (tmp_path / "memory/own/enclave-s7/kernels/memory.limit_in_bytes").read_text() == "2000"
    assert (tmp_path / "pids/own/enclave-s7/pids.max").read_text() == "300"
    assert (tmp_path / "pids/own/enclave-s7/kernels/pids.max").read_text() == "250"
    assert (tmp_path / "cpu/own/enclave-s7/kernels/cpu.cfs_quota_us").read_text() == "150000"
    assert len(group.entrances("kernels")) == 3


def test_version_two_uses_one_tree_and_lets_leaves_carry_limits(tmp_path: Path) -> None:
    tree = second(tmp_path)
    delegate(tree)
    own = tmp_path / "system.slice/enclave.service"
    assert (own / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    assert (own / "enclave-launcher/cgroup.procs").read_text() == "0"
    group = Group(tree=tree, name="enclave-s7")
    group.create(LIMITS)
    whole = own / "enclave-s7"
    assert (whole / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    assert {name: (whole / name).read_text() for name in ("memory.max", "pids.max", "cpu.max", "memory.swap.max")} == {
        "memory.max": "3000",
        "pids.max": "300",
        "cpu.max": "200000 100000",
        "memory.swap.max": "0",
    }
    assert (whole / "kernels/cpu.max").read_text() == "150000 100000"
    assert group.entrances("kernels") == [whole / "kernels/cgroup.procs"]


def test_delegating_twice_changes_nothing(tmp_path: Path) -> None:
    tree = second(tmp_path)
    (tree.own["memory"] / "cgroup.subtree_control").write_text("cpu memory pids")
    delegate(tree)
    assert not (tree.own["memory"] / "enclave-launcher").exists()


def test_version_one_wins_where_both_are_mounted(tmp_path: Path) -> None:
    mounts = "".join(mount_line(tmp_path / name, "cgroup", name) for name in ("memory", "pids", "cpu,cpuacct"))
    mounts += mount_line(tmp_path / "unified", "cgroup2", "nsdelegate")
    tree = find(mounts=mounts, membership="8:pids:/\n4:memory:/a\n1:cpu,cpuacct:/b\n0::/\n")
    assert (tree.version, tree.own["cpu"]) == (1, tmp_path / "cpu,cpuacct" / "b")


def test_a_tree_mounted_from_its_middle(tmp_path: Path) -> None:
    """In a container the mount shows a part of the tree, and the membership may be told from its root."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "cgroup.controllers").write_text("cpu memory pids")
    tree = find(mounts=mount_line(tmp_path, "cgroup2", "", root="/docker/x"), membership="0::/docker/x/inner\n")
    assert tree.own["memory"] == tmp_path / "inner"


def test_none_mounted() -> None:
    with pytest.raises(Unavailable, match="No control groups"):
        find(mounts="22 1 8:1 / / rw - ext4 /dev/vda rw\n", membership="")


def test_a_controller_that_is_not_offered_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="pids"):
        second(tmp_path, offered="cpu memory")


def test_a_group_shared_with_others_cannot_be_divided(tmp_path: Path) -> None:
    tree = second(tmp_path)
    (tree.own["memory"] / "cgroup.subtree_control").unlink()
    (tree.own["memory"] / "cgroup.subtree_control").mkdir()  # writing fails, as it does with EBUSY on the real thing
    with pytest.raises(Unavailable, match="Delegate=yes"):
        delegate(tree)


def test_a_limit_that_cannot_be_set_refuses_the_sandbox(tmp_path: Path) -> None:
    tree = first(tmp_path)
    (tmp_path / "pids/own/enclave-s7/pids.max").mkdir(parents=True)
    with pytest.raises(Unavailable, match="limit"):
        Group(tree=tree, name="enclave-s7").create(LIMITS)


def test_two_installations_never_touch_each_others_groups() -> None:
    assert prefix(Path("/run/a")) != prefix(Path("/run/b"))
    assert prefix(Path("/run/a")) == prefix(Path("/run/a"))


def test_trying_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cgroups, "find_here", lambda: first(tmp_path / "good"))
    cgroups.attempt()
    monkeypatch.setattr(cgroups, "find_here", lambda: first(tmp_path / "bad"))
    (tmp_path / "bad/pids/own" / f"enclave-trial-{os.getpid()}/pids.max").mkdir(parents=True)
    with pytest.raises(Unavailable, match="limit"):
        cgroups.attempt()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make control groups")
def test_on_this_machine_members_are_limited_killed_and_the_group_goes() -> None:
    try:
        tree = cgroups.find_here()
        delegate(tree)
    except Unavailable as missing:
        pytest.skip(str(missing))
    group = Group(tree=tree, name=f"enclave-test-{os.getpid()}")
    group.create(SandboxLimits(memory_bytes=64 << 20, kernel_memory_bytes=32 << 20, pids=40, kernel_pids=10, server_pids=10))
    process = subprocess.Popen(["/usr/bin/sleep", "60"], start_new_session=True)
    try:
        for entrance in group.entrances("kernels"):
            entrance.write_text(str(process.pid))
        assert group.members() == [process.pid]
        assert group.kill()
        assert process.wait(5) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        group.remove()
    assert not any(folder.exists() for folder in tree.folders(group.name))
