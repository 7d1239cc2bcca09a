"""The Jupyter server's configuration, all of it: no file is read, neither the system's nor the researcher's.

Closing exits here is friction and a trail, not the wall: the wall is that no row ever reaches a notebook (see README.md).
"""

from typing import Any

HOME = "/home/notebook"
PRIVATE = "/tmp/jupyter"  # noqa: S108 - the server's own memory; kernels have another /tmp

# Images, styles and scripts from this server only, and nothing sent anywhere else. `unsafe-eval` is what JupyterLab's settings need.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# Without files, view and nbconvert, which hand out whole files, and shutdown, which is the hub's business.
SERVICES = ("api", "auth", "contents", "kernels", "kernelspecs", "sessions", "events")

EXTENSIONS = {"jupyterlab": True, "enclave.desk.closed": True}

TABLE: dict[str, dict[str, Any]] = {
    "Application": {"log_level": 30},
    "ServerApp": {
        "allow_origin": "",
        "allow_root": False,
        "contents_manager_class": "enclave.desk.contents.DeskContents",
        "log_level": 30,
        "max_body_size": 64 << 20,
        "open_browser": False,
        "quit_button": False,
        "root_dir": HOME,
        "sock": f"{PRIVATE}/adopted",  # never made: says that the server listens on a unix socket, which it was given open
        "terminals_enabled": False,
        "tornado_settings": {"headers": HEADERS},
        "websocket_ping_interval": 30_000,
        "websocket_ping_timeout": 30_000,
    },
    "ContentsManager": {"allow_hidden": False},
    "FileContentsManager": {"delete_to_trash": False, "always_delete_dir": False},
    "KernelManager": {"transport": "ipc"},
    "KernelProvisionerFactory": {"default_provisioner_name": "enclave-provisioner"},
    # A kernel description somebody left in the home could name any program; only the one of this environment counts.
    "KernelSpecManager": {"allowed_kernelspecs": {"python3"}},
    "LabApp": {
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "extension_manager": "readonly",
        "news_url": None,
        "user_settings_dir": f"{HOME}/.desk/settings",
        "workspaces_dir": f"{HOME}/.desk/workspaces",
    },
    "NotebookNotary": {"db_file": ":memory:"},
    "ExtensionApp": {"open_browser": False},
}

ENVIRONMENT = {
    "JUPYTER_CONFIG_DIR": f"{PRIVATE}/config",
    "JUPYTER_DATA_DIR": f"{PRIVATE}/data",
    "JUPYTER_RUNTIME_DIR": f"{PRIVATE}/runtime",
    "IPYTHONDIR": f"{PRIVATE}/ipython",
}
