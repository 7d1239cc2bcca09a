"""Every response carries the headers that make browsers careful."""

from __future__ import annotations

from enclave.web.security.headers import INERT_POLICY, SecurityHeaders, content_policy


def directives(policy: str) -> dict[str, str]:
    return dict((part.strip().partition(" ")[::2]) for part in policy.split(";"))


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = directives(content_policy())
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in content_policy()


def test_a_form_may_lead_to_one_more_origin_where_the_page_says_so() -> None:
    assert directives(content_policy(form_to=("http://hub.localhost:8000",)))["form-action"] == "'self' http://hub.localhost:8000"


def test_what_somebody_else_made_is_boxed_in() -> None:
    assert "sandbox" in directives(INERT_POLICY)
    assert "script-src" not in directives(INERT_POLICY)


def test_they_are_on_every_response(behind) -> None:
    client = behind(SecurityHeaders)
    for path in ("/", "/nowhere", "/raise"):
        headers = client.get(path).headers
        if path != "/raise":  # what escapes this wall is the outer server's; ``Unforeseen`` stands inside it
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"] == content_policy()
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
            assert "camera=()" in headers["permissions-policy"]
