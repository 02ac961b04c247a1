"""The second transfer: other hands, a new version, hand-over of its form."""

from examday.domain.appeals.reprocessing import DONE, SKIPPED, Step
from examday.domain.custody.lifecycle import Medium, State, wrong_step
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.appeals.order import hands
from examday.services.appeals.order.changed_answers import long_answers_changed
from examday.services.appeals.order.orders import begin, finish, steps
from examday.services.custody import papers
from examday.services.custody.booklets import advance
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, OrderStep

FINISHED = (State.CERTIFIED, State.PACKED, State.HANDED_OVER)
"""States from the last signature on: the new transfer is done, whether or not it is packed yet."""


def assign(
    uow: UnitOfWork,
    appeal_id: str,
    transferrer: str,
    second_reader: str,
    asked: bool = False,
) -> OrderStep:
    """Name other hands and reopen the work as version n+1.

    `asked`: both were asked, because no record tells who transferred the work first.

    Refused when one of the two touched an earlier version, or when they are one person.
    """
    appeal, row = begin(uow, appeal_id, Step.ASSIGN)
    hands.check_named(uow, appeal.booklet, transferrer, second_reader, asked)
    booklet = appeal.booklet
    advance(uow, booklet, "retransfer", appeal=appeal.number)
    # The signed form stays as evidence, so the second transfer needs forms with numbers of their
    # own.
    papers.new_forms(uow, booklet)
    hands.give(uow, booklet, transferrer, second_reader)
    return finish(
        uow,
        appeal,
        row,
        DONE,
        {
            "transferrer": transferrer,
            "second_reader": second_reader,
            "version": booklet.version,
            **({"asked": True} if asked else {}),
        },
    )


def is_proven(appeal: Appeal, step: Step) -> bool:
    """Tell whether the work itself shows that the step is done; other steps a person declares."""
    # The disputed version was handed over long ago: only a newer one proves anything.
    again = appeal.booklet.version > appeal.version
    return {
        Step.RETRANSFER: again and appeal.booklet.state in FINISHED,
        Step.HAND_OVER: again and appeal.booklet.state == State.HANDED_OVER,
    }.get(step, True)


def finish_transfer(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """Close the step of the transfer; Conflict until the new version is certified."""
    appeal, row = begin(uow, appeal_id, Step.RETRANSFER)
    booklet = appeal.booklet
    if not is_proven(appeal, Step.RETRANSFER):
        raise Conflict(
            N_("The new transfer is not certified yet: it is «%(state)s»."),
            code="not-certified",
            advice=N_("Nothing was changed. The work waits for %(who)s."),
            params=wrong_step(State(booklet.state), Medium(booklet.medium), booklet.id).params,
        )
    return finish(uow, appeal, row, DONE, {"version": booklet.version})


def finish_hand_over(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """Close the step of the hand-over; Conflict until the new form is at the centre."""
    appeal, row = begin(uow, appeal_id, Step.HAND_OVER)
    if not is_proven(appeal, Step.HAND_OVER):
        raise Conflict(
            N_("The new form has not been handed over yet."),
            code="not-handed-over",
            params={"booklet": appeal.booklet_id},
            advice=N_("Pack it and hand it over first."),
        )
    done = finish(uow, appeal, row, DONE, {"version": appeal.booklet.version})
    # Experts mark long answers alone, so where none changed their step is skipped, with that as the
    # reason.
    changed = long_answers_changed(uow, appeal)
    if not changed:
        recheck = steps(uow, appeal)[Step.EXPERT_RECHECK]
        finish(uow, appeal, recheck, SKIPPED, {"reason": "no long answer changed"})
    return done
