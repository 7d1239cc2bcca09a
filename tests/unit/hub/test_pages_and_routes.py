"""What the hub shows, what it is called, and which host leads where."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyterhub.slugs import is_valid_safe_slug

from enclave.hub import proxy_files
from enclave.hub.configuration import PERSON_SCOPES, TEMPLATES, bind, table
from enclave.hub.door import CLOSED
from enclave.hub.pages import after_ticket, offers
from enclave.hub.portal_client import ProjectLine
from enclave.hub.proxy import EnclaveProxy, _with_port, _without_port, routes, unix_url
from enclave.hub.server_names import server_name
from enclave.hub.spawner import SandboxSpawner
from tests.unit.hub.settings_for_tests import settings

project_slugs = st.from_regex(r"\A[a-z][a-z0-9-]{0,40}\Z")


@given(st.lists(project_slugs, unique=True, min_size=2, max_size=2))
def test_every_project_has_a_server_of_its_own_with_a_name_the_hub_takes(slugs: list[str]) -> None:
    names = [server_name(slug) for slug in slugs]
    assert all(is_valid_safe_slug(name) for name in names)
    assert names[0] != names[1]


def test_an_ordinary_slug_is_its_own_name() -> None:
    assert server_name("near-repeats") == "near-repeats"


def test_offers_say_what_is_open() -> None:
    mine = (ProjectLine(id=1, slug="near-repeats", title="Near repeats", ends=""), ProjectLine(id=2, slug="b--c", title="B", ends=""))
    first, second = offers(mine, hub="/hub/", person="ada.l", running={"near-repeats": True})
    assert (first.address, first.running) == ("/hub/spawn/ada.l/near-repeats", True)
    assert (second.address, second.running) == (f"/hub/spawn/ada.l/{server_name('b--c')}", False)


def test_the_hubs_interface_is_closed_at_the_proxy_but_for_signing_in() -> None:
    made = routes(settings())
    door, hub = unix_url(settings().door_socket), unix_url(settings().hub_socket)
    assert made["hub.localhost/hub/api/"] == door
    assert {made[f"hub.localhost{path}"] for path in CLOSED} == {door}
    assert {path for path, target in made.items() if target == hub} == {"hub.localhost/hub/api/oauth2/authorize/"}
    assert {path for path, target in made.items() if target == settings().portal_target} == {
        "portal.localhost/",
        "127.0.0.1/",
        "localhost/",
    }


@given(st.from_regex(r"\A/[a-z0-9/]{1,40}\.sock\Z"))
def test_ports_are_taken_off_and_put_back_for_sockets_only(path: str) -> None:
    url = unix_url(path)
    assert _without_port(_with_port(url)) == url
    assert _without_port("http://127.0.0.1:80") == "http://127.0.0.1:80"


def test_a_left_over_number_that_is_another_program_now_is_left_alone() -> None:
    with pytest.raises(ProcessLookupError):
        EnclaveProxy._check_pid(SimpleNamespace(), os.getpid())
    code = "import sys, time; print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, "configurable-http-proxy"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        EnclaveProxy._check_pid(SimpleNamespace(), process.pid)
    finally:
        process.kill()
        process.communicate()


def test_nobody_may_make_tokens_or_share_or_administer() -> None:
    assert not [scope for scope in PERSON_SCOPES if "token" in scope or "admin" in scope or "share" in scope]
    assert all(scope.endswith("!user") for scope in PERSON_SCOPES)


def test_the_table_keeps_notebooks_through_a_restart_and_sends_people_to_their_projects() -> None:
    made = table(settings())
    hub = made["JupyterHub"]
    assert hub["cleanup_servers"] is False
    assert hub["default_url"] == "/hub/projects"
    assert hub["hub_routespec"] == "hub.localhost/"
    assert hub["subdomain_hook"]("ada", "hub.localhost", "user") == "ada.notebook.localhost"
    assert hub["tornado_settings"]["cookie_options"] == {"SameSite": "Lax", "secure": False}
    assert table(settings(scheme="https"))["JupyterHub"]["tornado_settings"]["cookie_options"]["secure"] is True
    policy = hub["tornado_settings"]["headers"]["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_pages_load_nothing_from_elsewhere_and_run_nothing(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"(?:src|href|action)=\"(?!\{\{)[^#\"]", text), "every address comes from the hub"
    assert "<script" not in text
    assert "style=" not in text


class Idle:
    """As much of a spawner as the question needs."""

    def __init__(self, seconds: float, limit: int) -> None:
        from datetime import UTC, datetime, timedelta

        self.enclave = settings(idle_seconds=limit)
        self.orm_spawner = SimpleNamespace(last_activity=datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=seconds), started=None)


@pytest.mark.parametrize(("seconds", "limit", "idle"), [(10, 60, False), (61, 60, True), (10_000, 0, False)])
def test_an_unused_notebook_is_idle_after_its_time(seconds: float, limit: int, idle: bool) -> None:
    unused: Any = Idle(seconds, limit)
    assert SandboxSpawner._is_idle(unused) is idle


def test_binding_keeps_tickets_out_of_the_log() -> None:
    from jupyterhub.log import _scrub_uri

    bind(settings())
    assert "secret-ticket" not in _scrub_uri("/hub/ticket?ticket=secret-ticket")


def test_the_proxy_is_found_with_a_real_node() -> None:
    node, entry = proxy_files.find(settings().proxy_modules)
    assert Path(node).read_bytes()[:4] == b"\x7fELF"
    assert Path(entry).exists()


def test_a_wrapper_named_node_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = tmp_path / "modules" / proxy_files.ENTRY
    entry.parent.mkdir(parents=True)
    entry.touch()
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.0.0\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(proxy_files, "_packaged", lambda: None)
    with pytest.raises(proxy_files.Missing, match="Node 20"):
        proxy_files.find(tmp_path / "modules")
    with pytest.raises(proxy_files.Missing, match="npm ci"):
        proxy_files.find(tmp_path)


@pytest.mark.parametrize(
    ("project", "place"),
    [
        ("early-help", "/hub/spawn/rosa/early-help"),
        ("", "/hub/projects"),
        ("//evil.example/", "/hub/projects"),
        ("../admin", "/hub/projects"),
        ("early-help?x=1", "/hub/projects"),
    ],
)
def test_a_ticket_leads_into_the_project_it_was_made_for_and_nowhere_else(project: str, place: str) -> None:
    assert after_ticket("/hub/", person="rosa", project=project) == place
