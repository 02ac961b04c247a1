"""Commands for the day itself: station, doctor, rehearse."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from examday.commands.options import data_option, settings_of
from examday.i18n import decimal
from examday.i18n import gettext as _

if TYPE_CHECKING:
    from examday.services.training.rehearsal.protocol import Outcome


@click.command(
    help=_(
        "Start the station: broker, workers, hot folder, schedule and web pages as one process tree. "
        "Ctrl-C stops everything."
    )
)
@data_option
@click.option(
    "--host",
    default=None,
    help=_("Address to listen on; 0.0.0.0 lets other computers of the point in."),
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    help=_("Port of the web pages (8450)."),
)
@click.option(
    "--demo/--no-demo", default=True, help=_("Seed the training day when the station is empty.")
)
def station(
    data: Path | None,
    host: str | None,
    port: int | None,
    demo: bool,
) -> None:
    from examday.station.launch import run

    run(
        settings_of(
            data=data,
            host=host,
            port=port,
        ),
        demo,
    )


@click.command(
    help=_(
        "Tell what is there, what is missing and what to do. Ends with 1 when the station cannot run."
    )
)
@data_option
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
def doctor(data: Path | None, as_json: bool) -> None:
    from examday.doctor import Level, examine

    findings = examine(settings_of(data=data))
    if as_json:
        click.echo(
            json.dumps(
                [
                    {"part": f.part, "level": f.level, "message": f.text(), "advice": f.remedy()}
                    for f in findings
                ],
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for finding in findings:
            click.echo(f"{finding.sign} {finding.text()}")
            if finding.advice:
                click.echo("    → " + finding.remedy())
    sys.exit(1 if any(f.level is Level.FAIL for f in findings) else 0)


@click.command(
    help=_(
        "Technical readiness check of the day before: a marked training booklet goes through the station "
        "that runs on the data folder, from two scans to hand-over and ledger check. Ends with 1 when a "
        "step fails."
    )
)
@data_option
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of text."))
@click.option(
    "--appeal",
    is_flag=True,
    help=_("Play a training appeal with planted transfer errors through all steps."),
)
@click.option(
    "--region",
    is_flag=True,
    help=_(
        "Play two stations and a centre in temporary folders: sticks, receipts, and what is refused. "
        "Nothing on this computer is changed."
    ),
)
def rehearse(
    data: Path | None,
    as_json: bool,
    appeal: bool,
    region: bool,
) -> None:
    from examday.rehearse import rehearse as play
    from examday.services.training.rehearsal.protocol import Step

    if region and appeal:
        raise click.UsageError(_("--region and --appeal are two rehearsals: name one of them."))
    if region:
        from examday.commands.region import rehearse_region

        rehearse_region(as_json)

    def tell(step: Step) -> None:
        if not as_json:
            click.echo(f"{'✗' if step.error else '✓'} {step.seconds:6.1f}  {_(step.name)}")
            if step.error:
                click.echo("    → " + step.error)

    outcome = play(settings_of(data=data), tell, appeal)
    if as_json:
        click.echo(json.dumps(_outcome_json(outcome), ensure_ascii=False, indent=1))
    else:
        click.echo(
            _("Ready: every step was done in %(seconds)s s.", seconds=decimal(outcome.seconds))
            if outcome.ok
            else _("NOT READY.")
        )
        click.echo(_("Protocol to be printed and signed: %(path)s", path=outcome.protocol))
    sys.exit(0 if outcome.ok else 1)


def _outcome_json(outcome: "Outcome") -> dict[str, object]:
    """The rehearsal as other programs read it."""
    return {
        "ok": outcome.ok,
        "seconds": round(outcome.seconds, 2),
        "protocol": outcome.protocol,
        "code": outcome.code,
        "steps": [
            {
                "name": _(step.name),
                "ok": not step.error,
                "seconds": round(step.seconds, 2),
                "error": step.error,
            }
            for step in outcome.steps
        ],
    }
