"""Who may enter the hub: whoever the portal says, by password and one-time code, or by a ticket from a page of the portal."""

from typing import Any, ClassVar

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError

from enclave.hub.pages import handlers
from enclave.hub.portal_client import Member, Portal, PortalAway, PortalRefused

AWAY = "The sign-in service does not answer. Try again in a minute."


class PortalAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub carries no types
    """Holds no password and remembers nobody: every question goes to the portal, which counts attempts and refuses replays."""

    portal: ClassVar[Portal]

    async def authenticate(self, _: Any, data: dict[str, str]) -> dict[str, Any] | None:  # noqa: ANN401 - the hub's signature
        """`data` holds either `ticket` or `username`, `password` and `otp`."""
        try:
            member = await self._ask(data)
        except PortalRefused as refusal:
            # Given as an error and not as None, so that the page shows the portal's own sentence.
            raise HTTPError(429 if refusal.status == 429 else 403, str(refusal)) from None
        except PortalAway:
            raise HTTPError(503, AWAY) from None
        return {"name": member.name, "admin": False}

    async def _ask(self, data: dict[str, str]) -> Member:
        if "ticket" in data:
            return await self.portal.redeem(data["ticket"])
        return await self.portal.login(name=data.get("username", ""), password=data.get("password", ""), otp=data.get("otp", ""))

    async def refresh_user(self, user: Any, *_: Any, **__: Any) -> bool:  # noqa: ANN401 - the hub's signature
        """Asked every few minutes of use: somebody the portal no longer knows must sign in again, and cannot."""
        try:
            await self.portal.projects(user.name)
        except (PortalRefused, PortalAway):
            return False
        return True

    def get_handlers(self, app: Any) -> list[Any]:  # noqa: ANN401
        """These come before the hub's own, so they may take the place of its pages."""
        return [*handlers(), *super().get_handlers(app)]
