"""Statement of the pages of a Braille work, before anybody transcribes it."""

from collections.abc import Sequence

from examday.domain.braille import notebook as rules
from examday.domain.braille.notebook import Leaf, Pile
from examday.domain.custody.counts import Counts
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.braille.notebook.sorting import Sorting, sorting_of
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_braille import CommissionNote


def state(
    uow: UnitOfWork,
    booklet_id: str,
    leaves: Sequence[Leaf],
    pile: Pile,
    counted: Counts,
    reason: str = "",
    seen: int | None = None,
) -> CommissionNote:
    """State what each scanned page is; what does not add up needs a reason.

    `seen`: rounds on the page that was sent. Invalid when a page is left open or a reason is
    missing; Conflict when the step is over or a colleague was faster.
    """
    shown = sorting_of(uow, uow.hold(Booklet, booklet_id))
    _check_open(shown, seen)
    rules.check_stated(leaves, [page.id for page in shown.pages], pile)
    _check_counted(counted, shown.expected)
    found = shown.oddities(leaves, pile, counted)
    if found or shown.late:
        _check_reason(reason)
    facts = _facts(leaves, pile, found)
    counts = {"counted": papers.as_data(counted), "expected": papers.as_data(shown.expected)}
    note = uow.add(
        CommissionNote(
            kind="pages",
            person_id=uow.actor.person_id,
            booklet_id=booklet_id,
            text=reason.strip(),
            recorded_by=uow.actor.person_id,
            at=uow.now(),
            facts={**facts, **counts},
        )
    )
    uow.record(Event.COMMISSION_PAGES, f"booklet:{booklet_id}", **facts)
    return note


def _facts(leaves: Sequence[Leaf], pile: Pile, found: Sequence[rules.Oddity]) -> dict[str, object]:
    """Return what is kept of a statement, as plain JSON values."""
    order = [
        {"page": leaf.page, "part": leaf.part.value, "number": leaf.number}
        for leaf in rules.in_order(leaves)
    ]
    return {
        "pages": order,
        "sheets": pile.sheets,
        "sides": pile.sides,
        "oddities": [odd.code for odd in found],
    }


def _check_counted(counted: Counts, expected: Counts) -> None:
    """Invalid when something in the envelope was not counted."""
    if any(counted.get(kind, -1) < 0 for kind in expected):
        raise Invalid(
            N_("Not every number was given: count everything that lies in the envelope."),
            code="counts",
            field="counts",
        )


def _check_reason(reason: str) -> None:
    """Invalid without a reason."""
    if not reason.strip():
        raise Invalid(
            N_("Something does not add up, or answers were handed in already: say why it is so."),
            code="pages-reason",
            field="reason",
            advice=N_("Look at the pages once more. Your entries are kept."),
        )


def _check_open(shown: Sorting, seen: int | None) -> None:
    """Conflict when the step is over, or when a colleague stated the pages since this one looked."""
    commission.check_may_be_stated(shown.booklet)
    if seen is not None and seen != shown.rounds:
        raise Conflict()
