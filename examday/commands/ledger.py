"""Commands on the ledger: check it, sign it as it stands, write a bundle from it."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from examday.commands.options import data_option, settings_of, site_option
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.events import Event
from examday.domain.ledger import FAULT_WORDS, Fault, printable
from examday.domain.messages import N_
from examday.i18n import gettext as _

# not loaded here: most commands start quicker without the ledger, and the one that needs it loads
# it
if TYPE_CHECKING:
    from examday.services.ledger.audit import Report


CHAIN_WORDS = {
    "same": N_("The chain here is the one that was witnessed."),
    "other": N_("WRONG: the chain here is not what was witnessed, or rows of it were changed."),
    "unknown": N_("NOT KNOWN whether the chain here is that of the station."),
}


def in_words(fault: Fault, places: Mapping[str, str]) -> str:
    """A finding as a sentence, with the work it is about."""
    place = places.get(fault.detail)
    said = _(FAULT_WORDS[fault.code], seq=fault.seq, detail=fault.detail)
    whose = f"{fault.chain}: " if fault.chain else ""
    return printable(whose + said + (f" ({place})" if place else ""))


@click.group(help=_("Check the ledger, or make a signed checkpoint."))
def ledger() -> None:
    """Group of the two commands below."""


@ledger.command(
    help=_(
        "Check every entry, every recorded row and every signature. Ends with 1 when something is "
        "wrong, and names the first wrong entry."
    )
)
@data_option
@site_option
@click.option(
    "--code", default=None, help=_("A checkpoint code from paper, to be found in this ledger.")
)
@click.option(
    "--chain",
    "chains",
    is_flag=True,
    help=_(
        "At the centre: name each station's chain too, and whether it still is what was witnessed. Ends "
        "with 3 where that is not known of one."
    ),
)
@click.option(
    "--since",
    default=None,
    help=_(
        "The code that an earlier check gave: only what was written after it is checked, however long the "
        "ledger is."
    ),
)
@click.option("--scans", is_flag=True, help=_("Read all originals on the disk too."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def verify(
    data: Path | None,
    site: str,
    code: str | None,
    chains: bool,
    since: str | None,
    scans: bool,
    as_json: bool,
) -> None:
    from examday.services.ledger import audit

    if since and chains:
        raise click.UsageError(_("--chain asks about whole ledgers: leave --since out."))
    with opened(settings_of(data=data), site) as store:
        report = audit.verify(store, code, scans, since)
    unknown = chains and not (report.witnessed and all(w.known for w in report.witnessed))
    ends = 1 if not report.ok else 3 if unknown else 0
    if as_json:
        words = [in_words(fault, report.places) for fault in report.faults]
        said = json.dumps(
            {**asdict(report), "ok": report.ok, "words": words}, ensure_ascii=False, indent=1
        )
        click.echo("\n".join(printable(line) for line in said.split("\n")))
        sys.exit(ends)
    _tell(report)
    if chains:
        _tell_chains(report)
    sys.exit(ends)


def _tell_chains(report: "Report") -> None:
    """Print what was witnessed of each station."""
    if not report.witnessed:
        click.echo(_("No station sends here: there is no chain to compare."), err=True)
    for one in report.witnessed:
        click.echo(
            _(
                "Station %(station)s of %(point)s: witnessed up to entry %(last)s (here: %(here)s), root %(root)s, "
                "by entry %(entry)s.",
                **asdict(one),
            )
            if one.last
            else _(
                "Station %(station)s of %(point)s: nothing was witnessed yet.",
                **asdict(one),
            )
        )
        click.echo("  " + _(CHAIN_WORDS[one.state]))


def _tell(report: "Report") -> None:
    """Print what was checked and what was found."""
    click.echo(
        _(
            "Checked: %(entries)s entries, %(rows)s rows, %(checkpoints)s checkpoints.",
            entries=report.entries,
            rows=report.rows,
            checkpoints=report.checkpoints,
        )
    )
    if report.since:
        click.echo(
            _(
                "Begun behind entry %(seq)s. NOT looked at: entries up to it, and rows that no later entry speaks of.",
                seq=report.since,
            )
        )
    if report.scans is not None:
        click.echo(_("Originals read: %(scans)s.", scans=report.scans))
    for note in report.notes:
        click.echo(_("Note: %(what)s", what=in_words(note, report.places)))
    if report.ok:
        good = (
            N_("What was looked at is as it was written. Checkpoint code: %(code)s")
            if report.since
            else N_("Everything is as it was written. Checkpoint code: %(code)s")
        )
        click.echo(_(good, code=report.code))
    else:
        _tell_faults(report)


def _tell_faults(report: "Report") -> None:
    click.echo(
        _("WRONG. First finding: %(what)s", what=in_words(report.faults[0], report.places)),
        err=True,
    )
    for fault in report.faults[1:50]:
        click.echo("  " + in_words(fault, report.places), err=True)
    click.echo(
        _(
            "Findings: %(count)s. Stop work on what is named and keep the machine as it is.",
            count=len(report.faults),
        ),
        err=True,
    )


@ledger.command(help=_("Sign the ledger as it stands now and print the code to be noted on paper."))
@data_option
@site_option
def checkpoint(data: Path | None, site: str) -> None:
    from examday.services.ledger import checkpoints

    with opened(settings_of(data=data), site) as store:
        with store.begin(COMMAND_LINE) as uow:
            made = checkpoints.checkpoint(uow, "by-hand")
            uow.record(Event.LEDGER_CHECKPOINT, f"checkpoint:{made.seq}", code=made.code)
        click.echo(made.code)
        click.echo(_("Key: %(key)s", key=checkpoints.public_key(store.settings.keys)))


@click.command(
    help=_(
        "Write a bundle of one booklet (form code or id) or one day (YYYY-MM-DD) that can be checked "
        "without this program, with tools/verify_export.py."
    )
)
@data_option
@site_option
@click.argument("what")
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help=_("File to write; otherwise named after the booklet or the day, here."),
)
@click.option("--names", is_flag=True, help=_("Put the names of the candidates in as well."))
def export(
    data: Path | None,
    site: str,
    what: str,
    target: Path | None,
    names: bool,
) -> None:
    from examday.services.ledger import bundle

    with opened(settings_of(data=data), site) as store:
        made = bundle.export(
            store, COMMAND_LINE, what, target or Path(f"examday-{what}.zip"), names
        )
    click.echo(_("Written: %(path)s", path=made.path))
    click.echo(
        _(
            "Booklets: %(booklets)s, entries: %(entries)s, scans: %(scans)s.",
            booklets=made.booklets,
            entries=made.entries,
            scans=made.scans,
        )
    )
    click.echo(_("Checkpoint code: %(code)s", code=made.code))
