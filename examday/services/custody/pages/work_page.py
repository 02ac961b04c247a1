"""The papers of one work and one step with them. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.services.custody import journal, papers, steps
from examday.services.custody.booklets import for_page
from examday.services.custody.pages import counting
from examday.services.custody.room import enlarging, second_kits, sound, taking_back
from examday.services.custody.room.own_rooms import here_first
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Handover, Item, Person

OTHER_STEPS = ("assign", "record", "extra", "hand", "standard", "spoil", "undo")
"""Steps that may be taken beside the next one, in the order of their buttons, the usual ones
first."""


@dataclass(frozen=True)
class WorkPage:
    """The papers of one work and one step with them.

    `to_count`: the kinds that are counted at it; `others`: the other steps that are possible;
    `where`: the code of what each thing lies in.
    """

    booklet: Booklet
    things: Sequence[Item]
    action: str
    allowed: bool
    """For the buttons only: the use case decides anew."""
    others: Sequence[str]
    to_count: Sequence[Kind]
    """Kinds without their expected numbers: counting blind finds what is missing."""
    where: dict[str, str]
    journal: Sequence[Handover]
    witnesses: Sequence[Person]
    receivers: Sequence[Person]
    names: dict[str, str]
    enlarging_not_before: str
    """The hour is shown before anybody tries (R26)."""
    scribes: Sequence[Person]
    """Who may record a spoken answer and write its protocol: only these are offered, as no other
    name is accepted."""
    added: taking_back.Added | None
    """What would be taken back before the last step itself: pressed unseen, it would take back
    something else."""
    replaced: Booklet | None
    """The spoiled kit that comes back to the seat where its spoiling is taken back: the page names
    it before anybody presses."""
    instead: Booklet | None
    """The kit that the seat has now where this one is spoiled: the day goes on with that one."""
    counts: bool
    """The person who looks may count the work next: nothing of the page tells how much it is."""

    @property
    def lacking(self) -> str:
        """The step that makes the original, where there is none yet; "" where it is there."""
        return steps.lacking(self.booklet, papers.countable(self.things))

    @property
    def carrier(self) -> Item | None:
        """The carrier of a spoken answer, with what is known of its recording."""
        return sound.of_work(self.things)


def work(uow: UnitOfWork, booklet_id: str, action: str = "") -> WorkPage:
    """Return the papers of one work and the step that was chosen, else the next one."""
    booklet = for_page(uow, booklet_id)
    things = papers.of_booklet(uow, booklet_id)
    chosen = action or steps.next_action(booklet, papers.countable(things))
    # A spoiled kit waits for nothing: what may still be done with it is offered, never asked for.
    spoiled = booklet.state == State.SPOILED
    lead = "" if spoiled and not action else chosen
    others = [a for a in OTHER_STEPS if a != lead and counting.allowed(uow, booklet, a)]
    if "undo" in others and taking_back.rests_on(uow, booklet, things) is not None:
        others.remove("undo")
    return WorkPage(
        booklet,
        things,
        chosen,
        bool(lead) and counting.allowed(uow, booklet, chosen),
        others,
        list(papers.expected(uow, booklet) if chosen == "hand" else papers.countable(things)),
        {i.id: uow.get(Item, i.parent_id).code for i in things if i.parent_id},
        journal.of_booklet(uow, booklet_id),
        enlarging.witnesses(uow),
        directory.receivers(uow, "custody.hand", uow.actor.person_id),
        directory.names(uow),
        enlarging.not_before(booklet),
        here_first(uow, booklet.seat, sound.scribes(uow)),
        taking_back.added_last(uow, booklet, things) if chosen == "undo" else None,
        _replaced(uow, booklet),
        second_kits.at_seat(uow, booklet) if spoiled else None,
        counting.due(uow, booklet),
    )


def _replaced(uow: UnitOfWork, booklet: Booklet) -> Booklet | None:
    """Return the kit before this one, for those who may take its spoiling back."""
    before = taking_back.replaced(uow, booklet) if booklet.state == State.REGISTERED else None
    return before if before is not None and counting.allowed(uow, before, "undo") else None
