"""The one button of the board: what the head of the point does next."""

from typing import NamedTuple

from flask import g, url_for

from examday.domain.events import Event
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.board.alarms import Alarm
from examday.services.board.overview import Board

AT_A_WORK = {
    "sign": N_("Find those who sign: %(seat)s"),
    "booklet": N_("See what holds up %(seat)s"),
    "custody": N_("Count again: %(seat)s"),
}
"""An alarm may name many works; a button opens one: the first."""
AT_A_WORK_BY_ALARM = {
    str(Event.ALARM_DUPLICATE_CODE): N_("Find out whose kit it is: %(seat)s"),
}
"""The same for an alarm whose place says too little: where a number was met twice there is nothing
to be counted."""
ELSEWHERE = {
    "scans": ("scans.exceptions", N_("Look through the scans")),
    "undone": ("undone.index", N_("See what the station has not done")),
    "custody": ("custody.index", N_("Count again")),
    "people": ("people.index", N_("Call one more person and enter them")),
}
"""The same for an alarm that names no work, or that no work can end: it needs a page to be answered
on as well."""


class Button(NamedTuple):
    """What the button says and where it leads."""

    label: str
    url: str


def button(shown: Board) -> Button | None:
    """Return the head's next step; None for anybody else, and where nothing waits for anybody.

    Readiness before the day begins, closing when it is over. In between the loudest alarm, and on
    a quiet day the work that has waited longest.
    """
    if not g.actor.may("day.close"):
        return None
    head, day = shown.head, shown.day
    if head.name == "readiness" and (head.fails or head.looks):
        return Button(_("Readiness: see what is missing"), url_for("plan.readiness", day=day))
    if head.name == "close":
        return Button(_("Close the day"), url_for("board.close", day=day))
    if shown.alarms:
        return _against(shown, shown.alarms[0])
    return _longest_wait(shown)


def _against(shown: Board, alarm: Alarm) -> Button | None:
    words = AT_A_WORK_BY_ALARM.get(alarm.code) or AT_A_WORK.get(alarm.place)
    if alarm.ids and words:
        return _to_work(shown, words, alarm.ids[0])
    if alarm.packet:
        return Button(_("Count the packet again"), url_for("packing.packet", id=alarm.packet))
    endpoint, label = ELSEWHERE.get(alarm.place, ("", ""))
    return Button(_(label), url_for(endpoint)) if endpoint else None


def _longest_wait(shown: Board) -> Button | None:
    waiting = [standing for queue in shown.queues for standing in queue.standings]
    if not waiting:
        return None
    oldest = min(waiting, key=lambda standing: standing.since)
    return _to_work(shown, N_("See the work that has waited longest: %(seat)s"), oldest.id)


def _to_work(shown: Board, words: str, booklet_id: str) -> Button:
    at = shown.by_id[booklet_id]
    return Button(
        _(words, seat=f"{at.room}-{at.place}"),
        url_for("booklet.show", id=booklet_id),
    )
