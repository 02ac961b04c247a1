"""Letters between a station and its centre as files that commands read and write."""

from pathlib import Path

import click

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.travel.letters import LONGEST, Letter, parse
from examday.i18n import gettext as _
from examday.services.travel.putting import write_letter


def read_letter(
    path: Path,
    kinds: tuple[str, ...],
    advice: str = N_("Needed here: %(wanted)s."),
) -> Letter:
    """The letter in a file; Invalid with this advice when it is another one."""
    with path.open("rb") as file:
        letter = parse(file.read(LONGEST + 1))
    if letter["format"] not in kinds:
        raise Invalid(
            N_("This is another letter: %(format)s."),
            code="other-letter",
            advice=advice,
            params={"format": letter["format"], "wanted": ", ".join(kinds)},
        )
    return letter


def write_and_tell(letter: Letter, target: Path) -> None:
    """Write a letter to a file, and tell which."""
    write_letter(letter, target)
    click.echo(_("Written: %(path)s", path=target))
