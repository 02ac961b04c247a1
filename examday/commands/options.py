"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from examday.i18n import gettext as _
from examday.settings import Settings


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--data DIR: the folder that holds everything one station keeps."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        help=_("Folder that holds everything the station keeps."),
    )(command)


def settings_of(**overrides: Any) -> Settings:
    """The settings of the environment under the command's options; a wrong variable is a usage
    error."""
    try:
        return Settings.from_env(**overrides)
    except ValueError as error:
        raise click.UsageError(
            _(
                "These settings cannot be used: %(what)s",
                what=str(error).removeprefix("not usable: "),
            )
        ) from error
