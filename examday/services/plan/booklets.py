"""The booklet that every place with a special form gets in the plan.

It follows the candidate's needs.
"""

from sqlalchemy import ColumnElement, select

from examday.domain.custody.lifecycle import NOT_ISSUED, Medium, State
from examday.domain.plan.day import medium_for
from examday.services.plan.file_columns import spoken
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Handover, Page, Seat


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


def named(uow: UnitOfWork, kit: Booklet) -> bool:
    """Whether scans or the custody journal name the kit: neither is ever deleted, so it stays too."""
    about = (select(table.id).where(table.booklet_id == kit.id) for table in (Page, Handover))
    return any(uow.session.scalars(rows.limit(1)).first() is not None for rows in about)


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
    gone = booklet is not None and medium is Medium.STANDARD
    if booklet is not None and gone and (booklet.state == State.ABSENT or named(uow, booklet)):
        return
    set_booklet(uow, seat, booklet, medium, None)


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

    def follow(
        self, candidate: Candidate, needs: frozenset[str]
    ) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
        """Return what other needs would do to the kits that follow them.

        First the old and new form of the answers, then the kits that would be gone.
        """
        before, after = medium_of(candidate), medium_for(needs)
        # A kit whose medium the plan has set apart from the needs stays as it is.
        kits = [kit for kit in self._of.get(candidate.id, ()) if kit.state in NOT_ISSUED]
        moved = [kit for kit in kits if kit.medium == before]
        if after is Medium.STANDARD:
            moved = [kit for kit in moved if not named(self._uow, kit)]
        if before == after or not moved:
            return {}, ()
        words = spoken()["medium"]
        gone = [kit for kit in moved if after is Medium.STANDARD and kit.state != State.ABSENT]
        return {"medium": (words[before], words[after])}, tuple(kit_name(kit) for kit in gone)


def kit_name(kit: Booklet) -> str:
    """A kit in the words of the files, with its number where it has one."""
    return " ".join(filter(None, ("комплект", spoken()["medium"][kit.medium], kit.code)))
