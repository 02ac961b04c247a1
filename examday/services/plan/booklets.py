"""The booklet that every place with a special form gets in the plan.

It follows the candidate's needs.
"""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select

from examday.domain.custody.lifecycle import NOT_ISSUED, Medium, State
from examday.domain.plan.day import medium_for
from examday.services.custody.booklets import named
from examday.services.plan.file_columns import spoken
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Seat


def live_booklets(uow: UnitOfWork, *which: ColumnElement[bool]) -> dict[str, Booklet]:
    """Seat id → its booklet that counts; a spoiled one has been replaced.

    `which`: conditions on booklets. Without one those of all days are read: for whole tables alone.
    """
    return {
        row.seat_id: row
        for row in uow.session.scalars(
            select(Booklet).where(Booklet.state != State.SPOILED, *which)
        )
    }


def medium_of(candidate: Candidate) -> Medium:
    """On what the candidate answers, by the needs, where the plan does not say otherwise."""
    return medium_for(frozenset(candidate.needs))


def stays(uow: UnitOfWork, kit: Booklet) -> bool:
    """Whether a kit is kept that the needs no longer ask for: something on record is about it."""
    return kit.state == State.ABSENT or named(uow, kit)


def set_booklet(
    uow: UnitOfWork,
    seat: Seat,
    booklet: Booklet | None,
    medium: Medium,
    code: str | None,
) -> None:
    """Give the seat the booklet that its medium asks for.

    None for a candidate who writes on the standard form.
    """
    if medium is Medium.STANDARD:
        if booklet is not None:
            uow.session.delete(booklet)
        return
    if booklet is None:
        uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=seat.exam_id,
                medium=medium,
                code=code,
                since=uow.now(),
                counts={},
            )
        )
        return
    booklet.medium = medium
    # An empty number keeps the present one: numbers are often entered later than the seating.
    booklet.code = code or booklet.code


def follow_needs(uow: UnitOfWork, candidate: Candidate, before: frozenset[str]) -> None:
    """Make kits not issued yet follow the candidate's needs.

    Called after other needs were entered. A kit for which the plan had said otherwise stays as it
    is.
    """
    medium = medium_of(candidate)
    if medium == medium_for(before) or candidate.id is None:
        return
    mine = select(Seat).where(Seat.candidate_id == candidate.id)
    booklets = live_booklets(uow, Booklet.seat_id.in_(mine.with_only_columns(Seat.id)))
    for seat in uow.session.scalars(mine):
        booklet = booklets.get(seat.id)
        # Kept as it is: an issued kit is in use, and one whose medium the plan has set apart is
        # meant so.
        if booklet is None or (
            booklet.state in NOT_ISSUED and booklet.medium == medium_for(before)
        ):
            _give(uow, seat, booklet, medium)


def _give(uow: UnitOfWork, seat: Seat, booklet: Booklet | None, medium: Medium) -> None:
    """Give the seat what its medium asks for; what is on record of its kit stays."""
    if booklet is not None and medium is Medium.STANDARD and stays(uow, booklet):
        return
    set_booklet(uow, seat, booklet, medium, None)


@dataclass(frozen=True)
class Following:
    """What other needs would do to kits.

    `changes`: the old and new form of the answers; `gone`: the kits that would be gone, in words;
    `kept`: those that the needs no longer ask for, and that stay.
    """

    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    kept: tuple[Booklet, ...] = ()


class Kits:
    """The kits of the candidates, looked at once for a whole table."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, booklets = uow, live_booklets(uow)
        # Looked up once: a region's table has thousands of rows.
        self._of: dict[str, list[Booklet]] = {}
        for seat in uow.session.scalars(select(Seat)):
            if seat.id in booklets:
                self._of.setdefault(seat.candidate_id, []).append(booklets[seat.id])

    def is_out(self, candidate: Candidate) -> bool:
        """Whether a kit of the candidate is issued."""
        return any(kit.state not in NOT_ISSUED for kit in self._of.get(candidate.id, ()))

    def follow(self, candidate: Candidate, needs: frozenset[str]) -> Following:
        """Return what other needs would do to the kits that follow them."""
        before, after = medium_of(candidate), medium_for(needs)
        # A kit whose medium the plan has set apart from the needs stays as it is.
        kits = [kit for kit in self._of.get(candidate.id, ()) if kit.state in NOT_ISSUED]
        moved = [kit for kit in kits if kit.medium == before]
        if before == after or not moved:
            return Following()
        if after is not Medium.STANDARD:
            return Following(_change(before, after))
        kept = tuple(kit for kit in moved if stays(self._uow, kit))
        gone = tuple(kit_name(kit) for kit in moved if kit not in kept)
        return Following(_change(before, after) if gone else {}, gone, kept)


def _change(before: Medium, after: Medium) -> dict[str, tuple[str, str]]:
    words = spoken()["medium"]
    return {"medium": (words[before], words[after])}


def kit_name(kit: Booklet) -> str:
    """A kit in the words of the files, with its number where it has one."""
    return " ".join(filter(None, ("комплект", spoken()["medium"][kit.medium], kit.code)))
