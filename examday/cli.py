"""`examday …`: starts the station, looks after it, proves what it keeps."""

import importlib
import os
import sys
from typing import Any

import click

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import LANGUAGES, language
from examday.i18n import gettext as _

COMMANDS: dict[str, tuple[str, str]] = {
    "station": ("examday.commands.day", N_("Start the station: broker, workers, hot folder, web pages.")),
    "doctor": ("examday.commands.day", N_("Tell what is there, what is missing and what to do.")),
    "rehearse": ("examday.commands.day", N_("Technical readiness check: play a training booklet through the station.")),
    "migrate": ("examday.commands.day", N_("Bring the database to the newest form (the station does it by itself).")),
    "requeue": ("examday.commands.day", N_("Look at quarantined files once more.")),
    "ledger": ("examday.commands.proof", N_("Check the ledger, or make a signed checkpoint.")),
    "export": ("examday.commands.proof", N_("Write a bundle that can be checked without this program.")),
    "backup": ("examday.commands.proof", N_("Save everything the station keeps, while it runs.")),
    "restore": ("examday.commands.proof", N_("Bring a backup back into an empty folder, and check it.")),
    "people": ("examday.commands.people", N_("Accounts: list, first head, new one-time password.")),
    "read": ("examday.reading.commands", N_("Read filled forms from image files.")),
    "compare": ("examday.reading.commands", N_("Compare an original with its copy, field by field.")),
    "layout": ("examday.reading.commands", N_("Form layouts: check one against a scan, or print it.")),
    "braille": ("examday.braille.commands", N_("Braille: read pages, turn text into dots and back.")),
}
"""Command → the module it lives in, loaded only when asked for, so that the program answers at once."""


class Late(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(help_)) for name, (_module, help_) in COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Refusals as one sentence and what to do, never as a trace."""
        wanted = os.environ.get("EXAMDAY_LANGUAGE", "ru")
        language.set(wanted if wanted in LANGUAGES else "ru")
        self.help = _("The exam day for candidates with special needs, on one laptop.")
        try:
            return super().main(*args, **kwargs)
        except DomainError as error:
            click.echo(_("Refused: %(what)s", what=_(error.message) % shown(error)), err=True)
            click.echo(_("What to do: %(advice)s", advice=_(error.advice) % shown(error)), err=True)
            sys.exit(1)


def shown(error: DomainError) -> dict[str, object]:
    """The error's values, those that are texts themselves translated."""
    return {key: _(value) if isinstance(value, str) else value for key, value in error.params.items()}


@click.group(cls=Late, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Entry point; the help text is set in the reader's language."""


if __name__ == "__main__":
    main()
