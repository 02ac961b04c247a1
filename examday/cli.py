"""`examday …`: starts the station, looks after it, proves what it keeps."""

import importlib
import os
import sys
from typing import Any

import click

from examday.domain.errors import DomainError, of_disk
from examday.domain.messages import N_
from examday.i18n import LANGUAGES, language, spoken
from examday.i18n import gettext as _
from examday.modes import private_files

COMMANDS: dict[str, tuple[str, str]] = {
    "station": (
        "examday.commands.day",
        N_("Start the station: broker, workers, hot folder, web pages."),
    ),
    "doctor": ("examday.commands.day", N_("Tell what is there, what is missing and what to do.")),
    "rehearse": (
        "examday.commands.day",
        N_("Technical readiness check: play a training booklet through the station."),
    ),
    "migrate": (
        "examday.commands.upkeep",
        N_("Bring the database to the newest form (the station does it by itself)."),
    ),
    "requeue": ("examday.commands.upkeep", N_("Look at quarantined files once more.")),
    "ledger": ("examday.commands.ledger", N_("Check the ledger, or make a signed checkpoint.")),
    "export": (
        "examday.commands.ledger",
        N_("Write a bundle that can be checked without this program."),
    ),
    "backup": ("examday.commands.backup", N_("Save everything the station keeps, while it runs.")),
    "restore": (
        "examday.commands.backup",
        N_("Bring a backup back into an empty folder, and check it."),
    ),
    "plan": (
        "examday.commands.plan",
        N_("The day plan: tell what tables would do to it, or bring them in."),
    ),
    "demo": ("examday.commands.demo", N_("The training day: begin it anew.")),
    "sites": (
        "examday.commands.sites",
        N_("Exam points of a region: list and add them, say who serves where."),
    ),
    "enrol": (
        "examday.commands.enrol",
        N_(
            "A station and its centre get to know each other: invite, join, confirm, renew, revoke."
        ),
    ),
    "send": (
        "examday.commands.send",
        N_("Write for the centre what it has not confirmed yet."),
    ),
    "receive": (
        "examday.commands.receive",
        N_("Take a station's bundle in at the centre, or the centre's receipt at a station."),
    ),
    "order": (
        "examday.commands.order",
        N_("Order something at a point: a work is transferred again there, or its plan changes."),
    ),
    "people": ("examday.commands.people", N_("Accounts: list, first head, new one-time password.")),
    "read": ("examday.commands.read", N_("Read filled forms from image files.")),
    "compare": (
        "examday.reading.compare_command",
        N_("Compare an original with its copy, field by field."),
    ),
    "layout": (
        "examday.reading.layout_commands",
        N_("Form layouts: check one against a scan, or print it."),
    ),
    "braille": (
        "examday.braille.commands",
        N_("Braille: read pages, turn text into dots and back."),
    ),
}
"""Command → the module it lives in, loaded only when asked for, so that the program answers at
once."""

HELP: dict[str, str] = {
    "read": N_(
        "Read filled forms; files or folders. What is read is advice with a confidence, never a value."
    ),
    "compare": N_(
        "Compare ORIGINAL COPY [ORIGINAL COPY …]. Exit code 0: no differences, 1: differences, 2: could not "
        "read."
    ),
    "layout": N_("Form layouts in millimetres."),
    "layout check": N_("Draw the layout over a scan, so that you can see whether it fits."),
    "layout print": N_(
        "Make a practice form as PDF: marked as practice, without a live code. Without NAME: list the "
        "layouts."
    ),
    "braille": N_("Braille: read pages, turn text into dots and back."),
    "braille read": N_(
        "Read photographs or scans of Braille pages. What comes out is advice, with its doubt."
    ),
    "braille text": N_(
        "Turn text into Braille and Braille into text, line by line; without TEXT the standard input is "
        "read."
    ),
}
"""Help of commands whose modules keep it as a docstring, which no catalogue could translate."""

CLICK_WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Invalid value for {param_hint}: {message}"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("Show this message and exit."),
    N_("default: {default}"),
    N_("{name} {filename!r} does not exist."),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("Aborted!"),
)
"""What click itself says: listed here, because our catalogue is made of words found in our own
code."""


class Late(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the table, not by letter."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load one command; the modules of the others stay unloaded, so that each starts quickly."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), name)
        _put_help(name, command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any of them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(help_)) for name, (_module, help_) in COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Refusals as one sentence and what to do, never as a trace."""
        private_files()
        wanted = os.environ.get("EXAMDAY_LANGUAGE", "ru")
        language.set(wanted if wanted in LANGUAGES else "ru")
        for module in (
            click.core,
            click.decorators,
            click.exceptions,
            click.formatting,
            click.types,
        ):
            module._ = _  # type: ignore[attr-defined]  # click would look into a catalogue that nobody installs
        self.help = _("The exam day for candidates with special needs, on one laptop.")
        try:
            return super().main(*args, **kwargs)
        except DomainError as error:
            _refuse(error)
        except OSError as error:
            # Without the right to a file that somebody named the system's own words are better:
            # they say which file.
            told = None if isinstance(error, PermissionError) else of_disk(error)
            if told is None:
                raise
            _refuse(told)


def _refuse(error: DomainError) -> None:
    """Say what was refused and what to do, and end."""
    click.echo(_("Refused: %(what)s", what=_(error.message) % shown(error)), err=True)
    click.echo(_("What to do: %(advice)s", advice=_(error.advice) % shown(error)), err=True)
    sys.exit(1)


def _put_help(name: str, command: click.Command) -> None:
    """Put the help of a command and of its sub-commands into the reader's language."""
    if name in HELP:
        command.help = _(HELP[name])
    for sub, each in getattr(command, "commands", {}).items():
        _put_help(f"{name} {sub}", each)


def shown(error: DomainError) -> dict[str, object]:
    """The error's values, those that are texts of the program translated."""
    return spoken(error.params)


@click.group(
    cls=Late, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def main() -> None:
    """Entry point; the help text is set in the reader's language."""


if __name__ == "__main__":
    main()
