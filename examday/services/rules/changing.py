"""A rule set comes beside those of the program; refused where works are under way."""

import hashlib

from sqlalchemy import func, select

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.rules.ruleset import RuleSet
from examday.services.custody.booklets import require
from examday.services.rules import in_force
from examday.services.rules.looking import look
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_calendar import RuleText


def bring_in(uow: UnitOfWork, text: str) -> RuleSet:
    """Let the rules in this text hold from now on; word for word once more changes nothing.

    Forbidden; Invalid where the text is none; Conflict where works of an exam that it changes were
    issued by the rules of before.
    """
    require(uow, "plan.edit")
    uow.queue("plan")
    seen = look(uow, text)
    if seen.known:
        return seen.rules
    if seen.begun:
        day = next(one.day for one in seen.days if one.begun)
        raise Conflict(
            N_("Other rules would hold for works that were issued: %(day)s, %(count)s works."),
            code="rules-in-use",
            advice=N_(
                "Nothing was changed. Works are finished by the rules that they were begun with: let the new "
                "ones begin on a later day."
            ),
            params={"day": day.strftime("%d.%m.%Y"), "count": seen.begun},
        )
    number = uow.session.scalar(select(func.max(RuleText.number))) or 0
    uow.add(RuleText(number=number + 1, name=seen.rules.id, text=text, at=uow.now()))
    uow.session.flush()
    in_force.forget(uow)
    told = {
        "from": seen.rules.since.isoformat(),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    uow.record(Event.RULES_CHANGE, f"rules:{seen.rules.id}", **told)
    return seen.rules
