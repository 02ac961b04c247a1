"""Which works become the centre's with the next bundle of their station."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.services.custody.papers import GONE, VOID
from examday.storage.keepers import CENTRE
from examday.storage.tables import Booklet, Exam, Item
from examday.storage.tables_travel import WorkKeeper


def to_be_given() -> Select[str]:
    """Select the works that have left the point, and are still written by the station.

    A notebook leaves it before its way has ended where the plan says that Braille is transferred at
    the centre: with the package for the commission.
    """
    there = select(WorkKeeper.booklet_id).where(WorkKeeper.keeper == CENTRE)
    gone = or_(Booklet.state == State.HANDED_OVER, _to_the_commission_there())
    return select(Booklet.id).where(gone, Booklet.id.not_in(there))


def _to_the_commission_there() -> ColumnElement[bool]:
    package = aliased(Item)
    envelopes = (
        select(Item.booklet_id)
        .join(package, Item.parent_id == package.id)
        .where(
            Item.kind == Kind.ENVELOPE,
            Item.state.not_in(VOID),
            package.sheet == Purpose.COMMISSION,
            package.state == GONE,
        )
    )
    planned = select(Exam.id).where(Exam.facts["braille_at"].as_string() == "rcoi")
    return Booklet.id.in_(envelopes) & Booklet.exam_id.in_(planned)
