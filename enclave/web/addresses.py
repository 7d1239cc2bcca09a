"""Addresses of this portal: names in them, and which of them somebody may be led to."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from enclave.terms.names import DatasetName
from enclave.web.rules import refusal


def dataset_name(text: str) -> DatasetName:
    """``agency.dataset`` from an address; anything else is no page."""
    try:
        return DatasetName.parse(text)
    except ValueError:
        raise refusal("W-05") from None


def safe_path(text: str) -> str:
    """A path of this portal, or "/": never another site, whatever was put into the address (OWASP: unvalidated redirects)."""
    parts = urlsplit(text)
    own = text.startswith("/") and not text.startswith("//") and not parts.scheme and not parts.netloc
    plain = own and "\\" not in text and text.isprintable() and text.isascii() and len(text) <= 2_000
    return text if plain and parts.path not in {"/login", "/logout"} else "/"


def referring(request: Request) -> str:
    """The page of ours that sent the request."""
    parts = urlsplit(request.headers.get("referer", ""))
    return safe_path(parts.path + (f"?{parts.query}" if parts.query else "") or "/")
