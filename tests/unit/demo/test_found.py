"""Founding the demo: once, through the use cases of a user, and from wherever it was broken off."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from enclave.adapters.keys import KeyFolder
from enclave.adapters.sealing import Sealer
from enclave.adapters.signing import ed25519_holds
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.migrate import migrate
from enclave.adapters.sql.work import Transactions
from enclave.audit.chain import first_break
from enclave.catalogue.ports import CataloguePorts
from enclave.demo import keyring, world
from enclave.demo.load import DemoPorts, found
from enclave.demo.otp import code
from enclave.governance.agreement import AgreementState
from enclave.governance.permissions import check_may_ask
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Role
from enclave.identity import credentials
from enclave.identity.ports import IdentityPorts
from enclave.identity.sign_in import sign_in
from enclave.oversight.activate import OversightPorts
from enclave.privacy.ledger import of_dataset, of_population
from enclave.terms.errors import OperatorError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import Unit
from tests.fakes.memory_work import Crashed, MemoryEnclave

HERE = "127.0.0.1"


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing twenty passwords properly takes two seconds; what is tested here is what comes around it."""
    monkeypatch.setattr(credentials, "_N", 4)


@pytest.mark.usefixtures("cheap_passwords")
class TestFounding:
    def test_everyone_is_there_with_their_role(self, enclave: MemoryEnclave, ports: DemoPorts, tmp_path: Path) -> None:
        project = found(home=tmp_path, address=HERE, ports=ports)
        with enclave.begin() as work:
            people = {person.name: person for person in work.accounts.people()}
            assert set(people) == {one.name for one in world.MEMBERS}
            for one in world.MEMBERS:
                grants = work.grants.of(people[one.name].id)
                assert [grant.role for grant in grants] == [one.role]
                assert [grant.project for grant in grants] == [project.id if one.on_project else None]
                agency = work.agencies.by_slug(one.agency) if one.agency else None
                assert [grant.agency for grant in grants] == [agency.id if agency else None]

    def test_the_agreement_is_in_force_and_its_budgets_are_open(self, enclave: MemoryEnclave, ports: DemoPorts, tmp_path: Path) -> None:
        project = found(home=tmp_path, address=HERE, ports=ports)
        with enclave.begin() as work:
            (agreement,) = work.agreements.all()
            assert agreement.state is AgreementState.ACTIVE
            assert {one.agency for one in agreement.signatures} == {body.slug for body in world.BODIES}
            message = bytes.fromhex(agreement.terms.digest)
            for one in agreement.signatures:
                assert ed25519_holds(public_key=one.public_key, message=message, signature=one.signature)
            for supply in world.SUPPLIES:
                dataset = work.datasets.by_name(supply.dataset)
                item = agreement.terms.item(supply.dataset)
                assert work.ledgers.get(of_dataset(dataset.id)).cap == PrivacyLoss.allowing(item.cap)
                people = agreement.terms.population_cap if supply.unit is Unit.PERSON else item.cap
                assert work.ledgers.get(of_population(dataset.population.id)).cap == PrivacyLoss.allowing(people)
            rosa = work.accounts.by_name("rosa").person
            check_may_ask(rosa, project.id, world.SUPPLIES[0].dataset, today=enclave.clock().date(), work=work)

    def test_person_level_datasets_share_one_population(self, enclave: MemoryEnclave, ports: DemoPorts, tmp_path: Path) -> None:
        found(home=tmp_path, address=HERE, ports=ports)
        with enclave.begin() as work:
            slugs = {str(one.name): one.population.slug for one in work.datasets.all()}
        rows = {str(supply.dataset) for supply in world.SUPPLIES if supply.unit is Unit.ROW}
        assert {slug for name, slug in slugs.items() if name not in rows} == {world.POPULATION}
        assert all(slugs[name] == name for name in rows)

    def test_people_can_sign_in_with_what_the_demo_prints(self, enclave: MemoryEnclave, ports: DemoPorts, tmp_path: Path) -> None:
        found(home=tmp_path, address=HERE, ports=ports)
        secrets = keyring.load(tmp_path)
        for name in ("rosa", "olivia.police", "custodian.gp"):
            shown = code(tmp_path, name, enclave.clock())
            person, _ = sign_in(name=name, password=secrets.of(name).password, code=shown, ports=ports.identity)
            assert person.name == name

    def test_a_second_time_only_reads(self, enclave: MemoryEnclave, ports: DemoPorts, tmp_path: Path) -> None:
        first = found(home=tmp_path, address=HERE, ports=ports)
        length, file = enclave.log.head(), keyring.path(tmp_path).read_bytes()
        enclave.clock.move(days=40)
        assert found(home=tmp_path, address=HERE, ports=ports) == first
        assert enclave.log.head() == length
        assert keyring.path(tmp_path).read_bytes() == file

    def test_nothing_is_founded_where_others_could_reach_it(self, enclave: MemoryEnclave, ports: DemoPorts, tmp_path: Path) -> None:
        with pytest.raises(OperatorError):
            found(home=tmp_path, address="0.0.0.0", ports=ports)
        assert enclave.commits == 0
        assert not keyring.path(tmp_path).exists()

    def test_progress_names_no_secret(self, ports: DemoPorts, tmp_path: Path) -> None:
        lines: list[str] = []
        found(home=tmp_path, address=HERE, ports=ports, progress=lines.append)
        assert lines
        assert not [one for one in keyring.load(tmp_path).people.values() for line in lines if one.password in line or one.totp in line]

    def test_it_goes_on_from_every_point_where_it_can_be_killed(self, ports: DemoPorts, enclave: MemoryEnclave, tmp_path: Path) -> None:
        found(home=tmp_path / "whole", address=HERE, ports=ports)
        kinds, commits = sorted(enclave.log.kinds()), enclave.commits
        assert commits > 60
        for point in range(1, commits + 1, 3):
            self._killed_once(tmp_path / str(point), point, kinds)

    def _killed_once(self, home: Path, point: int, kinds: list[str]) -> None:
        enclave = MemoryEnclave()
        ports = _ports(enclave)
        enclave.fail_at_commit = point
        with pytest.raises(Crashed):
            found(home=home, address=HERE, ports=ports)
        enclave.clock.move(hours=30)
        found(home=home, address=HERE, ports=ports)
        assert sorted(enclave.log.kinds()) == kinds
        assert all(one.totp for one in keyring.load(home).people.values())
        assert first_break(enclave.log.entries()) is None


