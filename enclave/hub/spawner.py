"""Opening a notebook: ask the portal whether, open the gate, ask the launcher to start the sandbox.

A server's name is its project. The nameless server does not exist here: a notebook is always for one person in one project.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from jupyterhub.spawner import Spawner, SpawnException

from enclave.hub.gate import Caller, Gate, token_hash
from enclave.hub.launcher import VARIABLES
from enclave.hub.launcher_client import LauncherAway, LauncherRefused, ask
from enclave.hub.portal_client import Pass, Portal, PortalAway, PortalRefused
from enclave.hub.proxy import unix_url
from enclave.hub.server_names import server_name
from enclave.hub.settings import HubSettings

# Inside the sandbox: where the gate appears, and the address Jupyter believes it listens on (its socket is handed to it open).
GATE_INSIDE = "/run/hub/hub.sock"
BELIEVED = "http://127.0.0.1:8888"


def refusal(sentence: str, *, reason: str, status: int = 400) -> SpawnException:
    """A refusal whose sentence the person sees, whether the page was still waiting or comes back later."""
    made = SpawnException(sentence, reason=reason, status_code=status)
    made.jupyterhub_message = sentence
    return made


class SandboxSpawner(Spawner):  # type: ignore[misc]  # JupyterHub carries no types
    """One sandbox. The class carries what all share: settings, portal and gate, set once by `configuration`."""

    enclave: ClassVar[HubSettings]
    portal: ClassVar[Portal]
    gate: ClassVar[Gate]

    sandbox: int = 0
    token_hash: str = ""

    async def start(self) -> str:
        """Start the sandbox of this person in this project; the address is the socket the launcher bound for it."""
        pass_ = await self._ask_portal()
        self.sandbox, self.token_hash = pass_.sandbox, token_hash(self.api_token)
        self._open_gate()
        try:
            await self._launch(pass_)
        except (LauncherRefused, LauncherAway) as no:
            await self._clear_away()
            raise refusal(str(no), reason="launcher", status=503) from no
        return unix_url(self.enclave.notebook_socket(self.sandbox))

    async def poll(self) -> int | None:
        """None while it runs. An unused notebook is stopped here, and the hub then finds it stopped."""
        if not self.sandbox:
            return 0
        try:
            found = await ask(self.enclave.launcher_socket, "poll", sandbox=self.sandbox)
        except (LauncherAway, LauncherRefused):
            self.log.warning("The launcher does not answer; assuming that notebooks run on.")
            return None
        if found["running"] and self._is_idle():
            self.log.info("Stopping an unused notebook")
            await self.stop()
            return 0
        if not found["running"]:
            await self._clear_away()
        return None if found["running"] else int(found["code"] or 0)

    async def stop(self, now: bool = False) -> None:  # noqa: ARG002 - it is always now
        if self.sandbox:
            await ask(self.enclave.launcher_socket, "stop", sandbox=self.sandbox)
            await self._clear_away()

    def get_state(self) -> dict[str, Any]:
        state: dict[str, Any] = super().get_state()
        return state | ({"sandbox": self.sandbox, "token_hash": self.token_hash} if self.sandbox else {})

    def load_state(self, state: dict[str, Any]) -> None:
        """The hub began again while the sandbox ran on: its gate must be opened again too."""
        super().load_state(state)
        self.sandbox = int(state.get("sandbox", 0))
        self.token_hash = str(state.get("token_hash", ""))
        if self.sandbox:
            self._open_gate()

    def clear_state(self) -> None:
        super().clear_state()
        self.sandbox, self.token_hash = 0, ""

    async def _ask_portal(self) -> Pass:
        if not self.name:
            raise refusal("Choose a project: a notebook is always opened for one project.", reason="no project")
        try:
            mine = await self.portal.projects(self.user.name)
            slug = next((line.slug for line in mine if server_name(line.slug) == self.name), self.name)
            return await self.portal.open_sandbox(name=self.user.name, project=slug)
        except PortalRefused as no:
            raise refusal(str(no), reason="refused", status=403) from no
        except PortalAway as away:
            raise refusal("The portal does not answer. Try again in a minute.", reason="portal", status=503) from away

    def _open_gate(self) -> None:
        uid = self.enclave.uid_base + self.sandbox if self.enclave.profile == "full" else None
        caller = Caller(sandbox=self.sandbox, person=self.user.name, token_hash=self.token_hash, uid=uid)
        self.gate.open(self.enclave.gate_folder(self.sandbox), caller)

    async def _launch(self, pass_: Pass) -> None:
        socket = self.enclave.launcher_socket
        if (await ask(socket, "poll", sandbox=pass_.sandbox))["running"]:
            await ask(socket, "stop", sandbox=pass_.sandbox)  # left over from a hub that forgot it; its token is void already
        await ask(socket, "start", sandbox=pass_.sandbox, env=self._variables(pass_))

    def _variables(self, pass_: Pass) -> dict[str, str]:
        api = f"{unix_url(GATE_INSIDE)}/hub/api"
        told = {name: str(value) for name, value in self.get_env().items() if name in VARIABLES}
        return told | {
            "JUPYTERHUB_API_URL": api,
            "JUPYTERHUB_ACTIVITY_URL": f"{api}/users/{self.user.escaped_name}/activity",
            "JUPYTERHUB_SERVICE_URL": f"{BELIEVED}{self.server.base_url}",
            "ENCLAVE_TOKEN": pass_.token,
            "ENCLAVE_PROJECT": pass_.project,
            "ENCLAVE_TITLE": pass_.title[:200],
        }

    def _is_idle(self) -> bool:
        last = self.orm_spawner.last_activity or self.orm_spawner.started
        if not self.enclave.idle_seconds or last is None:
            return False
        return bool(datetime.now(UTC).replace(tzinfo=None) - last > timedelta(seconds=self.enclave.idle_seconds))

    async def _clear_away(self) -> None:
        self.gate.close(self.sandbox)
        try:
            await asyncio.wait_for(self.portal.sandbox_stopped(self.sandbox), 10)
        except (PortalAway, PortalRefused, TimeoutError):
            self.log.warning("The portal was not told that a sandbox stopped; its pass ends when the next one begins.")
