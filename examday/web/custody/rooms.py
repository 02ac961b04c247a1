"""The rooms of the day: where everything is, finding by code, issuing kits.

The kits of a room are issued one after the other with a hand scanner.
"""

from flask import render_template, request
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.custody import kits, search, views
from examday.services.custody.pages import breaks
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look, seek
from examday.web.custody.blueprint import NEXT_TITLES, bp, buttons
from examday.web.custody.papers import PAPER_WORDS, is_loud, keep_alarm, version
from examday.web.errors import translate
from examday.web.forms import said_day, wanted_day
from examday.web.words import Figure

IN_THE_ROOM = ("issue", "enlarge", "record", "extra", "collect")
"""Steps that are done in the room, as its page names them: other steps there would be taken before
no candidate."""


@bp.get("/")
@access("custody.see")
def index() -> str:
    """Show the rooms of the day and where everything is."""
    return _day()


def _day(error: DomainError | None = None) -> str:
    shown = look(lambda uow: views.day(uow, wanted_day()))
    return render_template(
        "custody/index.html",
        lines=shown.rooms,
        turn=shown.turn,
        turn_words=_turn_words(shown.turn),
        accounts=shown.accounts,
        others=shown.others,
        blind=shown.blind,
        listed=request.args.get("show", "") == "account",
        day=request.args.get("day", ""),
        wanted=said_day(),
        without_works=look(lambda uow: breaks.rooms_without_works(uow, wanted_day())),
        error=error and translate(error),
        typed=request.args.get("code", ""),
        **PAPER_WORDS,
    )


def _turn_words(turn: views.RoomLine | None) -> str:
    """Return what the one button says: the next step in the room of the person who looks."""
    room = turn.room.number if turn else ""
    words = {
        "issue": _("Issue kits: room %(room)s", room=room),
        "enlarge": _("Record the enlarged sheets: room %(room)s", room=room),
        "collect": _("Collect works: room %(room)s", room=room),
    }
    return words.get(turn.next_action, "") if turn else ""


@bp.get("/find")
@access("custody.see")
def find() -> Answer:
    """Open by a scanned or typed code its work or its packet."""

    def done(found: search.Found) -> Response:
        if found.booklet_id:
            return go_on("custody.booklet", id=found.booklet_id)
        return go_on("packing.packet", id=found.packet_id)

    return seek(
        lambda uow: search.by_code(uow, request.args.get("code", "")),
        done,
        refused=_day,
    )


@bp.get("/room/<exam_id>/<room_id>")
@access("custody.see")
def room(exam_id: str, room_id: str) -> str:
    """Show one room: issue the kits one after the other."""
    return _room(exam_id, room_id)


@bp.post("/room/<exam_id>/<room_id>")
@access("custody.issue")
def issue_next(exam_id: str, room_id: str) -> Answer:
    """Issue the scanned kit to the seat whose turn it is, and go on to the next one."""
    sent = request.form
    booklet_id, code = sent.get("booklet", ""), sent.get("code", "")

    def refused(error: DomainError) -> str:
        # Before the page is drawn: whatever happens to the page, the alarm is kept.
        keep_alarm(booklet_id, code, error)
        return _room(exam_id, room_id, error)

    return act(
        lambda uow: kits.issue(uow, booklet_id, code, version(sent)),
        done=lambda made: go_on(
            "custody.room",
            exam_id=exam_id,
            room_id=room_id,
            done=made.id,
        ),
        refused=refused,
    )


def _room(exam_id: str, room_id: str, error: DomainError | None = None) -> str:
    wanted = request.args.get("seat") or request.form.get("booklet", "")
    shown = look(lambda uow: views.room(uow, exam_id, room_id, wanted))
    return render_template(
        "custody/room.html",
        works=shown.works,
        turn=shown.turn,
        room=shown.room,
        exam=shown.exam,
        done=next((b for b in shown.works if b.id == request.args.get("done")), None),
        counts=_figures(shown.progress),
        buttons=buttons(shown),
        here=shown.here,
        to_do={key: _(NEXT_TITLES[a]) for key, a in shown.next_actions.items() if a in IN_THE_ROOM},
        error=error and translate(error),
        loud=is_loud(error),
        typed=request.form.get("code", ""),
        **PAPER_WORDS,
    )


def _figures(progress: views.Progress) -> list[Figure]:
    return [
        Figure(_("number of works"), progress.works),
        Figure(_("to issue"), progress.to_issue),
        Figure(_("with the candidates"), progress.writing),
        Figure(_("works collected"), progress.collected),
        Figure(_("standard form chosen"), progress.standard),
        # On most days everybody comes, so the figure is shown only when it says something.
        *([Figure(_("candidates who did not come"), progress.absent)] if progress.absent else []),
    ]
