"""Secrets of the demo: fresh for each installation, whole or absent, for the owner's eyes only."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from enclave.adapters.signing import ed25519_holds
from enclave.demo import keyring
from enclave.demo.logins import logins
from enclave.demo.loopback import check_loopback
from enclave.demo.otp import code
from enclave.demo.passwords import WORDS, new_password
from enclave.demo.world import MEMBERS
from enclave.governance.roles import Role
from enclave.identity.credentials import SHORTEST_PASSWORD, matching_step
from enclave.terms.errors import NotFoundError, OperatorError

DAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 10, 0, 7, tzinfo=dt.UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_it_comes_back_as_it_was_saved_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = keyring.new_keyring(DAY)
    keyring.save(tmp_path, made)
    assert keyring.load(tmp_path) == made
    assert stat.S_IMODE(keyring.path(tmp_path).stat().st_mode) == 0o600
    assert [path.name for path in keyring.path(tmp_path).parent.iterdir()] == ["people.json"]


def test_a_keyring_that_others_could_read_is_closed_when_saved_again(tmp_path: Path) -> None:
    keyring.save(tmp_path, keyring.new_keyring(DAY))
    keyring.path(tmp_path).chmod(0o644)
    keyring.save(tmp_path, keyring.new_keyring(DAY))
    assert stat.S_IMODE(keyring.path(tmp_path).stat().st_mode) == 0o600


def test_there_is_none_before_the_founding(tmp_path: Path) -> None:
    assert keyring.load(tmp_path) is None
    assert logins(tmp_path) == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"people": {}}', '{"people": {"rosa": {"pin": "1"}}, "founded": "2026-11-22"}'])
def test_a_damaged_one_is_not_quietly_replaced(tmp_path: Path, text: str) -> None:
    keyring.path(tmp_path).parent.mkdir()
    keyring.path(tmp_path).write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError) as refusal:
        keyring.load(tmp_path)
    assert refusal.value.rule == "D-03"


def test_signatories_alone_have_keys_and_their_signatures_hold() -> None:
    made = keyring.new_keyring(DAY)
    message = bytes(range(32))
    for member in MEMBERS:
        secrets = made.of(member.name)
        assert bool(secrets.private_key) == (member.role is Role.SIGNATORY)
        if secrets.private_key:
            assert ed25519_holds(public_key=secrets.public_key, message=message, signature=secrets.sign(message))
            assert not ed25519_holds(public_key=secrets.public_key, message=message[:-1], signature=secrets.sign(message))
            assert secrets.public_key == secrets.public_key.lower()


def test_passwords_are_long_readable_and_fresh() -> None:
    assert len(set(WORDS)) == len(WORDS) > 200
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) >= SHORTEST_PASSWORD for password in made)


def test_no_secret_shows_when_printed() -> None:
    made = keyring.new_keyring(DAY)
    secrets = made.of("signatory.gp")
    assert secrets.password not in repr(made)
    assert secrets.private_key not in repr(made)


def test_a_code_is_the_one_the_portal_expects(tmp_path: Path) -> None:
    keyring.save(tmp_path, keyring.new_keyring(DAY).with_totp("rosa", SECRET))
    shown = code(tmp_path, "rosa", NOW)
    assert matching_step(SECRET, shown, seconds=int(NOW.timestamp()), after_step=0) == int(NOW.timestamp()) // 30


@pytest.mark.parametrize("name", ["rosa", "nobody"])
def test_no_code_without_a_demo(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        code(tmp_path, name, NOW)


def test_no_code_for_strangers_or_people_without_an_account(tmp_path: Path) -> None:
    keyring.save(tmp_path, keyring.new_keyring(DAY))
    for name, rule in (("nobody", "D-02"), ("rosa", "D-04")):
        with pytest.raises(NotFoundError) as refusal:
            code(tmp_path, name, NOW)
        assert refusal.value.rule == rule


def test_logins_say_who_is_who(tmp_path: Path) -> None:
    keyring.save(tmp_path, keyring.new_keyring(DAY))
    shown = {one.name: one for one in logins(tmp_path)}
    assert len(shown) == len(MEMBERS)
    assert shown["custodian.gp"].words == "custodian, Anglia General Practice Federation"
    assert shown["rosa"].words == "project lead, researcher"
    assert next(iter(shown)) == "rosa"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_demo_listens_on_this_machine(address: str) -> None:
    check_loopback(address)


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "192.168.1.4", "8.8.8.8", "enclave.example", "localhost.example", "", "127.0.0.1.nip.io"]
)
def test_the_demo_refuses_to_listen_anywhere_else(address: str) -> None:
    with pytest.raises(OperatorError) as refusal:
        check_loopback(address)
    assert refusal.value.rule == "D-01"
