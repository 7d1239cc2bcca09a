"""Homes, shared folders and the sandbox's command line: nobody's word in a path, nothing secret in an argument."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.hub import homes, layers, layout
from enclave.hub.sandbox_command import Descriptors, command, environment
from tests.unit.hub.settings_for_tests import full, settings


@pytest.fixture
def short() -> Iterator[Path]:
    """Sockets need a short path in lower case; pytest's own is neither."""
    with tempfile.TemporaryDirectory(prefix="enclave-") as name:
        yield Path(name).rename(name.lower()) if name != name.lower() else Path(name)


FILES = Descriptors(listen=3, seccomp=4, passwd=5, group=6, kernel_group=(7, 8, 9))


def test_a_new_home_holds_the_tutorial_and_belongs_to_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "tutorial" / "more").mkdir(parents=True)
    (tmp_path / "tutorial" / "more" / "01.ipynb").write_text("{}")
    (tmp_path / "tutorial" / ".git").mkdir()
    homes.ensure(tmp_path / "s1", owner=None, tutorial=tmp_path / "tutorial")
    assert (tmp_path / "s1" / "more" / "01.ipynb").read_text() == "{}"
    assert not (tmp_path / "s1" / ".git").exists()
    assert (tmp_path / "s1").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "s1" / "more" / "01.ipynb").stat().st_mode & 0o777 == 0o600


def test_a_home_is_made_once_and_never_filled_again(tmp_path: Path) -> None:
    homes.ensure(tmp_path / "s1", owner=None, tutorial=None)
    (tmp_path / "s1" / "mine").write_text("x")
    (tmp_path / "tutorial").mkdir()
    (tmp_path / "tutorial" / "new").touch()
    homes.ensure(tmp_path / "s1", owner=None, tutorial=tmp_path / "tutorial")
    assert sorted(path.name for path in (tmp_path / "s1").iterdir()) == ["mine"]


def test_a_half_made_home_is_made_again(tmp_path: Path) -> None:
    (tmp_path / ".s1").mkdir()
    (tmp_path / ".s1" / "half").touch()
    homes.ensure(tmp_path / "s1", owner=None, tutorial=None)
    assert list((tmp_path / "s1").iterdir()) == []


def test_somebody_elses_folder_or_a_link_is_not_a_home(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "s1").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "s2").mkdir()
    with pytest.raises(PermissionError):
        homes.ensure(tmp_path / "s1", owner=None, tutorial=None)
    with pytest.raises(PermissionError):
        homes.ensure(tmp_path / "s2", owner=os.geteuid() + 1, tutorial=None)


def test_folders_are_closed_to_all_but_those_who_need_them(short: Path) -> None:
    made = settings(short, run=short / "run")
    layout.prepare(made)
    modes = {path.relative_to(short).as_posix(): path.stat().st_mode & 0o777 for path in short.rglob("*") if path.is_dir()}
    assert modes == {
        "homes": 0o711, "run": 0o711, "run/api": 0o700, "run/door": 0o755, "run/door/api": 0o755, "run/door/hub": 0o755, "run/gate": 0o700,
        "run/hub": 0o700, "run/launcher": 0o750, "run/nb": 0o750, "state": 0o750, "state/hub": 0o700, "state/seccomp": 0o755,
    }  # fmt: skip
    layout.prepare(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_in_profile_full_hub_and_portal_own_theirs(short: Path) -> None:
    layout.prepare(full(short, run=short / "run"))
    owner = {name: ((short / name).stat().st_uid, (short / name).stat().st_gid) for name in ("run/gate", "run/api", "run/nb", "state/hub")}
    assert owner == {"run/gate": (901, 901), "run/api": (902, 902), "run/nb": (0, 901), "state/hub": (901, 901)}


def test_a_link_in_the_place_of_a_folder_is_refused(short: Path) -> None:
    (short / "run").mkdir()
    (short / "run" / "nb").symlink_to("/tmp")
    with pytest.raises(OSError, match=r"symbolic|directory"):
        layout.prepare(settings(short, run=short / "run"))


@given(st.integers(1, 3000))
def test_a_command_holds_the_number_and_nothing_a_person_chose(number: int) -> None:
    words = command(full(), number, FILES)
    assert words[words.index("--uid") + 1] == str(62000 + number)
    assert f"/srv/enclave/homes/s{number}" in words
    assert not [word for word in words if word == "--setenv"]


def test_root_is_dropped_before_bubblewrap_and_only_in_profile_full() -> None:
    words = command(full(), 7, FILES)
    assert words.index("--uid") < words.index("/usr/bin/bwrap")
    assert command(settings(), 7, FILES)[0] == "/usr/bin/bwrap"


def test_the_sandbox_shares_no_namespace_and_gets_its_filter() -> None:
    words = command(settings(), 7, FILES)
    assert {"--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"} <= set(words)
    assert words[words.index("--seccomp") + 1] == "4"
    assert "--share-net" not in words


def test_the_server_is_told_its_limits_and_files_by_environment() -> None:
    told = environment(settings(), FILES)
    assert (told["ENCLAVE_LISTEN_FD"], told["ENCLAVE_KERNEL_GROUP_FDS"]) == ("3", "7,8,9")
    assert "ENCLAVE_TOKEN" not in told


@pytest.mark.parametrize("profile", ["full", "rootless"])
def test_every_layer_says_a_sentence(profile: layers.Profile) -> None:
    found = layers.check(profile)
    assert len({layer.name for layer in found}) == len(found) >= 9
    assert all(layer.sentence.endswith(".") for layer in found)
    weaker = {layer.name for layer in found if layer.weaker}
    assert weaker == (set() if profile == "full" else {"own user per sandbox", "control groups"})


def test_the_layers_of_the_profile_this_process_can_have_are_there() -> None:
    """Not where bubblewrap is missing: then the answer must be no."""
    found = {layer.name: layer.ok for layer in layers.check("full" if os.geteuid() == 0 else "rootless")}
    there = Path("/usr/bin/bwrap").exists()
    assert found["bubblewrap"] is there
    assert found["nested sandbox"] is there
    assert found["system call filters"] is there


def test_a_filter_that_refuses_nothing_is_noticed(tmp_path: Path) -> None:
    from struct import pack

    (tmp_path / "open.bpf").write_bytes(pack("<HBBI", 0x06, 0, 0, 0x7FFF0000))  # return ALLOW
    tmp_path.chmod(0o755)
    place = layers._Place(profile="rootless", desk_python=Path("/x"), proxy_modules=Path("/x"))
    assert layers._refuses(place, tmp_path / "open.bpf") is False


def test_without_bubblewrap_nothing_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "BWRAP", "/nonexistent/bwrap")
    found = {layer.name: layer.ok for layer in layers.check("rootless")}
    assert not any(found[name] for name in ("bubblewrap", "namespaces", "nested sandbox", "system call filters"))
