"""What came of a case: the new version beside the first, scores, who was told and when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.diagnosis import Layer
from examday.domain.appeals.reprocessing import DONE, Step
from examday.domain.messages import N_
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.appeals.decision.protocol_record import protocol_of
from examday.services.appeals.order.orders import order_of, steps
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal

Facts = Mapping[str, object]
"""What a done step holds: each step has facts of its own, so nothing more is known of them here."""


@dataclass(frozen=True)
class Beside:
    """One field of the first form beside the new one."""

    field: str
    original: Layer | None
    """None: this form has no such reading, which is not «blank»."""
    first: Layer | None
    second: Layer | None


@dataclass(frozen=True)
class Outcome:
    """What came of a case, as far as it has come."""

    outcome: str
    considered: dt.datetime | None
    """None until the commission has met: before that the page speaks of the term."""
    before: int | None
    """None: the centre has not told the points, which is not nought."""
    after: int | None
    fell: str
    told_day: str
    told_whom: str
    told_way: str
    annulled: str
    reserve_day: str
    changed: list[Beside]
    doubts: list[str]
    """Msgids of what does not fit together: a letter to the appellant must not go out before
    somebody has looked."""


def outcome_of(uow: UnitOfWork, appeal: Appeal) -> Outcome | None:
    """Return what came of the case; None before the protocol."""
    protocol = protocol_of(uow, appeal)
    if protocol is None:
        return None
    done = {step: row.facts for step, row in steps(uow, appeal).items() if row.state == DONE}
    results, told = done.get(Step.RECALCULATE, {}), done.get(Step.INFORM, {})
    considered = dt.datetime.fromisoformat(str(protocol.content["considered"]))
    return Outcome(
        outcome=appeal.outcome,
        considered=considered,
        before=results.get("before"),
        after=results.get("after"),
        fell=str(results.get("fell", "")),
        told_day=str(told.get("day", "")),
        told_whom=str(told.get("whom", "")),
        told_way=str(told.get("way", "")),
        annulled=str(done.get(Step.ANNUL, {}).get("document", "")),
        reserve_day=str(done.get(Step.RESERVE_DAY, {}).get("day", "")),
        changed=_changed(uow, appeal),
        doubts=_doubts(uow, appeal, considered, results),
    )


def _changed(uow: UnitOfWork, appeal: Appeal) -> list[Beside]:
    """Return the fields in which the new form says something else than the first."""
    if appeal.booklet.version == appeal.version:
        return []
    first = layers_of_work(uow, appeal.booklet_id, appeal.version)
    again = layers_of_work(uow, appeal.booklet_id, appeal.booklet.version)
    rows = []
    for field, one in first.items():
        now = again.get(field)
        # The new form is certified: what was settled stands on it.
        stands = now.original if now else None
        if one.copy is None or stands is None or not one.copy.same(stands):
            rows.append(Beside(field, one.original, one.copy, stands))
    return rows


def _doubts(
    uow: UnitOfWork,
    appeal: Appeal,
    considered: dt.datetime,
    results: Facts,
) -> list[str]:
    """Return what contradicts itself in the record; old cases may hold it, new ones are asked."""
    found = _doubts_of_days(uow, appeal, uow.local(considered).date())
    before, after = results.get("before"), results.get("after")
    fell = isinstance(before, int) and isinstance(after, int) and after < before
    if fell and not results.get("fell"):
        found.append(N_("The score fell, and nobody has said why."))
    order = order_of(uow, appeal)
    if appeal.state == CaseState.CLOSED and not order.steps:
        found.append(N_("It is not recorded that the appellant was informed."))
    elif appeal.state == CaseState.CLOSED and order.next is not None:
        found.append(N_("The case is closed, and not every step of it is recorded as done."))
    return found


def _doubts_of_days(uow: UnitOfWork, appeal: Appeal, considered: dt.date) -> list[str]:
    """Return which days of the case stand in the wrong order."""
    found: list[str] = []
    closed = uow.local(appeal.closed_at).date() if appeal.closed_at else None
    if closed is not None and closed < considered:
        found.append(N_("The case was closed before the day on which it was considered."))
    if considered < appeal.reached:
        found.append(N_("The case was considered before it reached the commission."))
    return found
