"""The hub's configuration, as one table made from the settings. `config.py` hands it to JupyterHub."""

from pathlib import Path
from typing import Any

import jupyterhub.log
from jupyterhub.utils import subdomain_hook_idna

from enclave.hub.authenticator import PortalAuthenticator
from enclave.hub.gate import Gate
from enclave.hub.pages import PROJECTS, STATIC, ProjectsHandler
from enclave.hub.portal_client import Portal
from enclave.hub.proxy import EnclaveProxy, routes, unix_url
from enclave.hub.settings import HubSettings
from enclave.hub.spawner import SandboxSpawner

# What a signed-in person may do with the hub: see themselves, start and stop and enter their own notebooks. No tokens, no sharing.
PERSON_SCOPES = ["read:users!user", "servers!user", "access:servers!user", "users:activity!user"]
SERVER_SCOPES = ["users:activity!user", "access:servers!server"]

TEMPLATES = Path(__file__).parent / "templates"


def bind(settings: HubSettings) -> None:
    """Give the classes the hub will make for itself what they share."""
    portal = Portal(socket=settings.internal_socket)
    SandboxSpawner.enclave = settings
    SandboxSpawner.portal = portal
    SandboxSpawner.gate = Gate(settings.hub_socket)
    PortalAuthenticator.portal = portal
    ProjectsHandler.portal = portal
    EnclaveProxy.enclave = settings
    # A ticket is void once used, and still has no business in a log.
    jupyterhub.log.SCRUB_PARAM_KEYS = (*jupyterhub.log.SCRUB_PARAM_KEYS, "ticket")


def table(settings: HubSettings) -> dict[str, dict[str, Any]]:
    """Class -> trait -> value, for traitlets."""
    return {
        "JupyterHub": _addresses(settings) | _behaviour(settings),
        "Authenticator": {"allow_all": True, "auth_refresh_age": 300, "refresh_pre_spawn": True},
        "PortalAuthenticator": {"request_otp": True, "otp_prompt": "One-time code"},
        "Spawner": {
            "default_url": "/lab",
            "disable_user_config": True,
            "server_token_scopes": SERVER_SCOPES,
            "http_timeout": 60,
            "start_timeout": 60,
            "poll_interval": 5,
            "consecutive_failure_limit": 0,
        },
        "EnclaveProxy": {
            "api_url": unix_url(settings.proxy_socket),
            "pid_file": str(settings.state / "hub" / "proxy.pid"),
            "extra_routes": routes(settings),
            "log_level": "warn",
        },
    }


def _addresses(settings: HubSettings) -> dict[str, Any]:
    hub_state = settings.state / "hub"
    return {
        "bind_url": f"http://{settings.public_ip}:{settings.public_port}/",
        "hub_bind_url": unix_url(settings.hub_socket),
        "hub_connect_url": unix_url(settings.hub_socket),
        "hub_routespec": f"{settings.hub_host}/",
        "subdomain_host": settings.origin(settings.hub_host),
        "subdomain_hook": _domain_of(settings),
        "db_url": f"sqlite:///{hub_state}/jupyterhub.sqlite",
        "cookie_secret_file": str(hub_state / "cookie_secret"),
        "data_files_path": str(_data_files()),
        "template_paths": [str(TEMPLATES)],
        "logo_file": str(STATIC / "logo.svg"),
    }


def _behaviour(settings: HubSettings) -> dict[str, Any]:
    return {
        "authenticator_class": PortalAuthenticator,
        "spawner_class": SandboxSpawner,
        "proxy_class": EnclaveProxy,
        "allow_named_servers": True,
        "cleanup_servers": False,  # notebooks outlive a restart of the hub
        "cookie_max_age_days": 0.5,
        "default_url": f"/hub/{PROJECTS}",
        "redirect_to_server": False,
        "load_roles": [
            {"name": "user", "description": "A person and their own notebooks", "scopes": PERSON_SCOPES},
            {"name": "server", "description": "Says it is still in use", "scopes": SERVER_SCOPES},
        ],
        "template_vars": {"portal": settings.origin(settings.portal_host), "rootless": settings.profile == "rootless"},
        "tornado_settings": {
            "headers": _headers(settings),
            "cookie_options": {"SameSite": "Lax", "secure": settings.scheme == "https"},
            "slow_spawn_timeout": 0,
        },
        "last_activity_interval": 60,
        "activity_resolution": 30,
    }


def _headers(settings: HubSettings) -> dict[str, str]:
    # Signing in ends, by redirects, on the person's own notebook host: browsers count that as where the form goes.
    notebooks = settings.origin(f"*.{settings.notebook_domain}")
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
        f"form-action 'self' {notebooks} {settings.origin(settings.portal_host)}"
    )
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _domain_of(settings: HubSettings) -> Any:  # noqa: ANN401 - a callable of the hub's own signature
    def hook(name: str, _: str, kind: str) -> str:  # beside the hub's host, not below it: no cookie is shared
        return str(subdomain_hook_idna(name, settings.notebook_domain, kind))

    return hook


def _data_files() -> Path:
    from jupyterhub._data import DATA_FILES_PATH

    return Path(DATA_FILES_PATH)
