"""One page that waits, with everything that a person needs to decide about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.scans.sheets import Sheet
from examday.services.scans import pictures, views
from examday.services.scans.covers.sequence import rest_of_stack
from examday.services.scans.deciding import as_before, awaited_papers, proposals, stated_size
from examday.services.scans.deciding.attached import evidence
from examday.services.scans.deciding.rivals import alike, fits_for, rivals
from examday.services.scans.making import cutting, halves
from examday.services.scans.showing.sight import in_sight, visible_page
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


@dataclass(frozen=True)
class OpenPage:
    """A page, its picture's size in px, and what stands beside it.

    `rivals`: attached pages to compare with; `before`: what it may follow; `parts`: parts that may
    be the other half; `sheets`: the sheets it may be; `seats`: booklet id → room and place; `stack`:
    how many pages, this one first, wait for no more than the order of their files; `unsized`: the
    pages of its sending, it among them, that wait for their size alone;
    `papers`: what it may be where it bears no form;
    `in_sight`: the ids of those rivals that the actor may see in full; `stay`: of those that stand of
    an earlier version, whose place none takes; `early`: the work of the page,
    where it does not wait for it now; `alike`: how many of the rivals, the first, are of the same sheet;
    `fit`: the ids of those whose place it could take.
    """

    page: Page
    size: tuple[int, int]
    rivals: Sequence[Page]
    before: as_before.Before | None
    """None where the page before it has no place that could be offered."""
    wanted: str
    role: str
    sheets: Sequence[Sheet]
    is_part: bool
    parts: Sequence[Page]
    can_be_cut: bool
    seats: dict[str, str]
    stack: int = 0
    unsized: Sequence[Page] = ()
    in_sight: frozenset[str] = frozenset()
    stay: frozenset[str] = frozenset()
    early: Booklet | None = None
    alike: int = 0
    papers: Sequence[awaited_papers.Paper] = ()
    fit: frozenset[str] = frozenset()


def open_page(
    uow: UnitOfWork,
    page_id: str,
    wanted: str = "",
    role: str = "",
    after: str = "",
) -> OpenPage:
    """Open a page for its decision. NotFound when it is not for the actor's eyes.

    `wanted`, `role`: what the person has said so far; `after`: the page decided about just before.
    """
    page = visible_page(uow, page_id)
    others = rivals(uow, page)
    wanted = wanted or proposals.proposed_work(uow, page)
    role = role or proposals.role_seen(uow, page)
    return OpenPage(
        page,
        pictures.size_of(page),
        others,
        as_before.before(uow, page, after),
        wanted,
        role,
        proposals.sheet_choice(uow, page, wanted, role),
        halves.is_part(page),
        halves.other_halves(uow, page),
        cutting.can_be_cut(page),
        views.seat_names(uow, [page, *others]),
        len(rest_of_stack(uow, page)),
        stated_size.waiting_for_size(uow, page),
        in_sight(uow, others),
        evidence(uow, others),
        proposals.out_of_step(uow, page, wanted),
        alike(page, others),
        awaited_papers.awaited(uow, page),
        frozenset(row.id for row in others if fits_for(page, row)),
    )
