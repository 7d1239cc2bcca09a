"""One population for all the tests that look at one, and demo ports over an enclave in memory."""

from __future__ import annotations

import pytest

from enclave.adapters.signing import ed25519_holds
from enclave.catalogue.ports import CataloguePorts
from enclave.demo.load import DemoPorts
from enclave.demo.population.generate import generate
from enclave.governance.ports import GovernancePorts
from enclave.identity.ports import IdentityPorts
from enclave.oversight.activate import OversightPorts
from tests.factories.demo_population import Population
from tests.fakes.memory_work import MemoryEnclave


@pytest.fixture(scope="session")
def population(tmp_path_factory: pytest.TempPathFactory) -> Population:
    """The demo's own population: 5,000 people."""
    folder = tmp_path_factory.mktemp("population")
    truth = generate(files=folder / "files", truth=folder / "truth")
    return Population(files=folder / "files", truth_folder=folder / "truth", truth=truth)


@pytest.fixture
def enclave() -> MemoryEnclave:
    return MemoryEnclave()


@pytest.fixture
def ports(enclave: MemoryEnclave) -> DemoPorts:
    return DemoPorts(
        identity=IdentityPorts(begin=enclave.begin, clock=enclave.clock),
        governance=GovernancePorts(begin=enclave.begin, clock=enclave.clock, signature_holds=ed25519_holds),
        catalogue=CataloguePorts(begin=enclave.begin, clock=enclave.clock, quarantine=enclave.quarantine, lists=enclave.lists),
        oversight=OversightPorts(begin=enclave.begin, clock=enclave.clock),
    )
