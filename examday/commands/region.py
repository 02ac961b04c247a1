"""`examday rehearse --region`: two stations and a centre in temporary folders."""

import json
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click

from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.rehearse import timed
from examday.services.training.region.play import NOT_PLAYED, Region
from examday.services.training.rehearsal.protocol import Outcome, Step


def rehearse_region(as_json: bool) -> NoReturn:
    """Play all steps, the first that fails is the last; end with 1 then."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="examday-region-") as folder:
        region = Region(Path(folder))
        try:
            for name, act in region.acts():
                step = timed(name, act)
                outcome.steps.append(step)
                _tell(step, as_json)
                if step.error:
                    break
        finally:
            region.close()
    _tell_end(outcome, as_json)
    sys.exit(0 if outcome.ok else 1)


def _tell(step: Step, as_json: bool) -> None:
    if as_json:
        return
    click.echo(f"{'✗' if step.error else '✓'} {step.seconds:6.1f}  {_(step.name)}")
    if step.error:
        click.echo("    → " + step.error)


def _tell_end(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        told = {
            "ok": outcome.ok,
            "seconds": round(outcome.seconds, 2),
            "steps": [
                {
                    "name": _(step.name),
                    "ok": not step.error,
                    "seconds": round(step.seconds, 2),
                    "error": step.error,
                }
                for step in outcome.steps
            ],
            "not_played": [_(what) for what in NOT_PLAYED],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(
        _("All of it was as it must be, in %(seconds)s s.", seconds=decimal(outcome.seconds))
        if outcome.ok
        else _("NOT READY.")
    )
    for what in NOT_PLAYED:
        click.echo(_("Not played: %(what)s.", what=_(what)))
