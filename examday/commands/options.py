"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, Unpack

import click

from examday.i18n import gettext as _
from examday.settings import Overrides, Settings

P = ParamSpec("P")
T = TypeVar("T")


def data_option(command: Callable[P, T]) -> Callable[P, T]:
    """--data DIR: the folder that holds everything one station keeps."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        help=_("Folder that holds everything the station keeps."),
    )(command)


def site_option(command: Callable[P, T]) -> Callable[P, T]:
    """--site KEY: one point of a region."""
    return click.option(
        "--site", default="", help=_("Code of the exam point, in an installation of several.")
    )(command)


def settings_of(**overrides: Unpack[Overrides]) -> Settings:
    """The settings of the environment under the command's options.

    A wrong variable is a usage error.
    """
    try:
        return Settings.from_env(**overrides)
    except ValueError as error:
        raise click.UsageError(
            _(
                "These settings cannot be used: %(what)s",
                what=str(error).removeprefix("not usable: "),
            )
        ) from error
