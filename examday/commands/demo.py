"""The training day from the command line."""

from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.i18n import gettext as _


@click.group(help=_("The training day: begin it anew."))
def demo() -> None:
    """Group of the commands below."""


@demo.command(
    help=_(
        "Remove everything that was tried on the training day and begin it anew; its log-ins stay. A folder "
        "with a real exam is left alone."
    )
)
@data_option
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def reset(data: Path | None, yes: bool) -> None:
    """Begin the training day anew, while no station runs on its folder."""
    from examday.services.training import reset as training
    from examday.station.launch import sole_launcher

    settings = settings_of(data=data)
    if not yes:
        question = _("Remove everything in the training day of %(folder)s?", folder=settings.data)
        click.confirm(question, abort=True)
    with sole_launcher(settings):
        for line in training.reset(settings):
            click.echo(line)
