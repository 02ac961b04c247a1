"""How a command that a script may call tells what it refused."""

import json
import sys
from typing import NoReturn

import click

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.i18n import spoken

WAITS = frozenset({"gap", "lacking"})
"""Refusals after which the same file will do, when something else has come: they end with 3."""


def refuse(error: DomainError, as_json: bool) -> NoReturn:
    """Say what was refused, and end: 3 where the same file will do later."""
    params = spoken(error.params)
    what, advice = _(error.message) % params, _(error.advice) % params
    if as_json:
        told = {**error.params, "ok": False, "code": error.code, "what": what, "advice": advice}
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        click.echo(_("Refused: %(what)s", what=what), err=True)
        click.echo(_("What to do: %(advice)s", advice=advice), err=True)
    sys.exit(3 if error.code in WAITS else 1)
