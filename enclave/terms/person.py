"""A person with an account. Their roles live in governance, their credentials are never loaded with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z][a-z0-9.-]{1,39}")


@dataclass(frozen=True, kw_only=True)
class Person:
    """``name`` is what they type to sign in, ``display`` what others read."""

    id: int
    name: str
    display: str

    def __post_init__(self) -> None:
        if not is_login_name(self.name):
            raise ValueError("a login name is 2 to 40 lower-case letters, digits, dots and hyphens")


def is_login_name(text: str) -> bool:
    """Whether the text can be a login name; JupyterHub and host names accept the same alphabet."""
    return _NAME.fullmatch(text) is not None
