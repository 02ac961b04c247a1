"""How a station's command looks at an order of the centre, and carries it out after a yes."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import click

from examday.commands.plan_report import table_json, tell
from examday.commands.store import COMMAND_LINE, person_named
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import TRANSFER
from examday.i18n import gettext as _
from examday.services.travel.orders import again, obeying, plan
from examday.services.unit_of_work import Store

WAITS_FOR_YES = 3


@dataclass(frozen=True)
class Answer:
    """What somebody has said to an order beforehand."""

    yes: bool
    copier: str | None
    reader: str | None
    take_away: bool


def take_order(
    store: Store,
    letter: Letter,
    answer: Answer,
    as_json: bool,
) -> None:
    """Say what an order would do, and do it where the answer is yes; else end with 3."""
    with store.read() as uow:
        order = obeying.read(uow, letter)
    if not order.new:
        _say(
            {"ok": True, "new": False},
            _("This order was carried out before; nothing was changed."),
            as_json,
        )
        return
    act = _transfer if order.kind == TRANSFER else _plan
    act(store, order, answer, as_json)


def _transfer(
    store: Store,
    order: obeying.Order,
    answer: Answer,
    as_json: bool,
) -> None:
    with store.read() as uow:
        seen = again.look(uow, order)
    told = {"new": True, "kind": order.kind, "number": order.number, "place": seen.place}
    words = _(
        "Order %(number)s: transfer the work %(code)s (%(place)s) again, by other hands. Reason: %(reason)s",
        **told,
        code=seen.work.code,
        reason=seen.work.reason,
    )
    if not (as_json and answer.yes):
        _say({"ok": False, **told, **asdict(seen.work)}, words, as_json)
    _require_yes(answer)
    if not (answer.copier and answer.reader):
        raise Invalid(
            N_("Two people are wanted: one transfers, the other reads a second time."),
            code="two-people",
            advice=N_("Name both by their log-ins: --copier LOGIN --reader LOGIN."),
        )
    with store.begin(COMMAND_LINE) as uow:
        hands = [person_named(uow, login).id for login in (answer.copier, answer.reader)]
        version = again.carry_out(uow, order, *hands).version
    done = _(
        "The work is here again, as version %(version)s. Send as usual when it was handed over.",
        version=version,
    )
    _say({"ok": True, **told, "version": version}, done, as_json)


def _plan(
    store: Store,
    order: obeying.Order,
    answer: Answer,
    as_json: bool,
) -> None:
    found = plan.look(store, COMMAND_LINE, order)
    tables = [table_json(one) for one in found]
    told = {"new": True, "kind": order.kind, "number": order.number, "tables": tables}
    if not as_json:
        click.echo(_("Order %(number)s changes the plan:", number=order.number))
        tell(tables)
    elif not answer.yes:
        _say({"ok": False, **told}, "", True)
    _require_yes(answer)
    with plan.laid_out(store, order) as parts, store.begin(COMMAND_LINE) as uow:
        plan.carry_out(uow, order, parts, answer.take_away)
    _say({"ok": True, **told}, _("Carried out."), as_json)


def _require_yes(answer: Answer) -> None:
    if not answer.yes:
        click.echo(_("Nothing was changed. To carry the order out, say yes: --yes."), err=True)
        sys.exit(WAITS_FOR_YES)


def _say(
    told: Mapping[str, object],
    words: str,
    as_json: bool,
) -> None:
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else words)
