"""What a person has decided about a page, carried out."""

from dataclasses import dataclass

from examday.domain.numbers import typed_number
from examday.services.scans.deciding import (
    as_before,
    by_hand,
    proposals,
    stated_size,
    whole_stack,
)
from examday.services.unit_of_work import UnitOfWork

ATTACH, AS_BEFORE, REJECT = "attach", "as-before", "reject"
STACK, SIZE = "stack", "size"


@dataclass(frozen=True)
class Decision:
    """A decision as it was typed.

    `act`: ATTACH, with the work `wanted` (code or seat), the role, the sheet and the reason ("paper", an
    offered one, has none);
    AS_BEFORE, with the page `before`; STACK and SIZE (with the size), with the number of pages that
    were shown as `before`; REJECT, with the reason.
    """

    act: str
    reason: str = ""
    wanted: str = ""
    role: str = ""
    sheet: str = ""
    before: str = ""
    size: str = ""

    @property
    def shown(self) -> int:
        """How many pages were shown."""
        return typed_number(self.before) or 0


def carry_out(uow: UnitOfWork, page_id: str, decision: Decision) -> None:
    """Attach or reject the page. Errors: those of `by_hand`, and Invalid for an unknown work."""
    if decision.act == REJECT:
        by_hand.reject_page(uow, page_id, decision.reason)
    elif decision.act == AS_BEFORE:
        as_before.attach_as_before(uow, page_id, decision.before)
    elif decision.act == STACK:
        whole_stack.accept_stack(uow, page_id, decision.shown)
    elif decision.act == SIZE:
        stated_size.say_size(uow, page_id, decision.size, decision.shown)
    else:
        booklet = proposals.one_booklet(uow, decision.wanted)
        by_hand.attach_page(uow, page_id, booklet, decision.role, decision.reason, decision.sheet)