def _ports(enclave: MemoryEnclave) -> DemoPorts:
    return DemoPorts(
        identity=IdentityPorts(begin=enclave.begin, clock=enclave.clock),
        governance=GovernancePorts(begin=enclave.begin, clock=enclave.clock, signature_holds=ed25519_holds),
        catalogue=CataloguePorts(begin=enclave.begin, clock=enclave.clock, quarantine=enclave.quarantine, lists=enclave.lists),
        oversight=OversightPorts(begin=enclave.begin, clock=enclave.clock),
    )


def test_it_works_on_the_real_database_in_seconds(enclave: MemoryEnclave, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'enclave.sqlite'}")
    migrate(database.engine)
    (tmp_path / "keys").mkdir(mode=0o700)
    work = Transactions(database, clock=enclave.clock, sealer=Sealer(KeyFolder(tmp_path / "keys").key("accounts")))
    ports = DemoPorts(
        identity=IdentityPorts(begin=work.begin, clock=enclave.clock),
        governance=GovernancePorts(begin=work.begin, clock=enclave.clock, signature_holds=ed25519_holds),
        catalogue=CataloguePorts(begin=work.begin, clock=enclave.clock, quarantine=enclave.quarantine, lists=enclave.lists),
        oversight=OversightPorts(begin=work.begin, clock=enclave.clock),
    )
    started = time.perf_counter()
    project = found(home=tmp_path, address=HERE, ports=ports)
    first, started = time.perf_counter() - started, time.perf_counter()
    assert found(home=tmp_path, address=HERE, ports=ports) == project
    second = time.perf_counter() - started
    with work.begin() as reading:
        assert len(reading.grants.all()) == len(world.MEMBERS)
        assert [one.role for one in reading.grants.on_project(project.id)].count(Role.LEAD) == 1
    assert first_break(SqlLog(database).entries()) is None
    database.close()
    # Bounds with room for a machine that does other things as well; alone it takes two seconds and a twentieth of one.
    assert first < 15
    assert second < 2
