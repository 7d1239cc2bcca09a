"""What the hub calls the server of a project."""

from jupyterhub.slugs import is_valid_safe_slug, safe_slug


def server_name(slug: str) -> str:
    """The project's slug, or a shortened form of it where the hub is stricter about names than the portal."""
    return slug if is_valid_safe_slug(slug) else str(safe_slug(slug))
