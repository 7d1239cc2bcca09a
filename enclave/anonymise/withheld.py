"""What a detector says when it could not read."""

from __future__ import annotations


class WithheldError(Exception):
    """A recogniser gave up on the text. Says nothing of it."""
