"""Templates: ours are strict about names, the GOV.UK macros come from an environment of their own that cannot be."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

from enclave.settings.settings import Profile, Settings
from enclave.web.assets import asset
from enclave.web.navigation import navigation
from enclave.web.visitor import Visitor
from enclave.web.words import dates, sizes

_MACROS = {
    "button": "govukButton",
    "back-link": "govukBackLink",
    "breadcrumbs": "govukBreadcrumbs",
    "checkboxes": "govukCheckboxes",
    "date-input": "govukDateInput",
    "details": "govukDetails",
    "error-summary": "govukErrorSummary",
    "fieldset": "govukFieldset",
    "file-upload": "govukFileUpload",
    "input": "govukInput",
    "inset-text": "govukInsetText",
    "notification-banner": "govukNotificationBanner",
    "pagination": "govukPagination",
    "panel": "govukPanel",
    "password-input": "govukPasswordInput",
    "radios": "govukRadios",
    "select": "govukSelect",
    "service-navigation": "govukServiceNavigation",
    "skip-link": "govukSkipLink",
    "summary-list": "govukSummaryList",
    "tag": "govukTag",
    "textarea": "govukTextarea",
    "warning-text": "govukWarningText",
}


@cache
def environment() -> Environment:
    """The templates of the portal; a name that is missing is an error."""
    ours = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ours.globals.update(govuk=_macros(), asset=asset, plural=dates.count)
    ours.filters.update(day=dates.day, moment=dates.moment, size=sizes.size)
    return ours


def _macros() -> dict[str, Any]:
    theirs = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}), autoescape=True, undefined=ChainableUndefined
    )
    folder = "govuk_frontend_jinja/components"
    return {
        name.replace("-", "_"): getattr(theirs.get_template(f"{folder}/{name}/macro.html").module, macro) for name, macro in _MACROS.items()
    }


def render(request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> HTMLResponse:
    """A whole page for whoever asks, with their navigation and the banners of this installation."""
    settings: Settings = request.app.state.portal.settings
    visitor: Visitor = getattr(request.state, "visitor", Visitor())
    text = (
        environment()
        .get_template(template)
        .render(
            visitor=visitor,
            menu=navigation(visitor, path=request.url.path),
            demo=settings.demo,
            rootless=settings.profile is Profile.ROOTLESS,
            **context,
        )
    )
    return HTMLResponse(text, status_code=status, headers=headers)


def fragment(template: str, **context: Any) -> HTMLResponse:
    """A piece of a page, for htmx."""
    return HTMLResponse(environment().get_template(template).render(**context))
