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
from examday.domain.travel.orders import RULES, TRANSFER
from examday.i18n import gettext as _
from examday.services.rules.looking import Outlook
from examday.services.rules.words import changed
from examday.services.travel.orders import again, obeying, plan, rules
from examday.services.unit_of_work import Store

WAITS_FOR_YES = 3
"""The exit code: nothing failed and nothing was done; a script must not take it for either."""


@dataclass(frozen=True)
class Answer:
    """What somebody has said to an order beforehand."""

    yes: bool
    copier: str | None
    reader: str | None
    asked: bool
    take_away: bool
    seen: str | None


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
    acts = {TRANSFER: _transfer, RULES: _rules}
    acts.get(order.kind, _plan)(store, order, answer, as_json)


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
        copier, reader = (person_named(uow, one).id for one in (answer.copier, answer.reader))
        version = again.carry_out(uow, order, copier, reader, answer.asked).version
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
    tables, report = [table_json(one) for one in found], plan.report(found)
    told = {"new": True, "kind": order.kind, "number": order.number, "report": report}
    if not as_json:
        click.echo(_("Order %(number)s changes the plan:", number=order.number))
        tell(tables)
        click.echo(_("Number of this report: %(report)s", report=report))
    elif not answer.yes:
        _say({"ok": False, **told, "tables": tables}, "", True)
    _require_yes(answer)
    with plan.laid_out(store, order.letter) as parts:
        seen = answer.seen or report
        said = plan.agreed(store, COMMAND_LINE, parts, answer.take_away, seen)
        with store.begin(COMMAND_LINE) as uow:
            plan.carry_out(uow, order, parts, answer.take_away, said)
    _say({"ok": True, **told, "tables": tables}, _("Carried out."), as_json)


def _rules(
    store: Store,
    order: obeying.Order,
    answer: Answer,
    as_json: bool,
) -> None:
    with store.read() as uow:
        seen = rules.look(uow, order)
    rows = [changed(row) for row in seen.changes]
    told = {"new": True, "kind": order.kind, "number": order.number, "rules": seen.rules.id}
    told |= {"from": seen.rules.since.isoformat(), "begun": seen.begun, "changes": rows}
    if not as_json:
        _tell_rules(order.number, seen)
    elif not answer.yes:
        _say({"ok": False, **told}, "", True)
    _require_yes(answer)
    with store.begin(COMMAND_LINE) as uow:
        rules.carry_out(uow, order)
    _say({"ok": True, **told}, _("Carried out."), as_json)


def _tell_rules(number: int, seen: Outlook) -> None:
    told = {"number": number, "name": seen.rules.name, "day": f"{seen.rules.since:%d.%m.%Y}"}
    click.echo(_("Order %(number)s: the rules «%(name)s» hold for exams from %(day)s on.", **told))
    for row in seen.changes:
        name, before, after = changed(row)
        click.echo(f"  {name}: {before} → {after}")
    for day in seen.days:
        said = {"day": f"{day.day:%d.%m.%Y}", "begun": day.begun}
        click.echo(_("  Exams of %(day)s: works issued by the rules of before: %(begun)s.", **said))


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
