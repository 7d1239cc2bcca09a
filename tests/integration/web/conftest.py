"""The portal over a real database. The house is built once and copied for every test: enrolling everybody takes seconds."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from enclave.web.app import portal_app
from enclave.wiring.portal import build_portal
from tests.factories.clicks import Visit
from tests.factories.house import House, bare_portal, settle


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house every test gets a copy of."""
    house = settle(bare_portal(tmp_path_factory.mktemp("model")))
    house.portal.database.close()
    return house


@pytest.fixture
def house(model: House, tmp_path: Path) -> Iterator[House]:
    """A copy of one's own."""
    home = tmp_path / "home"
    shutil.copytree(model.portal.settings.home, home)
    own = {name: copy.deepcopy(getattr(model, name)) for name in ("files", "linked", "samples")}  # else one test sees another's versions
    copied = replace(model, portal=build_portal(replace(model.portal.settings, home=home)), **own)
    yield copied
    copied.portal.database.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """The portal's application under its own name."""
    with TestClient(portal_app(house.portal), base_url="http://portal.localhost:8000") as made:
        yield made


@pytest.fixture
def visit(client: TestClient, house: House) -> Callable[[str | None], Visit]:
    """A browser of that person; of nobody without a name."""
    return lambda name=None: Visit(client, house, name)
