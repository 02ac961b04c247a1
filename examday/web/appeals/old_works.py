"""Works that were transferred before this program was used."""

from flask import Blueprint, request

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number
from examday.services.appeals import old_works
from examday.web.access import access
from examday.web.acts import Answer, act, go_on
from examday.web.appeals.registration import page, sent
from examday.web.forms import choice, day, whole

bp = Blueprint("old_works", __name__)


@bp.post("/appeals/old-work")
@access("appeal.register")
def enter() -> Answer:
    """Enter a work that was transferred before this program was used."""
    return act(
        lambda uow: old_works.take_in_old_work(uow, _old_work()),
        done=lambda work: go_on("registration.new", work=work.id),
        refused=lambda error: page(error=error, old=True),
    )


def _old_work() -> old_works.OldWork:
    """Return what was entered about the work."""
    return old_works.OldWork(
        date=day("date"),
        kind=sent("exam_kind"),
        subject=sent("subject"),
        region=sent("region"),
        site_code=sent("site_code"),
        room=sent("room"),
        place=sent("place"),
        code=sent("code"),
        candidate_code=sent("candidate_code"),
        surname=sent("surname"),
        medium=choice(Medium, "medium"),
        tasks=whole("tasks") if sent("tasks") else None,
        long_tasks=_long_tasks(),
        needs=tuple(request.form.getlist("needs")),
    )


def _long_tasks() -> tuple[int, ...] | None:
    """Return the tasks with long answers, each from a field of its own.

    Empty when it was said that there are none; None when nothing was said.
    """
    filled = [text for text in request.form.getlist("long_task") if text.strip()]
    if request.form.get("no_long"):
        if filled:
            raise Invalid(
                N_("Tasks with a long answer are named, and that there are none as well."),
                code="long_task",
                advice=N_("Take back one of the two."),
            )
        return ()
    if not filled:
        return None
    numbers = [typed_number(text.strip()) for text in filled]
    if None in numbers:
        raise Invalid(
            N_("A whole number is missing or cannot be understood."),
            code="long_task",
            advice=N_("Enter digits only."),
        )
    return tuple(sorted({number for number in numbers if number is not None}))
