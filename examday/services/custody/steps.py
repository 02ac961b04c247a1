"""Which steps of custody a work can take, and which comes next.

The use cases decide; this keeps dead buttons off the pages.
"""

from collections.abc import Collection, Mapping

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import OFF_THE_WAY, Medium, State
from examday.storage.tables import Booklet

WRITING = (State.ISSUED, State.ENLARGED)
"""The candidate has the kit: paper may be added, and the kit may still be spoiled."""
AT: Mapping[str, Collection[State]] = {
    "issue": (State.REGISTERED,),
    "assign": (State.REGISTERED,),
    "absent": (State.REGISTERED,),
    "enlarge": (State.ISSUED,),
    "record": (State.ISSUED,),
    "hand": frozenset(State) - {State.REGISTERED, State.ABSENT, State.PACKED, State.HANDED_OVER},
    "undo": (*WRITING, State.COLLECTED, *OFF_THE_WAY),
}
"""Where a step is taken, if not while the candidate writes: pages and refusals must agree."""
ONLY = {"enlarge": Medium.ENLARGED, "record": Medium.ORAL}
"""Steps of one medium alone: on any other work their button would lead to a refusal."""
PERMISSION = {
    "issue": "custody.issue",
    "assign": "custody.issue",
    "absent": "custody.issue",
    "enlarge": "custody.enlarge",
    "collect": "custody.collect",
    "record": "custody.issue",
    "extra": "custody.issue",
    "hand": "custody.hand",
    "standard": "custody.issue",
    "spoil": "custody.issue",
    "undo": "custody.issue",
}
"""What somebody must be allowed for each step: a button that would be refused is not shown."""


def next_action(booklet: Booklet, kinds: Collection[Kind]) -> str:
    """Return the step of custody that comes next; «hand» when the rest of the way is not custody's.

    `kinds`: what there is of the work. An original that comes into being at the end of the exam is
    entered before it is collected.
    """
    state, enlarged = State(booklet.state), booklet.is_enlarged
    if state == State.REGISTERED:
        return "issue"
    if state == State.ISSUED and enlarged:
        return "enlarge"
    return lacking(booklet, kinds) or "collect" if state in WRITING else "hand"


def lacking(booklet: Booklet, kinds: Collection[Kind]) -> str:
    """Return the step without which there is nothing to collect; "" when the original is there."""
    last = {Medium.TYPED: (Kind.PRINT_OUT, "extra"), Medium.ORAL: (Kind.RECORDING, "record")}
    kind, step = last.get(Medium(booklet.medium), (None, ""))
    return "" if kind is None or kind in kinds else step


def to_hand_on(booklet: Booklet, person_id: str) -> bool:
    """Return whether a collected work is in this person's hands, and can go on to somebody else."""
    there = possible(booklet, "hand") and State(booklet.state) not in WRITING
    return there and booklet.holder_id == person_id


def possible(booklet: Booklet, action: str) -> bool:
    """Return whether the state of the work allows the step at all."""
    state, medium = State(booklet.state), Medium(booklet.medium)
    if action == "collect" and medium is Medium.ENLARGED:
        return state == State.ENLARGED
    return state in AT.get(action, WRITING) and ONLY.get(action, medium) is medium
