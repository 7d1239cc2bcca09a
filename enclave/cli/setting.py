"""Settings from the command line and the environment."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from enclave.settings.settings import Settings
from enclave.terms.errors import OperatorError

Home = Annotated[Path | None, typer.Option(help="Where all state lies; $ENCLAVE_HOME or ./var by default.")]


def settings_at(home: Path | None, *, port: int | None = None, demo: bool = False) -> Settings:
    """The environment's settings with what the command line says instead."""
    try:
        settings = Settings.read()
        changes: dict[str, object] = {"demo": demo or settings.demo}
        if home is not None:
            changes["home"] = home.absolute()
        if port is not None:
            changes["port"] = port
        return dataclasses.replace(settings, **changes)  # type: ignore[arg-type]
    except ValueError as error:
        raise OperatorError(rule="O-04", sentence=f"The settings do not fit: {error}.") from error
