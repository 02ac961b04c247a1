"""The one step forward that a work waits for."""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import NEXT_ACTION, OFF_THE_WAY, Medium, State, waits_for
from examday.services.braille.notebook import receipt
from examday.services.custody.pages.on_duty import PART_OF_STEP, rights_forward, who_may
from examday.services.custody.room.own_rooms import OF_A_ROOM, bound_elsewhere
from examday.services.transfer import hands
from examday.services.transfer.crew import openings
from examday.services.transfer.desks import signers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


@dataclass(frozen=True)
class NextStep:
    """The step that a work waits for; `mine`: the acting person may take it.

    `package`: what its envelope lies in, and what is to be opened before the step.
    """

    state: State
    medium: Medium
    mine: bool
    package: receipt.Package | None = None
    """None where the envelope is at hand, so that nothing is to be opened first."""
    begun: bool = False
    """The first of two readers has handed in: one person is waited for, and no longer two."""
    people: tuple[str, ...] = ()
    """Names of those on duty who may, where it is not the acting person's to do: whoever is stopped
    needs to know whom to call."""
    over: bool = False
    """The exam was on an earlier day, so no kit is given out any more."""

    @property
    def waits_for(self) -> str:
        """Who acts next, and what the act is, as a msgid."""
        if self.package:
            return self.package.waits_for
        return waits_for(self.state, self.medium, begun=self.begun, over=self.over)


def next_step(uow: UnitOfWork, booklet: Booklet) -> NextStep | None:
    """Return the one step forward that the work waits for.

    None when it has left the way or reached its end.
    """
    state, medium = State(booklet.state), Medium(booklet.medium)
    if state in OFF_THE_WAY or state not in NEXT_ACTION:
        return None
    package = receipt.package_of(uow, booklet) if state in receipt.READ_AT else None
    if package is not None:
        return NextStep(state, medium, package.to_open and uow.actor.may("pack"), package)
    rights = rights_forward(state, medium)
    mine = any(uow.actor.may(right) for right in rights)
    if mine and rights & OF_A_ROOM:
        mine = not bound_elsewhere(uow, booklet.exam.date, booklet.seat.room_id)
    # A part that a colleague has, or that a rule keeps from this person, is no way forward for
    # them: no button may lead to a refusal.
    if mine and state in PART_OF_STEP:
        mine = openings.is_open(uow, booklet, PART_OF_STEP[state])
    if mine and state is State.VERIFIED:
        # The row of the matrix names everybody who signs anything: this work asks for some of them.
        mine = bool(signers.progress(uow, [booklet])[booklet.id].slots_for(uow.actor))
    people = () if mine else who_may(uow, booklet)
    begun = booklet.id in hands.begun(uow, [booklet])
    over = booklet.exam.date < uow.today()
    return NextStep(state, medium, mine, begun=begun, people=people, over=over)
