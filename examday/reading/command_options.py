"""Options and ways of speaking that the commands of the reader share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.paper.layout import Layout, layouts, load, use_folder
from examday.reading.page_json import ErrorJson
from examday.settings import Settings

PATH = click.Path(exists=True, path_type=Path)
# 1 is taken: it says that differences were found, as with `diff`.
COULD_NOT_READ = 2

LAYOUT = click.option(
    "--layout",
    "forms",
    multiple=True,
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
    help=_("A form layout to use before the known ones; may be given several times."),
)
SUBJECT = click.option(
    "--subject",
    help=_(
        "Subject code, two digits: which characters answers may hold. Else the one "
        "written in the header counts, when it is read surely."
    ),
)


def known_forms(files: Iterable[Path]) -> Mapping[str, Layout]:
    """Return all known layouts.

    They are the program's, those of the station's folder, and those given as files, which stand
    before them.
    """
    use_folder(Settings.from_env().forms)
    given = {}
    for file in files:
        try:
            layout = load(file)
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise click.UsageError(
                _(
                    N_(
                        "%(file)s is not a form layout: %(why)s. How one is made: "
                        "docs/form-layouts.md."
                    ),
                    file=file,
                    why=f"{error!r}",
                )
            ) from error
        given[layout.id] = layout
    # A layout given as a file is meant to be tried: it goes before a known one of the same id.
    return {**given, **{name: form for name, form in layouts().items() if name not in given}}


def hands_known(no_hands: bool) -> bool:
    """Whether a hand may be learned: neither the option nor the station's setting forbids it."""
    return not no_hands and Settings.from_env().hands


def two_digits(subject: str | None) -> str | None:
    """Return a subject code of two digits, or raise a usage error."""
    if subject is not None and not (len(subject) == 2 and subject.isascii() and subject.isdigit()):
        raise click.UsageError(_(N_("A subject code has two digits, for example 02.")))
    return subject


def error_json(error: DomainError) -> ErrorJson:
    """A refusal as JSON, in the reader's language."""
    return {
        "code": error.code,
        "message": _(error.message, **error.params),
        "advice": _(error.advice, **error.params),
    }
