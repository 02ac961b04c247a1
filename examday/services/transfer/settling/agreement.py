"""Agreement: both key-ins are in; where they say the same, the work is settled by itself."""

from examday.domain.transfer.answers import compare, settle
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import advance
from examday.services.rules.exam_forms import fields_for
from examday.services.transfer.going_back import kept
from examday.services.transfer.readings import content_of, first_and_second, seal
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def compare_both(uow: UnitOfWork, booklet: Booklet) -> None:
    """Move the work on, and settle it where the two agree on every field."""
    first, second = first_and_second(uow, booklet)
    one, other = kept.to_compare(uow, booklet)
    fields = fields_for(booklet.exam)
    differing = compare(fields, one, other)
    advance(uow, booklet, "key_in", differing=differing)
    if differing:
        return
    values = settle(fields, one, other, {})
    content = content_of(
        values,
        decisions=kept.decisions(uow, booklet),
        first=first.sha256,
        second=second.sha256,
    )
    # No person: nobody decided anything, so nobody is barred from a later part by this reading.
    settled = seal(uow, booklet, Source.SETTLED, content)
    # Not in the name of the second reader, who does not know what the first one has read.
    with uow.by_program("agreement"):
        advance(uow, booklet, "settle", agreed=True, sha256=settled.sha256)
