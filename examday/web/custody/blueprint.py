"""The blueprint that the views of custody share, the names of its steps, and those of a room as buttons."""

from dataclasses import dataclass

from flask import Blueprint, g, url_for

from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.custody.steps import PERMISSION
from examday.services.custody.views import RoomPage

bp = Blueprint("custody", __name__, url_prefix="/custody")
TITLES = {
    "issue": N_("Issue the kit"),
    "assign": N_("Plan the kit for this seat"),
    "absent": N_("The candidate did not come"),
    "enlarge": N_("Enlarge to A3"),
    "collect": N_("Collect the work"),
    "record": N_("Enter the recording and its protocol"),
    "extra": N_("Add paper"),
    "hand": N_("Hand over to a colleague"),
    "standard": N_("The candidate writes on the standard form"),
    "spoil": N_("The kit is spoiled"),
    "undo": N_("Take the last step back"),
}
"""Step → heading of its form. An address may name these steps and no other."""
NEXT_TITLES = {**TITLES, "extra": N_("Enter the print-out")}
"""The same where the step is the next one: a print-out is no extra paper, it is the original."""


@dataclass(frozen=True)
class RoomStep:
    """A step that waits in the room: the page for all its works ("" has none), or that of one."""

    action: str
    endpoint: str
    for_all: str
    for_one: str


STEPS = (
    RoomStep(
        "enlarge",
        "custody.enlarge_room",
        N_("Enlarge all kits of the room at once"),
        N_("Record the enlarged sheets: seat %(place)s"),
    ),
    RoomStep(
        "collect",
        "custody.collect_room",
        N_("Collect all works of the room at once"),
        N_("Collect the work: seat %(place)s"),
    ),
    RoomStep("record", "", "", N_("Enter the recording and its protocol: seat %(place)s")),
    RoomStep("extra", "", "", N_("Enter the print-out: seat %(place)s")),
)
"""In the order in which they are done: who has no enlarged sheets yet cannot be collected from.
What comes into being at the end of an exam is entered one by one."""


@dataclass(frozen=True)
class Button:
    """What a button says and where it leads."""

    label: str
    url: str


def buttons(shown: RoomPage) -> list[Button]:
    """Return the steps that wait in this room after the kits are issued, the next one first."""
    made = [_button(shown, step) for step in STEPS if g.actor.may(PERMISSION[step.action])]
    if shown.to_hand > 1 and g.actor.may(PERMISSION["hand"]):
        made.append(_hand_on(shown))
    return [button for button in made if button] if shown.here else []


def _hand_on(shown: RoomPage) -> Button:
    url = url_for("custody.hand_room", exam_id=shown.exam.id, room_id=shown.room.id)
    return Button(f"{_('Hand over all works of the room at once')} ({shown.to_hand})", url)


def _button(shown: RoomPage, step: RoomStep) -> Button | None:
    waiting = [work for work in shown.works if shown.next_actions[work.id] == step.action]
    if not waiting:
        return None
    if len(waiting) == 1 or not step.endpoint:
        label = _(step.for_one, place=waiting[0].seat.place)
        return Button(label, url_for("custody.booklet", id=waiting[0].id))
    url = url_for(step.endpoint, exam_id=shown.exam.id, room_id=shown.room.id)
    return Button(f"{_(step.for_all)} ({len(waiting)})", url)
